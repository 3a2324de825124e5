/** What is said of a certificate whose time is over, leaf, intermediate or root. */
import type { EvidenceLine } from '../contract/diagnosis.ts'
import { summarizeCertificate } from '../x509/summary.ts'
import { shown } from './captured.ts'
import { type CertificateEvidence, factDate, verified, whichCertificate } from './certificate-cause.ts'
import type { Observation } from './observation.ts'
import { fromNow, inInstant, inMinute } from './units.ts'

export interface ExpiryWords {
  /** undefined where the certificate's notAfter was not kept. */
  readonly notAfter: Date | undefined
  /** A sentence without its end. */
  readonly when: string
  readonly evidence: EvidenceLine
}

/** The words, from the defect's own notAfter. */
export function wordsOfExpiry(evidence: CertificateEvidence, seen: Observation): ExpiryWords {
  const notAfter = factDate(evidence.defect, 'notAfter')
  const which = whichCertificate(evidence)
  if (notAfter === undefined) return { notAfter, when: 'It ended in the past', evidence: verified(which) }
  const ended = `notAfter ${inInstant(notAfter)} (${fromNow(notAfter, seen.now)})${issuedBy(evidence, seen)}`
  return { notAfter, when: `It ended on ${inMinute(notAfter)}`, evidence: verified(`${which}: ${ended}`) }
}

/** Who can renew it: ", issued by …"; "" where it issued itself, or its issuer cannot be read. */
function issuedBy({ defect }: CertificateEvidence, { judged }: Observation): string {
  const der = defect.certificate === null ? undefined : judged?.chain[defect.certificate]
  if (der === undefined) return ''
  const { issuer, subject } = summarizeCertificate(der)
  return issuer === '' || issuer === subject ? '' : `, issued by ${shown(issuer)}`
}
