/** The raw subject and issuer names of a certificate, needed to find issuers by octets (RFC 5280 section 4.1). Tolerant: null where the octets are no certificate. */

/** DER octets of the two names, header included; views into `der`. */
export interface CertificateNames {
  readonly subject: Uint8Array
  readonly issuer: Uint8Array
}

/** Read where issuer and subject stand in TBSCertificate; nothing else is looked at. */
export function readCertificateNames(der: Uint8Array): CertificateNames | null {
  const certificate = elementAt(der, 0, der.length)
  const tbs = certificate && elementAt(der, certificate.body, certificate.end)
  if (!tbs) return null
  const fields = elementsIn(der, tbs)
  if (fields[0]?.tag === VERSION_TAG) fields.shift()
  const [, , issuer, , subject] = fields
  if (!issuer || !subject) return null
  return { issuer: der.subarray(issuer.start, issuer.end), subject: der.subarray(subject.start, subject.end) }
}

interface Element {
  readonly tag: number
  readonly start: number
  readonly body: number
  readonly end: number
}

/** At most the six elements up to the subject. */
function elementsIn(der: Uint8Array, parent: Element): Element[] {
  const found: Element[] = []
  let at = parent.body
  while (found.length < 6) {
    const element = elementAt(der, at, parent.end)
    if (!element) break
    found.push(element)
    at = element.end
  }
  return found
}

function elementAt(der: Uint8Array, start: number, limit: number): Element | undefined {
  const tag = der[start]
  const first = der[start + 1]
  if (tag === undefined || first === undefined || start + 2 > limit) return undefined
  const lengthOctets = first < 0x80 ? 0 : first & 0x7f
  if (first === 0x80 || lengthOctets > 4) return undefined
  let length = first < 0x80 ? first : 0
  for (let i = 0; i < lengthOctets; i++) length = length * 256 + (der[start + 2 + i] ?? 0)
  const body = start + 2 + lengthOctets
  return body + length <= limit ? { tag, start, body, end: body + length } : undefined
}

/** `[0] EXPLICIT Version`, absent in X.509 v1. */
const VERSION_TAG = 0xa0
