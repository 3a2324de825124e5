import type { EvidenceLine } from '../../contract/diagnosis.ts'
import type { Confidence } from '../../contract/terms.ts'
import { mayRefuseFinished } from '../../handshake/late-signs.ts'
import { shownHost } from '../captured.ts'
import { defineCause } from '../cause.ts'
import { serverAlertAtFinished } from '../finished-signs.ts'
import { NO_HELP_FOR_CERTIFICATES, networkFix } from '../fixes.ts'
import { signatureRefusalLine } from '../key-proof-signs.ts'
import type { Observation } from '../observation.ts'
import { clientRefusal, type Refusal } from '../refusal.ts'
import { probeCommand } from '../remedy.ts'
import { saidBehindHandshake } from '../said-behind-tls.ts'

/** `checked`: the server's Finished was computed again; `shape`: go answered it by an alert; `server`: the server says so of the client's; `words`: go says so of that. */
type How = 'checked' | 'shape' | 'server' | 'words'

interface Evidence {
  readonly how: How
  readonly isTls13: boolean
  readonly refusal: Refusal | null
  readonly sameAsGoSaw: boolean
}

/** Finished covers every message of the handshake (RFC 8446 section 4.4.4), so it is wrong when the two sides saw different ones. */
export const finishedMismatch = defineCause({
  id: 'finished-mismatch',
  meaning: "The server's Finished message is wrong: the two sides saw different handshakes",
  fault: 'middlebox',
  detect(seen) {
    if (seen.outcome !== 'failed') return undefined
    const found = findWrong13(seen) ?? findWrong12(seen) ?? findTold(seen) ?? findSaid(seen)
    return found === undefined ? undefined : { ...found, leg: 'upstream', stage: 'finished' }
  },
  goText: ({ how, isTls13 }: Evidence) => {
    if (how === 'server' || how === 'words') return 'remote error: tls: error decrypting message'
    return isTls13 ? 'tls: invalid server finished hash' : "tls: server's Finished message was incorrect"
  },
  explain: (evidence: Evidence, seen) => ({
    title: `go and ${shownHost(seen.target.host, seen.target.port)} saw different handshakes`,
    why: `Finished is a keyed hash over all messages of the handshake. ${evidence.how === 'server' || evidence.how === 'words' ? 'The server says that the one it got is wrong' : 'The one that the server sent is not the one that these messages give'}, so a message was changed between the two sides (a device that rewrites TLS), or the server's TLS is broken. The certificate and the proof of its key are not at fault.`,
    evidence: evidenceLines(evidence),
    fixes: [networkFix(seen, 'find the device on the path that rewrites TLS messages, or else look at the server’s TLS software')],
    willNotHelp: NO_HELP_FOR_CERTIFICATES,
    alsoPossible: isOpen(evidence)
      ? [
          {
            cause: 'bad-record-mac' as const,
            confidence: 'possible' as const,
            test: probeCommand(seen.target.host, seen.target.port),
          },
        ]
      : [],
    notChecked: ['which message was changed', ...(evidence.sameAsGoSaw ? [] : ['whether go met the same flight as the probe'])],
  }),
})

interface Found {
  readonly evidence: Evidence
  readonly confidence: Confidence
}

/** TLS 1.3: chain and signature hold, the Finished that was decrypted does not. */
function findWrong13(seen: Observation): Found | undefined {
  const refusal = clientRefusal(seen)
  const { proof } = seen
  if (refusal === undefined || proof?.finished !== 'does not fit' || proof.key?.outcome !== 'fits') return undefined
  if (proof.key.version !== '1.3' || seen.judged?.verdict.ok === false) return undefined
  if (refusal.alertCode !== null && refusal.alertCode !== DECRYPT_ERROR) return undefined
  const isOwn = proof.keySource === 'wire'
  const sameAsGoSaw = isOwn || seen.probe?.sameAsGoSaw === true
  const confidence = isOwn && refusal.how === 'clear' ? 'certain' : sameAsGoSaw ? 'high' : 'likely'
  return { evidence: { how: 'checked', isTls13: true, refusal, sameAsGoSaw }, confidence }
}

/** TLS 1.2: go answered the server's Finished by an alert. Without a probe's secrets a damaged record looks the same. */
function findWrong12(seen: Observation): Found | undefined {
  const finished = seen.proof?.finished ?? 'not seen'
  if (!mayRefuseFinished(seen.transcript) || finished === 'fits' || finished === 'damaged') return undefined
  const evidence: Evidence = { how: finished === 'not seen' ? 'shape' : 'checked', isTls13: false, refusal: null, sameAsGoSaw: true }
  return { evidence, confidence: finished === 'not seen' ? 'possible' : 'high' }
}

/** TLS 1.2: the server's decrypt_error in clear where its Finished is awaited. */
function findTold(seen: Observation): Found | undefined {
  if (serverAlertAtFinished(seen)?.code !== DECRYPT_ERROR) return undefined
  return { evidence: { how: 'server', isTls13: false, refusal: null, sameAsGoSaw: true }, confidence: 'high' }
}

/** TLS 1.3: the server's first word behind the client's Finished is an alert, and go reads decrypt_error in it, which a client without a certificate gets for its Finished alone. */
function findSaid(seen: Observation): Found | undefined {
  const { serverAlertAfterFinished, applicationRecords, clientAnswer, serverHellos } = seen.transcript
  const isFirst = serverAlertAfterFinished && applicationRecords['server-to-client'] === 1 && clientAnswer === 'finished'
  const isTls13 = serverHellos.some(({ selectedVersion }) => selectedVersion.id >= 0x0304)
  if (!isFirst || !isTls13 || saidBehindHandshake(seen, /(?:^|: )remote error: tls: error decrypting message$/) === null) return undefined
  return { evidence: { how: 'words', isTls13: true, refusal: null, sameAsGoSaw: true }, confidence: 'likely' }
}

function isOpen({ how }: Evidence): boolean {
  return how === 'shape'
}

function evidenceLines({ how, refusal }: Evidence): readonly EvidenceLine[] {
  if (how === 'words')
    return [
      { text: 'the server answered the client’s Finished with alert 51 (decrypt_error), by what go printed', source: 'stderr', ref: null },
    ]
  if (how === 'server')
    return [{ text: 'the server answered the client’s Finished with alert 51 (decrypt_error)', source: 'wire', ref: null }]
  const computed: EvidenceLine = {
    text: 'the server’s Finished, computed again with the probe’s own secrets, has another value',
    source: 'verifier',
    ref: null,
  }
  const answer: EvidenceLine =
    refusal === null
      ? { text: 'go’s first record behind the server’s Finished is an alert', source: 'wire', ref: null }
      : signatureRefusalLine(refusal)
  return how === 'checked' ? [computed, answer] : [answer]
}

const DECRYPT_ERROR = 51
