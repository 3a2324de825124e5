import type { Fix } from '../../contract/diagnosis.ts'
import type { Confidence, Stage } from '../../contract/terms.ts'
import type { HelloChange } from '../../handshake/hello-change.ts'
import { remoteErrorText } from '../alerts.ts'
import { shown, shownHost } from '../captured.ts'
import { defineCause } from '../cause.ts'
import { serverFix, variableFixes } from '../fixes.ts'
import { findRefusal, type NegotiationEvidence, refusalGaps, refusalLines } from '../negotiation.ts'
import type { Observation } from '../observation.ts'
import { extendGodebug } from '../remedy.ts'
import { goTextOfDeath, type Proof, proofLine, proveChange, tallyOf } from '../trials.ts'

const NO_APPLICATION_PROTOCOL = 120

interface Evidence {
  readonly offered: readonly string[]
  /** go refused what the server chose. */
  readonly refusal: NegotiationEvidence | null
  /** Where the server's alert 120 was read. */
  readonly alert: 'clear' | 'probe' | null
  /** A copy of go's ClientHello with another ALPN passed. */
  readonly proof: Proof | null
}

/** The server says in clear that no offered protocol suits it (RFC 7301 section 3.2), chose one that was not offered, or takes go's hello without ALPN only. */
export const alpnMismatch = defineCause({
  id: 'alpn-mismatch',
  meaning: 'Client and server share no ALPN protocol, or the server chose one that was not offered',
  fault: 'upstream',
  detect: (seen) => chosenWrongly(seen) ?? refusedByAlert(seen) ?? shownByTrial(seen),
  goText: ({ refusal, alert }: Evidence, seen) =>
    refusal === null ? (alert === null ? goTextOfDeath(seen) : remoteErrorText(NO_APPLICATION_PROTOCOL)) : refusal.text,
  explain: (evidence: Evidence, seen) => ({
    title:
      evidence.refusal === null
        ? `${shownHost(seen.target.host, seen.target.port)} speaks no protocol that go offers`
        : `${shownHost(seen.target.host, seen.target.port)} chose a protocol that go did not offer`,
    why: reason(evidence),
    evidence: [
      {
        text: `offered: ${evidence.offered.length === 0 ? 'no protocol' : evidence.offered.map(shown).join(', ')}`,
        source: 'wire',
        ref: null,
      },
      ...(evidence.refusal === null ? [] : refusalLines(evidence.refusal)),
      ...ALERT_LINES[evidence.alert ?? 'none'],
      ...(evidence.proof === null ? [] : [proofLine(evidence.proof)]),
    ],
    fixes: [serverFix(seen, 'let the server take http/1.1 or h2, or ignore the ALPN extension'), ...withoutHttp2(evidence, seen)],
    willNotHelp: [{ setting: 'GOFLAGS', because: 'no flag of go changes the protocols that it offers' }],
    notChecked: evidence.refusal === null ? ['which protocols the server would take'] : refusalGaps(evidence.refusal),
  }),
})

function found(seen: Observation, parts: Omit<Evidence, 'offered'>, stage: Stage, confidence: Confidence) {
  const offered = seen.transcript.clientHellos[0]?.alpn ?? []
  return { evidence: { offered, ...parts }, leg: 'upstream' as const, stage, confidence }
}

function chosenWrongly(seen: Observation) {
  const met = findRefusal(seen, ['alpn'])
  if (met === undefined) return undefined
  return found(seen, { refusal: met.evidence, alert: null, proof: null }, 'server-hello', met.confidence)
}

/** In TLS 1.3 some servers send it behind their ServerHello, encrypted: then the probe reads it. */
function refusedByAlert(seen: Observation) {
  const { transcript, probe, outcome } = seen
  if (outcome !== 'failed' || transcript.isComplete) return undefined
  const alert = transcript.alerts.find(
    ({ sender, code, how }) => sender === 'server' && (code === NO_APPLICATION_PROTOCOL || how === 'inferred'),
  )
  if (alert === undefined) return undefined
  const parts = { refusal: null, proof: alpnProof(seen) ?? null }
  if (alert.how !== 'inferred') {
    const stage = transcript.serverHellos.length === 0 ? 'client-hello' : 'server-hello'
    return found(seen, { ...parts, alert: 'clear' }, stage, refusesAnyway(seen) ? 'likely' : 'certain')
  }
  const isSame = probe?.transcript.alerts.some(({ sender, code }) => sender === 'server' && code === NO_APPLICATION_PROTOCOL) ?? false
  return isSame ? found(seen, { ...parts, alert: 'probe' }, 'server-hello', 'high') : undefined
}

/** No protocol at all is refused, too: it is a server for one of its own, or its alert speaks of something else. */
function refusesAnyway(seen: Observation): boolean {
  const without = tallyOf(seen, 'no ALPN')
  return without.failed > 0 && without.passed === 0
}

/** Another alert, a reset or silence, which a change of ALPN alone takes away. */
function shownByTrial(seen: Observation) {
  const proof = alpnProof(seen)
  if (proof === undefined) return undefined
  return found(seen, { refusal: null, alert: null, proof }, 'client-hello', proof.confidence)
}

/** Another ALPN passes where go's own never does, and no other change helps. */
function alpnProof(seen: Observation): Proof | undefined {
  const proof = proveChange(seen, 'ALPN http/1.1 only') ?? proveChange(seen, 'no ALPN')
  const others = OTHER_CHANGES.some((change) => tallyOf(seen, change).passed > 0)
  return others ? undefined : proof
}

/** Any of these speaks of a smaller hello, or of another one, more than of the protocols in it. */
const OTHER_CHANGES: readonly HelloChange[] = [
  'no ML-KEM',
  'another server name',
  'no server name',
  'TLS 1.2 only',
  'split over two records',
]

function reason({ refusal, alert, offered }: Evidence): string {
  if (refusal !== null) {
    const asked = offered.length === 0 ? 'go offered no protocol at all' : `go offered ${offered.map(shown).join(' and ')}`
    return `In TLS a server may choose only what the client offers (ALPN). ${asked}; the server chose ${shown(refusal.seen)}.`
  }
  const said = alert === null ? 'It refuses the ClientHello' : 'It ended the handshake with alert 120 (no_application_protocol)'
  return `${said}: of the protocols that go offers over TLS (${offered.map(shown).join(', ')}) it takes none. It is a server for another protocol, or its list is wrong.`
}

/** Without HTTP/2 go sends another list, which helps where the server's list lacks only that. */
function withoutHttp2({ refusal, offered }: Evidence, seen: Observation): readonly Fix[] {
  if (refusal !== null || !offered.includes('h2')) return []
  return variableFixes('GODEBUG', extendGodebug(seen.go.godebug, 'http2client=0'), {
    title: 'try without HTTP/2 in this shell',
    checkedHow: 'needs a second try with this setting',
    risk: 'downloads are slower over HTTP/1.1',
  })
}

const ALERT_LINES = {
  clear: [{ text: 'answer: alert 120 no_application_protocol', source: 'wire', ref: null }],
  probe: [{ text: 'the probe met alert 120 no_application_protocol, encrypted', source: 'probe', ref: null }],
  none: [],
} as const
