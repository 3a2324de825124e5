import type { EvidenceLine, Fix } from '../../contract/diagnosis.ts'
import type { Named } from '../../contract/terms.ts'
import type { Transcript } from '../../handshake/transcript.ts'
import { remoteErrorText } from '../alerts.ts'
import { shownHost } from '../captured.ts'
import { defineCause } from '../cause.ts'
import { fix, serverFix } from '../fixes.ts'
import { findRefusal, type NegotiationEvidence, refusalGaps, refusalLines } from '../negotiation.ts'
import type { Observation } from '../observation.ts'
import { chosenBy, type Proof, proofLine, proveChange, refusingAlert } from '../trials.ts'

interface Evidence {
  readonly offered: readonly string[]
  /** What the server asked for, chose, or took of the probe. */
  readonly wanted: string
  /** Its number in the registry, null where only words are known. */
  readonly wantedId: number | null
  readonly refusal: NegotiationEvidence | null
  /** The alert in the place of a ServerHello; null where there was one. */
  readonly alert: number | null
  /** A copy of go's ClientHello with every group in it passed. */
  readonly proof?: Proof
}

/**
 * The server asks for, or chose, a group that go did not offer; or it refused go's ClientHello by alert and answered a wider one with a group that go
 * lacks, where version, suite and signature were such as go offers; or it answers go's own once that names every group.
 */
export const noCommonGroup = defineCause({
  id: 'no-common-group',
  meaning: 'The server accepts no key exchange group that the client offers',
  fault: 'upstream',
  detect: (seen) => chosenUnoffered(seen) ?? refusedByAlert(seen) ?? shownByTrial(seen),
  goText: ({ refusal, alert }: Evidence) => refusal?.text ?? (alert === null ? undefined : remoteErrorText(alert)),
  explain: (evidence: Evidence, seen) => ({
    title: `${shownHost(seen.target.host, seen.target.port)} accepts no key exchange group that go offers`,
    why: `${reason(evidence)} Without a common group no keys can be agreed on.`,
    evidence: [
      { text: `groups offered: ${evidence.offered.join(', ')}`, source: 'wire', ref: null },
      ...(evidence.refusal === null ? [] : refusalLines(evidence.refusal)),
      ...(evidence.alert === null ? [] : [{ text: `answer: alert ${evidence.alert}, no ServerHello`, source: 'wire' as const, ref: null }]),
      ...takenLines(evidence),
    ],
    fixes: [serverFix(seen, 'enable x25519 or secp256r1 on the server'), ...clientFixes(evidence, seen)],
    willNotHelp: [{ setting: 'GOFLAGS', because: 'no flag of go changes the groups' }],
    notChecked: evidence.refusal === null ? ['whether the server would take other groups too'] : refusalGaps(evidence.refusal),
  }),
})

function takenLines({ alert, proof, wanted }: Evidence): readonly EvidenceLine[] {
  if (proof !== undefined) return [{ text: `of every group the server asks for ${wanted}`, source: 'bisect', ref: null }, proofLine(proof)]
  return alert === null ? [] : [{ text: `the probe offered more and the server took ${wanted}`, source: 'probe', ref: null }]
}

function offeredNames(seen: Observation): readonly string[] {
  return seen.transcript.clientHellos[0]?.supportedGroups.map(({ name }) => name) ?? []
}

function chosenUnoffered(seen: Observation) {
  const found = findRefusal(seen, ['group'])
  if (found === undefined) return undefined
  const wanted = found.evidence.seen
  const wantedId = Number(/\((0x[0-9a-f]{4})\)$/.exec(wanted)?.[1] ?? Number.NaN)
  const evidence: Evidence = {
    offered: offeredNames(seen),
    wanted,
    wantedId: Number.isNaN(wantedId) ? null : wantedId,
    refusal: found.evidence,
    alert: null,
  }
  return { ...found, evidence }
}

