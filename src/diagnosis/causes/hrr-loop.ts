import { shownHost } from '../captured.ts'
import { defineCause } from '../cause.ts'
import { NO_HELP_FOR_CONNECTIONS, serverFix } from '../fixes.ts'
import { findRefusal, type NegotiationEvidence, refusalGaps, refusalLines } from '../negotiation.ts'

/** go followed a HelloRetryRequest and got a second one (RFC 8446 section 4.1.4 allows one). */
export const hrrLoop = defineCause({
  id: 'hrr-loop',
  meaning: 'The server repeats HelloRetryRequest',
  fault: 'upstream',
  detect: (seen) => findRefusal(seen, ['repeated-retry']),
  goText: ({ text }: NegotiationEvidence) => text,
  explain: (evidence: NegotiationEvidence, seen) => ({
    title: `${shownHost(seen.target.host, seen.target.port)} asks for another ClientHello again and again`,
    why: 'It asked for a second ClientHello, go sent one with what was asked for, and it asked once more. TLS 1.3 allows that once; go ends the handshake. Servers behind a load balancer that do not share the key of their cookies answer so, and so do broken ones.',
    evidence: [...refusalLines(evidence), { text: `${seen.transcript.clientHellos.length} ClientHellos sent`, source: 'wire', ref: null }],
    fixes: [serverFix(seen, 'let the server take the group that it asks for, and let all servers behind one address share the cookie key')],
    willNotHelp: NO_HELP_FOR_CONNECTIONS,
    notChecked: refusalGaps(evidence),
  }),
})
