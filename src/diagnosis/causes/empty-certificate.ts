import { certificateCause, hostName, verified } from '../certificate-cause.ts'
import { serverFix } from '../fixes.ts'

/** A Certificate message with an empty list; TLS 1.2 clients call it unexpected (alert 10). */
export const emptyCertificate = certificateCause({
  id: 'empty-certificate',
  meaning: 'The server sent no certificate',
  fault: 'upstream',
  alerts: [10],
  goText: ({ tlsText }, seen) =>
    isTls12(seen.transcript.serverHellos.map((hello) => hello.selectedVersion.id)) ? TLS12_TEXT : tlsText || TLS13_TEXT,
  words: (_evidence, seen) => ({
    title: `${hostName(seen)} sends a Certificate message without a certificate`,
    why: 'The list of certificates is empty. No TLS server may do that; its configuration names no certificate, or a proxy in between lost it.',
    evidence: [verified('0 certificates in the Certificate message')],
    fixes: [serverFix(seen, 'configure a certificate on the server')],
  }),
})

function isTls12(versions: readonly number[]): boolean {
  return versions.length > 0 && versions.every((version) => version <= 0x0303)
}

const TLS13_TEXT = 'tls: received empty certificates message'
const TLS12_TEXT = 'tls: received unexpected handshake message of type *tls.certificateMsg when waiting for *tls.certificateMsg'
