import type { KeyProof } from '../../handshake/key-proof.ts'
import { remoteErrorText } from '../alerts.ts'
import { shownHost } from '../captured.ts'
import { type Cause, defineCause } from '../cause.ts'
import { serverAlertAtFinished, usesRsaKeyExchange } from '../finished-signs.ts'
import { NO_HELP_FOR_CERTIFICATES, serverFix } from '../fixes.ts'
import { keyProofConfidence, proofLine, signatureRefusalLine, signatureRefused } from '../key-proof-signs.ts'
import type { Refusal } from '../refusal.ts'
import { probeCommand } from '../remedy.ts'

interface Evidence {
  readonly proof: KeyProof
  readonly source: 'wire' | 'probe'
  readonly refusal: Refusal
  readonly text: string
  readonly sameAsGoSaw: boolean
}

/** The signature of ServerKeyExchange or CertificateVerify was not made by the leaf's key: found by checking it again. */
const bySignature = defineCause({
  id: 'key-mismatch',
  meaning: "The server's handshake signature does not fit its certificate's key",
  fault: 'upstream',
  detect(seen) {
    const found = signatureRefused(seen, 'signature')
    if (found === undefined) return undefined
    const evidence: Evidence = { ...found, sameAsGoSaw: found.source === 'wire' || seen.probe?.sameAsGoSaw === true }
    return { evidence, leg: 'upstream', stage: 'key-exchange', confidence: keyProofConfidence(found, seen) }
  },
  goText: ({ text }) => text,
  explain: (evidence, seen) => ({
    title: `the certificate and the private key of ${shownHost(seen.target.host, seen.target.port)} do not belong together`,
    why: `The server signs its handshake to prove that it holds the key of its certificate (${evidence.proof.key}). The signature${schemeWords(evidence.proof)} was not made by that key, or what it covers was changed on the way. Most often a new certificate was put in place without its key. The chain itself is not at fault.`,
    evidence: [
      proofLine(evidence),
      signatureRefusalLine(evidence.refusal),
      ...(evidence.sameAsGoSaw
        ? []
        : [{ text: "go's own record sizes do not show the same flight as the probe's", source: 'probe' as const, ref: null }]),
    ],
    fixes: [
      serverFix(seen, 'put the private key that belongs to this certificate in place, or have a certificate made for the key in use'),
    ],
    willNotHelp: [...NO_HELP_FOR_CERTIFICATES, { setting: 'SSL_CERT_FILE', because: 'the authority is not in question, the proof is' }],
    notChecked: [
      'whether a device on the path changed the handshake',
      ...(evidence.sameAsGoSaw ? [] : ['whether go met the same server as the probe']),
    ],
  }),
})

/** With RSA key exchange nothing is signed: a server without the certificate's key reads another secret, and the client's Finished is garbage to it. */
const byExchange = defineCause({
  id: 'key-mismatch',
  meaning: bySignature.meaning,
  fault: 'upstream',
  detect(seen) {
    const code = serverAlertAtFinished(seen)?.code
    if (seen.outcome !== 'failed' || !usesRsaKeyExchange(seen) || (code !== BAD_RECORD_MAC && code !== DECRYPT_ERROR)) return undefined
    return { evidence: { code }, leg: 'upstream', stage: 'finished', confidence: 'likely' }
  },
  goText: ({ code }) => remoteErrorText(code),
  explain: ({ code }, seen) => ({
    title: `${shownHost(seen.target.host, seen.target.port)} could not read what go encrypted for its certificate`,
    why: 'With RSA key exchange the client encrypts a secret with the key of the certificate. The server could not use what came of it, as if it had another private key: most often a new certificate was put in place without its key.',
    evidence: [{ text: `the server answered the client’s Finished with alert ${code}`, source: 'wire', ref: null }],
    fixes: [serverFix(seen, 'put the private key that belongs to this certificate in place; let the server offer ECDHE suites too')],
    willNotHelp: NO_HELP_FOR_CERTIFICATES,
    alsoPossible: [{ cause: 'bad-record-mac', confidence: 'possible', test: probeCommand(seen.target.host, seen.target.port) }],
    notChecked: ['whether a device on the path changed the record'],
  }),
})

/** The server shows that it does not hold its certificate's key. */
export const keyMismatch: Cause<'key-mismatch'> = {
  ...bySignature,
  examine: (seen) => bySignature.examine(seen) ?? byExchange.examine(seen),
}

const BAD_RECORD_MAC = 20
const DECRYPT_ERROR = 51

function schemeWords({ scheme }: KeyProof): string {
  return scheme === null ? '' : ` (${scheme.name})`
}
