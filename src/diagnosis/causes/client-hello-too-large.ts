import type { Fix } from '../../contract/diagnosis.ts'
import { shownHost } from '../captured.ts'
import { defineCause } from '../cause.ts'
import { NO_HELP_FOR_CONNECTIONS, networkFix, variableFixes } from '../fixes.ts'
import type { Observation } from '../observation.ts'
import { atMost } from '../refusal.ts'
import { extendGodebug, probeCommand } from '../remedy.ts'
import { goTextOfDeath, isMixed, type Proof, proofLine, proveChange, type Tally, tallyLine, tallyOf } from '../trials.ts'
import { inBytes, inCount, inTime } from '../units.ts'

interface Evidence {
  readonly proof: Proof
  /** The small hello filled up to the whole size: what decides, the size or the groups in it. */
  readonly padded: Tally
  readonly decides: 'size' | 'groups' | 'unknown'
  /** Steps between the small and the whole hello. */
  readonly steps: readonly Tally[]
  readonly anotherName: Tally
  /** Taking the post-quantum groups out makes it small enough. */
  readonly isPostQuantum: boolean
}

/** A ClientHello without the post-quantum groups is answered, go's own is not; or, where there are none, a shorter one of TLS 1.2 is, and a filled up one is not. */
export const clientHelloTooLarge = defineCause({
  id: 'client-hello-too-large',
  meaning: 'A large ClientHello (post-quantum key share) is dropped; a smaller one works',
  fault: 'middlebox',
  detect(seen) {
    const evidence = withoutPostQuantum(seen) ?? shorter(seen)
    if (evidence === undefined) return undefined
    const isAlone = evidence.anotherName.passed === 0
    const confidence = isAlone ? evidence.proof.confidence : atMost(evidence.proof.confidence, 'likely')
    return { evidence, leg: 'upstream', stage: 'client-hello', confidence }
  },
  goText: (_evidence: Evidence, seen) => goTextOfDeath(seen),
  explain: (evidence: Evidence, seen) => ({
    title: title(evidence, seen),
    why: why(evidence),
    evidence: [
      proofLine(evidence.proof),
      ...tallyLine(evidence.padded),
      ...evidence.steps.flatMap(tallyLine),
      ...tallyLine(evidence.anotherName),
      ...tallyLine(tallyOf(seen, 'split over two records')),
    ],
    fixes: [
      ...settingFixes(evidence, seen),
      networkFix(seen, networkTitle(evidence), { commands: [probeCommand(seen.target.host, seen.target.port, '--bisect')] }),
    ],
    willNotHelp: evidence.isPostQuantum ? [...FOLKLORE, ...NO_HELP_FOR_CONNECTIONS] : NO_HELP_FOR_CONNECTIONS,
    alsoPossible:
      evidence.anotherName.passed > 0
        ? [{ cause: 'sni-filtered', confidence: 'possible', test: probeCommand(seen.target.host, seen.target.port, '--bisect') }]
        : [],
    notChecked: ['which device on the path does it'],
  }),
})

function withoutPostQuantum(seen: Observation): Evidence | undefined {
  const proof = proveChange(seen, 'no ML-KEM')
  if (proof === undefined) return undefined
  const padded = tallyOf(seen, 'no ML-KEM, padded')
  // A filled up hello that now passes and now fails speaks of a path that flaps.
  if (isMixed(padded)) return undefined
  return { ...rest(seen), proof, padded, decides: decider(padded), isPostQuantum: true }
}

function shorter(seen: Observation): Evidence | undefined {
  const proof = proveChange(seen, 'TLS 1.2 only')
  const padded = tallyOf(seen, 'TLS 1.2 only, padded')
  if (proof === undefined || decider(padded) !== 'size') return undefined
  return { ...rest(seen), proof, padded, decides: 'size', isPostQuantum: false }
}

function rest(seen: Observation): Pick<Evidence, 'steps' | 'anotherName'> {
  const steps = [tallyOf(seen, 'no ML-KEM, 1,024 bytes'), tallyOf(seen, 'no ML-KEM, 1,448 bytes')]
  return { steps, anotherName: tallyOf(seen, 'another server name') }
}

function decider({ passed, failed }: Tally): Evidence['decides'] {
  if (failed >= 2 && passed === 0) return 'size'
  return passed >= 2 && failed === 0 ? 'groups' : 'unknown'
}

