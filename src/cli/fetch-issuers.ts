/** `probe --aia`: the intermediates that certificates say they were issued by (RFC 5280 section 4.2.2.1: DER or a PKCS #7 bundle; some servers send PEM). Nothing of it is trusted; the verifier learns whether it completes the chain. */
import { AiaError, type AiaRequest, fetchIssuer } from '../proxy/aia.ts'
import { escapeText } from '../report/escape.ts'
import { readCertificateFile } from '../x509/certificate-file.ts'
import { summarizeCertificate } from '../x509/summary.ts'

/** A chain of issuers is followed this far. */
const MOST_FETCHES = 3
/** Of a bundle no more are looked at. */
const MOST_BUNDLED = 8

/** Follow caIssuers from the last certificate that the server sent; each step is said. */
export async function fetchIssuers(
  chain: readonly Uint8Array[],
  how: Omit<AiaRequest, 'url'>,
  say: (line: string) => void,
): Promise<readonly Uint8Array[]> {
  const found: Uint8Array[] = []
  let current = chain.at(-1)
  for (let fetches = 0; current !== undefined && fetches < MOST_FETCHES; fetches++) {
    const summary = summarizeCertificate(current)
    const url = summary.aia.caIssuers.find((each) => each.startsWith('http://'))
    if (url === undefined || summary.subject === summary.issuer) break
    const bundle = await fetchOne({ ...how, url }, say)
    found.push(...bundle)
    current = bundle.find((der) => summarizeCertificate(der).subject === summary.issuer) ?? bundle[0]
  }
  return found
}

async function fetchOne(request: AiaRequest, say: (line: string) => void): Promise<readonly Uint8Array[]> {
  try {
    const { certificates } = readCertificateFile(await fetchIssuer(request))
    const bundle = certificates.slice(0, MOST_BUNDLED).map(({ der }) => ({ octets: der, ...summarizeCertificate(der) }))
    const usable = bundle.filter(({ parsed }) => parsed)
    if (usable.length === 0) throw new AiaError('what is served there is no certificate')
    for (const { subject } of usable) say(`  AIA                      ${escapeText(subject)}, from ${escapeText(request.url)}`)
    return usable.map(({ octets }) => octets)
  } catch (error) {
    if (!(error instanceof AiaError)) throw error
    say(`  AIA                      ${escapeText(request.url)}: ${escapeText(error.message)}`)
    return []
  }
}
