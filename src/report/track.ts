/** The stage track in words: which step of which leg passed, and where it ended. */
import type { Diagnosis } from '../contract/diagnosis.ts'
import type { Handshake, StageState } from '../contract/handshake.ts'
import { type Leg, STAGES, type Stage } from '../contract/terms.ts'
import { inTime } from '../diagnosis/units.ts'
import { cells } from './layout.ts'
import { glyphs, type Style } from './style.ts'
import { legName, STAGE_NAMES } from './words.ts'

export interface TrackStep {
  readonly name: string
  readonly status: 'passed' | 'failed' | 'not-reached' | 'elided'
  /** Why it failed, in a word or two; "" where there is nothing to add. */
  readonly note: string
}

export interface TrackRow {
  readonly label: string
  readonly steps: readonly TrackStep[]
}

/** The rows that tell how far it got: the legs before TLS where they matter, and TLS through the tunnel. */
export function trackRows(handshake: Handshake | undefined, diagnosis: Diagnosis | undefined, style: Style): readonly TrackRow[] {
  const failing = diagnosis?.stage ?? null
  if (handshake === undefined) return failing === null ? [] : [{ label: TLS_LABEL, steps: [failedStep(failing, '')] }]
  const note = failing === null || diagnosis === undefined ? '' : failureNote(diagnosis, handshake)
  const beforeTls = failing !== null && (!TLS_STAGES.includes(failing) || diagnosis?.leg === 'parent')
  const showsLegs = beforeTls || handshake.route.length > 0
  const dialLeg: Leg = handshake.route.length > 0 ? 'parent' : 'upstream'
  const legs = showsLegs ? [legRow('client', handshake, note, style), legRow(dialLeg, handshake, note, style)] : []
  const tls = beforeTls ? [] : tlsRows(handshake, note, style)
  return [...legs, ...tls].filter((row) => row.steps.length > 0)
}

/** "ClientHello ✓  ServerHello ✓  Certificate ✕ go rejects"; where that is wider than `width`, steps that passed are left out: the middle ones, then the first. */
export function drawSteps(steps: readonly TrackStep[], width: number, style: Style): string {
  const [first, ...rest] = steps
  const shorter = rest.map((_step, dropped) => [ELIDED, ...rest.slice(dropped)])
  const middle = first !== undefined && rest.length > 2 ? [[first, ELIDED, ...rest.slice(-2)]] : []
  const candidates = [steps, ...middle, ...shorter]
  const fitting = candidates.find((some) => cells(joinSteps(some, style)) <= width)
  return joinSteps(fitting ?? candidates.at(-1) ?? steps, style)
}

/** Why the failing step failed, short enough for the track. */
export function failureNote(diagnosis: Diagnosis, handshake: Handshake): string {
  const { cause, stage } = diagnosis
  if (KNOWN_NOTES[cause] !== undefined) return KNOWN_NOTES[cause]
  if (stage === 'proxy-connect' && handshake.proxyConnect)
    return `${handshake.proxyConnect.status} ${handshake.proxyConnect.reason}`.trimEnd()
  if (cause.startsWith('http-')) return `HTTP ${cause.slice(5)}`
  const alert = handshake.alerts.find((one) => one.sender === 'server' && one.how !== 'inferred' && one.code !== null)
  if (alert !== undefined) return `alert ${alert.code}`
  if (stage === 'server-hello' && refusedByGo(handshake)) return 'go rejects'
  if (stage === 'certificate' || stage === 'key-exchange') return diedByItself(cause) ? endNote(handshake) : 'go rejects'
  return endNote(handshake)
}

function refusedByGo({ alerts }: Handshake): boolean {
  return alerts.some(({ sender, code, how }) => sender === 'client' && how !== 'inferred' && code !== 0)
}

function diedByItself(cause: string): boolean {
  return cause.startsWith('peer-')
}

function endNote(handshake: Handshake): string {
  const { closed } = handshake
  if (closed === null) return ''
  if (closed.how === 'timeout' || closed.by === 'client') return `no answer in ${inTime(closed.atMs - helloTime(handshake))}`
  return closed.how === 'rst' ? 'reset' : 'closed'
}