function title({ decides, isPostQuantum }: Evidence, seen: Observation): string {
  const host = shownHost(seen.target.host, seen.target.port)
  if (!isPostQuantum) return `something on the path to ${host} drops go's ClientHello because of its size`
  return decides === 'groups'
    ? `something on the path to ${host} refuses go's post-quantum ClientHello`
    : `something on the path to ${host} drops go's post-quantum ClientHello`
}

function why(evidence: Evidence): string {
  const { proof, decides, isPostQuantum } = evidence
  const { changed, unchanged } = proof
  const time = changed.answeredMs === null ? '' : ` in ${inTime(changed.answeredMs)}`
  if (!isPostQuantum) {
    return `go's first message of ${inBytes(unchanged.wireBytes)} gets no ServerHello. One of ${inBytes(changed.wireBytes)} that offers TLS 1.2 only is answered${time}; filled up to ${inBytes(evidence.padded.wireBytes)} it is not: the size decides, not the version.`
  }
  const large = `go's first message has ${inBytes(unchanged.wireBytes)} since go offers post-quantum key exchange (X25519MLKEM768)${unchanged.wireBytes > SEGMENT ? ', and no longer fits one TCP segment' : ''}.`
  const small = `Without it the message has ${inBytes(changed.wireBytes)}, and the same host answers${time}.`
  return `${large} ${small}${DECIDERS[decides](evidence)}`
}

/** What a TCP segment over Ethernet carries. */
const SEGMENT = 1_460

const DECIDERS: Readonly<Record<Evidence['decides'], (evidence: Evidence) => string>> = {
  size: (evidence) =>
    ` Filled up to ${inBytes(evidence.padded.wireBytes)} with zeros it fails again, so the size decides${limitWords(evidence)}.`,
  groups: ({ padded }) =>
    ` Filled up to ${inBytes(padded.wireBytes)} with zeros it still passes, so not the size decides, but the groups that are offered.`,
  unknown: () => '',
}

/** "the limit lies between 1,448 and 1,526 bytes" */
function limitWords({ proof, padded, steps }: Evidence): string {
  const tried = [...steps.filter(({ passed, failed }) => passed + failed > 0), padded, proof.changed]
  const passing = Math.max(...tried.filter(({ passed, failed }) => passed > failed).map(({ wireBytes }) => wireBytes))
  const failing = Math.min(...tried.filter(({ passed, failed }) => failed > passed).map(({ wireBytes }) => wireBytes))
  const isKnown = Number.isFinite(passing) && Number.isFinite(failing) && passing < failing
  return isKnown ? `: the limit lies between ${inCount(passing)} and ${inBytes(failing)}` : ''
}

function networkTitle({ decides }: Evidence): string {
  return decides === 'groups'
    ? 'update what inspects TLS on the path: it must let unknown groups pass (RFC 8446, section 4.2.7)'
    : 'let ClientHellos of more than one TCP segment pass (firewalls and inspecting proxies need an update)'
}

/** The setting that takes the groups out, with what stands in GODEBUG already. */
function settingFixes({ isPostQuantum, proof }: Evidence, seen: Observation): readonly Fix[] {
  const sender = seen.transcript.clientHellos[0]?.looksLike ?? null
  // git and curl do not read GODEBUG.
  if (!isPostQuantum || (sender !== null && !sender.startsWith('go '))) return []
  const groups = seen.transcript.clientHellos[0]?.supportedGroups.map(({ id }) => id) ?? []
  const setting = groups.includes(KYBER_DRAFT) ? 'tlskyber=0' : 'tlsmlkem=0'
  const passes = `passes ${proof.changed.passed} of ${proof.changed.passed + proof.changed.failed}`
  const parts = {
    title:
      'let go leave post-quantum key exchange out, in this shell (go 1.24 and newer; to keep it: the profile of your shell, or ENV in a Dockerfile)',
    checked: proof.confidence === 'high',
    checkedHow: `${passes}: the same ClientHello as go sends with this setting`,
    risk: 'what is recorded today can be read once quantum computers exist; verification stays as strict',
  }
  return variableFixes('GODEBUG', extendGodebug(seen.go.godebug, setting), parts, seen.go.godebug)
}

/** X25519Kyber768Draft00, what go 1.23 offers when told to. */
const KYBER_DRAFT = 25497

const FOLKLORE = [
  { setting: 'go env -w GODEBUG=tlsmlkem=0', because: 'go refuses it: GODEBUG counts only as a variable of the environment' },
  { setting: 'a godebug line in go.mod', because: 'it acts on the programs that are built, never on the go command itself' },
  { setting: 'GODEBUG=tlssecpmlkem=0', because: 'it takes two names out of a list, the large key share stays' },
] as const