function refusedByAlert(seen: Observation) {
  const { transcript, outcome } = seen
  const alert = transcript.alerts.find(({ sender, code, level }) => sender === 'server' && level !== 'warning' && REFUSALS.has(code ?? -1))
  if (outcome !== 'failed' || transcript.serverHellos.length > 0 || alert === undefined || alert.code === null) return undefined
  const group = groupBeyondOffer(seen)
  if (group === undefined) return undefined
  const evidence: Evidence = { offered: offeredNames(seen), wanted: group.name, wantedId: group.id, refusal: null, alert: alert.code }
  // The taxonomy counts it to server-hello: the hello was read, what failed is choosing from it.
  return { evidence, leg: 'upstream' as const, stage: 'server-hello' as const, confidence: 'high' as const }
}

/** Go's own hello with every group in its list is answered each time by the wish for one that go does not offer, and go's own never is. */
function shownByTrial(seen: Observation) {
  const proof = proveChange(seen, 'every group')
  const group = chosenBy(seen, 'every group')?.group ?? undefined
  const isOffered = seen.transcript.clientHellos[0]?.supportedGroups.some(({ id }) => id === group?.id) ?? true
  if (proof === undefined || group === undefined || isOffered) return undefined
  const evidence: Evidence = {
    offered: offeredNames(seen),
    wanted: group.name,
    wantedId: group.id,
    refusal: null,
    alert: refusingAlert(seen),
    proof,
  }
  return { evidence, leg: 'upstream' as const, stage: 'client-hello' as const, confidence: proof.confidence }
}

/** The group that the server took of the probe's wider offer, if all else that it took was in go's. */
function groupBeyondOffer({ transcript, probe }: Observation): Named | undefined {
  const offer = transcript.clientHellos[0]
  const met = probe?.transcript.serverHellos.find((one) => !one.helloRetryRequest)
  if (offer === undefined || probe == null || met === undefined) return undefined
  const has = (list: readonly Named[], id: number) => list.some((one) => one.id === id)
  const group = met.keyShareGroup ?? probe.transcript.serverKeyExchangeGroup
  const scheme = signatureScheme(probe.transcript)
  const isElseOffered =
    has(offer.cipherSuites, met.cipherSuite.id) &&
    has(offer.supportedVersions, met.selectedVersion.id) &&
    (scheme === undefined || has(offer.signatureAlgorithms, scheme))
  return group !== null && isElseOffered && !has(offer.supportedGroups, group.id) ? group : undefined
}

/** SignatureScheme of CertificateVerify: its first two octets. */
function signatureScheme({ messages }: Transcript): number | undefined {
  const octets = messages.find(({ dir, type }) => dir === 'server-to-client' && type === CERTIFICATE_VERIFY)?.octets
  const [high, low] = octets?.subarray(4) ?? []
  return high === undefined || low === undefined ? undefined : high * 256 + low
}

function reason({ refusal, wanted, alert, offered, proof }: Evidence): string {
  const lacks = `go offers ${offered.join(', ')}.`
  if (proof !== undefined)
    return `It does not answer go's ClientHello; to the same one with every group named in it, it asks for a key share of ${wanted}. ${lacks}`
  if (refusal === null)
    return `It refused go's ClientHello with alert ${alert ?? ''}; of a wider offer it took ${wanted}, with a version, a suite and a signature that go offers too. ${lacks}`
  if (refusal.message === 'HelloRetryRequest') return `Its HelloRetryRequest asks for ${wanted}. ${lacks}`
  return `Its ${refusal.message} uses ${wanted}. ${lacks}`
}

/** Groups that newer versions of go offer. */
function clientFixes({ wantedId }: Evidence, seen: Observation): readonly Fix[] {
  const since = wantedId === null ? undefined : OFFERED_SINCE[wantedId]
  if (since === undefined || !isOlder(seen.go.version, since)) return []
  return [
    fix({ title: `use go ${since} or newer, which offers this group`, scope: 'this-machine', checkedHow: 'needs another version of go' }),
  ]
}

function isOlder(version: string, since: string): boolean {
  const [minor, wanted] = [version, since].map((one) => Number(one.split('.')[1] ?? Number.NaN))
  return minor !== undefined && wanted !== undefined && minor < wanted
}

const OFFERED_SINCE: Readonly<Record<number, string>> = { 4588: '1.24', 4587: '1.26', 4589: '1.26' }

/** handshake_failure, illegal_parameter, insufficient_security. */
const REFUSALS: ReadonlySet<number> = new Set([40, 47, 71])
const CERTIFICATE_VERIFY = 15