/** When the client's first record passed; 0 where none was seen. */
function helloTime({ records }: Handshake): number {
  return records.find(({ dir }) => dir === 'client-to-server')?.atMs ?? 0
}

function legRow(leg: Leg, handshake: Handshake, note: string, style: Style): TrackRow {
  const states = handshake.stages.filter((state) => state.leg === leg && (leg === 'parent' || !TLS_STAGES.includes(state.stage)))
  return { label: legName(leg, style), steps: stepsUntilFailure(states, note, leg === 'parent' ? PARENT_ORDER : STAGES) }
}

/** TLS with an https proxy comes before CONNECT. */
const PARENT_ORDER: readonly Stage[] = [...STAGES.filter((stage) => stage !== 'proxy-connect'), 'proxy-connect']

/** In observe mode TLS spans both legs; in intercept mode each leg has a handshake of its own. */
function tlsRows(handshake: Handshake, note: string, style: Style): readonly TrackRow[] {
  const states = handshake.stages.filter((state) => state.leg !== 'parent' && TLS_STAGES.includes(state.stage))
  if (handshake.mode !== 'intercept') return [{ label: TLS_LABEL, steps: stepsUntilFailure(states, note) }]
  const legs: readonly Leg[] = ['client', 'upstream']
  return legs.map((leg) => ({
    label: legName(leg, style),
    steps: stepsUntilFailure(
      states.filter((state) => state.leg === leg),
      note,
    ),
  }))
}

function stepsUntilFailure(states: readonly StageState[], note: string, order: readonly Stage[] = STAGES): readonly TrackStep[] {
  const ordered = [...states].sort((a, b) => order.indexOf(a.stage) - order.indexOf(b.stage))
  const failing = ordered.findIndex(({ status }) => status === 'failed')
  const shown = failing === -1 ? ordered.filter(({ status }) => status === 'passed') : ordered.slice(0, failing + 1)
  return shown.flatMap((state): TrackStep[] => {
    if (state.status === 'failed') return [failedStep(state.stage, note)]
    return state.status === 'passed' ? [{ name: STAGE_NAMES[state.stage], status: 'passed', note: '' }] : []
  })
}

function failedStep(stage: Stage, note: string): TrackStep {
  return { name: STAGE_NAMES[stage], status: 'failed', note }
}

function joinSteps(steps: readonly TrackStep[], style: Style): string {
  const signs = glyphs(style)
  const words = steps.map(({ name, status, note }) => {
    if (status === 'elided') return signs.ellipsis
    const sign = status === 'passed' ? signs.passed : status === 'failed' ? signs.failed : signs.notReached
    return `${name} ${sign}${note === '' ? '' : ` ${note}`}`
  })
  return words.join('  ')
}

const TLS_LABEL = 'TLS through tunnel'
const TLS_STAGES: readonly Stage[] = STAGES.slice(STAGES.indexOf('client-hello'))
const ELIDED: TrackStep = { name: '', status: 'elided', note: '' }

const KNOWN_NOTES: Readonly<Record<string, string>> = {
  'dns-nxdomain': 'no such name',
  'dns-servfail': 'server failure',
  'dns-no-address': 'no address',
  'dns-timeout': 'no answer',
  'tcp-refused': 'refused',
  'tcp-timeout': 'no answer',
  'tcp-unreachable': 'no route',
  'proxy-unreachable': 'not reached',
  'proxy-closed': 'closed',
  'proxy-reset': 'reset',
  'proxy-silent': 'no answer',
  'proxy-scheme-wrong': 'plain HTTP',
  'proxy-url-invalid': 'bad value',
  'plain-http-on-tls-port': 'plain HTTP',
  'not-tls': 'not TLS',
  'record-oversized': 'record too long',
  'redirect-insecure': 'redirect to http',
  'redirect-loop': 'redirect loop',
  'body-truncated': 'body cut',
  'invalid-module-response': 'not a module',
  'checksum-mismatch': 'checksum differs',
  'http2-refused': 'HTTP/2 refused',
}
