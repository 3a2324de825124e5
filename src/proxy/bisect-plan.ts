/** Which change of the ClientHello is tried next. Pure: the runner asks again after each try. */
import type { HelloTry } from '../diagnosis/observation.ts'
import type { HelloChange } from '../handshake/hello-change.ts'

/** How go's own connection stands: still waiting for an answer, died without a word, refused by alert (its number), or answered by something else than TLS. */
export type GoEnd = { readonly how: 'open' | 'died' | 'not-tls' } | { readonly how: 'alert'; readonly code: number | null }

export interface PlanState {
  readonly go: GoEnd
  /** The change can be made in this hello. */
  readonly canTry: (change: HelloChange) => boolean
  /** Tries that ended, go's own among those of `unchanged`. */
  readonly triesOf: (change: HelloChange) => readonly HelloTry[]
  /** Tries that have not ended. */
  readonly running: readonly HelloChange[]
  /** All tries that were begun, go's own among them. */
  readonly begun: number
}

/** Tries of one host, go's own among them (architecture, section 8). */
export const MOST_TRIES = 12
/** So often must a change pass, and the unchanged hello fail, to be called a cause. */
export const PROOF_TRIES = 3

/** The change to try next, `wait` for what runs or for go, or `done`. */
export function planNext(state: PlanState): HelloChange | 'wait' | 'done' {
  if (state.begun >= MOST_TRIES || cannotBeReached(state)) return idle(state)
  for (const [change, times] of listGoals(state)) {
    const running = state.running.filter((one) => one === change).length
    if (state.canTry(change) && state.triesOf(change).length + running < times) return change
  }
  return idle(state)
}

/** A change, and how often it shall have been tried. */
type Goal = readonly [change: HelloChange, times: number]

function listGoals(state: PlanState): readonly Goal[] {
  if (passesOf(state, 'unchanged') > 0) return []
  const goals: Goal[] = []
  const rounds = state.go.how === 'alert' ? alertRounds(state.go.code) : ROUNDS[state.go.how]
  for (const round of rounds) {
    goals.push(...round.map((change): Goal => [change, 1]))
    if (round.some((change) => state.canTry(change) && state.triesOf(change).length === 0)) return goals
    const found = round.find((change) => passesOf(state, change) > 0)
    if (found !== undefined) return [...goals, ...proofOf(found, state)]
  }
  return goals
}

/**
 * In turns that do not alternate, so that neither what changes with time (a rate limit, a server that comes back) nor every second backend looks
 * like a cause.
 */
function proofOf(found: HelloChange, state: PlanState): readonly Goal[] {
  const failures = failuresOf(state, found)
  if (failures > 1) return []
  const times = failures === 1 ? FLAPPING_TRIES : NAMES.has(found) ? PROOF_TRIES + 1 : PROOF_TRIES
  const turns = TURNS.filter(([, nth]) => nth <= times).map(([whose, nth]): Goal => [whose === 'found' ? found : 'unchanged', nth])
  const isProven = failures === 0 && failuresOf(state, 'unchanged') >= times && passesOf(state, found) >= times
  return isProven ? [...turns, ...controlsOf(found, state)] : turns
}

/** One failure of a change that otherwise passes speaks of a flapping path: then much more must speak for the change. */
const FLAPPING_TRIES = 5
/** No filled up hello stands against a change of name, so it is tried once more. */
const NAMES: ReadonlySet<HelloChange> = new Set(['another server name', 'no server name'])
const TURNS: readonly (readonly [whose: 'unchanged' | 'found', nth: number])[] = [
  ['unchanged', 2],
  ['found', 2],
  ['found', 3],
  ['unchanged', 3],
  ['unchanged', 4],
  ['found', 4],
  ['found', 5],
  ['unchanged', 5],
]

/** What tells apart why a change passes: by its size or by what is in it. */
function controlsOf(found: HelloChange, state: PlanState): readonly Goal[] {
  if (found === 'no ML-KEM') {
    const padded: Goal = ['no ML-KEM, padded', PROOF_TRIES]
    const isSize = failuresOf(state, 'no ML-KEM, padded') >= PROOF_TRIES
    const steps: Goal[] = [
      ['no ML-KEM, 1,448 bytes', 1],
      ['no ML-KEM, 1,024 bytes', 1],
    ]
    return isSize ? [padded, ...steps] : [padded, ['another server name', 1]]
  }
  if (found === 'TLS 1.2 only') return [['TLS 1.2 only, padded', PROOF_TRIES]]
  if (NAMES.has(found)) {
    return [
      ['no server name', 1],
      ['TLS 1.2 only', 1],
    ]
  }
  return found === 'no ALPN' ? [['ALPN http/1.1 only', 1]] : []
}

/** Smallest change first within what fits the way it died; two of a round run side by side. While go waits only smaller hellos are sent. */
const ROUNDS: Readonly<Record<Exclude<GoEnd['how'], 'alert'>, readonly (readonly HelloChange[])[]>> = {
  open: [
    ['no ML-KEM', 'TLS 1.2 only'],
    ['no server name', 'no ALPN'],
  ],
  died: [
    ['no ML-KEM', 'another server name'],
    ['TLS 1.2 only', 'no server name'],
    ['no ALPN', 'split over two records'],
    // Some servers close where they find no suite, without a word.
    ['every cipher suite'],
  ],
  // A box that writes a page does so for a name, or for what it cannot read.
  'not-tls': [
    ['another server name', 'no server name'],
    ['no ML-KEM', 'TLS 1.2 only'],
  ],
}

function alertRounds(code: number | null): readonly (readonly HelloChange[])[] {
  if (code === NO_APPLICATION_PROTOCOL) return [['no ALPN', 'ALPN http/1.1 only']]
  if (code === UNRECOGNIZED_NAME) return [['another server name', 'no server name']]
  return code !== null && FOUND_NOTHING.has(code) ? NEGOTIATION : ROUNDS.died
}

/** A server that found nothing in common answers handshake_failure, illegal_parameter or insufficient_security; some internal_error. */
const FOUND_NOTHING: ReadonlySet<number> = new Set([40, 47, 71, 80])
const NEGOTIATION: readonly (readonly HelloChange[])[] = [
  ['no ML-KEM', 'another server name'],
  ['TLS 1.2 only', 'no server name'],
  ['no ALPN', 'every cipher suite'],
  ['every group'],
]

const NO_APPLICATION_PROTOCOL = 120
const UNRECOGNIZED_NAME = 112

function idle({ running, go }: PlanState): 'wait' | 'done' {
  return running.length > 0 || go.how === 'open' ? 'wait' : 'done'
}

function cannotBeReached({ triesOf }: PlanState): boolean {
  return ALL.flatMap((change) => triesOf(change)).filter(({ met }) => met === 'dial-failure').length > 1
}

const ALL: readonly HelloChange[] = [
  ...ROUNDS.died.flat(),
  'unchanged',
  'ALPN http/1.1 only',
  'every group',
  'no ML-KEM, padded',
  'TLS 1.2 only, padded',
]

function passesOf(state: PlanState, change: HelloChange): number {
  return state.triesOf(change).filter((one) => hasHelped(one, change, state.go)).length
}

function failuresOf(state: PlanState, change: HelloChange): number {
  return state.triesOf(change).filter((one) => one.met !== 'dial-failure' && !hasHelped(one, change, state.go)).length
}

/** A host that refuses a name it does not know by alert has at least been reached, where its own name dies without a word. */
function hasHelped({ met }: HelloTry, change: HelloChange, go: GoEnd): boolean {
  return met === 'server-hello' || (met === 'alert' && change === 'another server name' && go.how !== 'alert')
}
