import { shown, shownHost } from '../captured.ts'
import { defineCause } from '../cause.ts'
import { networkFix, serverFix } from '../fixes.ts'
import { findRefusal, type NegotiationEvidence, refusalGaps, refusalLines } from '../negotiation.ts'

/** ServerHello, HelloRetryRequest or EncryptedExtensions cannot be read, or say what the protocol does not allow them to say. */
export const malformedServerHello = defineCause({
  id: 'malformed-server-hello',
  meaning: 'The ServerHello breaks the protocol',
  fault: 'upstream',
  detect(seen) {
    const found = findRefusal(seen, ['malformed', 'illegal', 'version'])
    return found !== undefined && OURS.has(found.evidence.message) ? found : undefined
  },
  goText: ({ text }: NegotiationEvidence) => text,
  explain: (evidence: NegotiationEvidence, seen) => ({
    title: `the ${evidence.message} of ${shownHost(seen.target.host, seen.target.port)} breaks the protocol`,
    why: `${reason(evidence)} No certificate was judged. ${origin(evidence)}`,
    evidence: refusalLines(evidence),
    fixes: [
      serverFix(seen, "repair or update the server's TLS software"),
      networkFix(seen, 'if other networks reach the server: find the device on the path that changes the handshake'),
    ],
    willNotHelp: [{ setting: 'GODEBUG', because: 'no setting makes go take such a message' }],
    notChecked: ['whether the server itself wrote it so, or a device on the path', ...refusalGaps(evidence)],
  }),
})

const OURS: ReadonlySet<string> = new Set(['ServerHello', 'HelloRetryRequest', 'EncryptedExtensions'])

function reason({ fault, message, field, seen, wanted }: NegotiationEvidence): string {
  if (fault === 'malformed') return `go cannot read its ${message}: ${shown(seen)}.`
  return `Its ${message} has ${shown(seen)} as ${field}; allowed is ${shown(wanted)}.`
}

function origin({ fault, field }: NegotiationEvidence): string {
  const known = fault === 'malformed' ? undefined : ORIGINS[field]
  return known ?? "The server's TLS is broken, or a device on the path changes what it sends."
}

/** Who most often makes this mistake. */
const ORIGINS: Readonly<Record<string, string>> = {
  session_id: 'Devices that copy a handshake without understanding it answer so, and so do some old TLS stacks.',
  legacy_session_id_echo: 'Devices that speak TLS 1.3 half answer so, and so do servers of early drafts.',
  legacy_version: 'Servers that set only the old version field do not speak TLS 1.3 as it was published.',
  supported_versions: 'Servers of an early draft of TLS 1.3 answer so.',
}
