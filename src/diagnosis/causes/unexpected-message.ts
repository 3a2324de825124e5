import { shown, shownHost } from '../captured.ts'
import { defineCause } from '../cause.ts'
import { networkFix, serverFix } from '../fixes.ts'
import { findRefusal, type NegotiationEvidence, refusalGaps, refusalLines } from '../negotiation.ts'

/** A message, or a record, stood where the handshake has another one. */
export const unexpectedMessage = defineCause({
  id: 'unexpected-message',
  meaning: 'A handshake message arrived out of order',
  fault: 'upstream',
  detect(seen) {
    const found = findRefusal(seen, ['order'])
    // Where the Certificate belongs nothing of the certificate came: what is wrong is the order of the server's answer (taxonomy).
    return found?.stage === 'certificate' ? { ...found, stage: 'server-hello' } : found
  },
  goText: ({ text }: NegotiationEvidence) => text,
  explain: (evidence: NegotiationEvidence, seen) => ({
    title: `${shownHost(seen.target.host, seen.target.port)} sent ${shown(evidence.seen)} where ${evidence.message} belongs`,
    why: `At this place of the handshake the server owes ${shown(evidence.wanted)}; it sent ${shown(evidence.seen)}. Clients end such a handshake. The server's TLS is broken, or something on the path put in, took out or moved a message.`,
    evidence: refusalLines(evidence),
    fixes: [
      serverFix(seen, "repair or update the server's TLS software"),
      networkFix(seen, 'if other networks reach the server: find the device on the path that changes the handshake'),
    ],
    willNotHelp: [{ setting: 'GODEBUG', because: 'no setting makes go take messages in another order' }],
    notChecked: ['whether the server itself sent it, or a device on the path', ...refusalGaps(evidence)],
  }),
})
