import type { HelloTrial, HelloTry } from '../diagnosis/observation.ts'
import { changeHello, HELLO_CHANGES, type HelloChange, type SentHello } from '../handshake/hello-change.ts'
import { type GoEnd, PROOF_TRIES, planNext } from './bisect-plan.ts'
import type { TunnelRequest } from './open-tunnel.ts'
import { type HelloAnswer, tryHello } from './try-hello.ts'

export interface BisectRequest extends Omit<TunnelRequest, 'signal'> {
  readonly hello: SentHello
  /** How go's own connection ended; `open` while it waits. */
  readonly go: GoEnd
  /** Tries that go made itself with such a hello. */
  readonly goTries: readonly HelloTry[]
  readonly signal: AbortSignal
  /** A try ended. */
  readonly onTry?: (change: HelloChange, answer: HelloAnswer) => void
  /** How long a hello may stay unanswered before any was answered; 4,000. */
  readonly patienceMs?: number
  /** The least that a silent try gets once another was answered; 2,000. */
  readonly leastPatienceMs?: number
}

/** Tries of one host that are under way or done. */
export interface Bisection {
  /** What is known by now, in the order of `HELLO_CHANGES`; what was not tried is left out. */
  trials(): readonly HelloTrial[]
  /** go made a try of its own with such a hello, or its connection ended. */
  noteGo(end: GoEnd, tried: HelloTry): void
  /** Try nothing more, and drop what runs. */
  stop(): void
  /** Resolves when nothing runs and nothing more will be tried. */
  readonly done: Promise<void>
}

/** All tries of one host together, from go's end on. */
const SERIES_MS = 30_000
/** Two variants at a time. */
const SIDE_BY_SIDE = 2
/** Go's own limit for a handshake; no try is given more. */
const LIMIT_MS = 10_000
/** A silent try gets this many times the time of the fastest answer. */
const SLOWER_TIMES = 20

/** Send changed copies of go's own ClientHello by go's route, until it is clear which change is answered, or that none is. */
export function startBisect(request: BisectRequest): Bisection {
  const stopped = new AbortController()
  const signal = AbortSignal.any([stopped.signal, request.signal])
  const tries = new Map<HelloChange, HelloTry[]>([['unchanged', [...request.goTries.slice(0, PROOF_TRIES)]]])
  const running: HelloChange[] = []
  let begun = Math.min(request.goTries.length, PROOF_TRIES)
  let { go } = request
  let fastestMs: number | null = null
  let isOver = false
  let limit: NodeJS.Timeout | undefined
  const startLimit = () => {
    if (go.how !== 'open') limit ??= setTimeout(() => stopped.abort(), SERIES_MS).unref()
  }
  let finish = () => {}
  const done = new Promise<void>((resolve) => {
    finish = resolve
  })
  const wireOf = rememberWires(request.hello)
  const patienceMs = () =>
    fastestMs === null
      ? (request.patienceMs ?? 4_000)
      : Math.min(LIMIT_MS, Math.max(request.leastPatienceMs ?? 2_000, SLOWER_TIMES * fastestMs))

  const start = async (change: HelloChange, octets: Uint8Array) => {
    begun += 1
    running.push(change)
    const answer = await tryHello({ ...request, signal, octets, patienceMs })
    running.splice(running.indexOf(change), 1)
    if (answer !== null) {
      note(change, answer.met)
      request.onTry?.(change, answer)
    }
    advance()
  }
  const note = (change: HelloChange, met: HelloTry) => {
    tries.set(change, [...(tries.get(change) ?? []), met])
    if (met.met === 'server-hello') fastestMs = Math.min(fastestMs ?? met.afterMs, met.afterMs)
  }
  const advance = () => {
    while (!isOver) {
      const next = signal.aborted
        ? 'done'
        : planNext({ go, running, begun, canTry: (change) => wireOf(change) !== null, triesOf: (change) => tries.get(change) ?? [] })
      const octets = next === 'wait' || next === 'done' ? null : wireOf(next)
      if (next === 'done' && running.length === 0) {
        isOver = true
        clearTimeout(limit)
        finish()
      }
      if (next === 'wait' || next === 'done' || octets === null || running.length >= SIDE_BY_SIDE) return
      void start(next, octets)
    }
  }
  signal.addEventListener('abort', advance)
  startLimit()
  advance()
  return {
    trials: () =>
      HELLO_CHANGES.flatMap((change): HelloTrial[] => {
        const known = tries.get(change) ?? []
        return known.length === 0 ? [] : [{ change, wireBytes: wireOf(change)?.length ?? 0, tries: known }]
      }),
    noteGo: (end, tried) => {
      go = end
      // Failures beyond the proof say nothing new; a pass always does.
      if (tried.met === 'server-hello' || (tries.get('unchanged')?.length ?? 0) < PROOF_TRIES) {
        note('unchanged', tried)
        begun += 1
      }
      startLimit()
      advance()
    },
    stop: () => stopped.abort(),
    done,
  }
}

function rememberWires(hello: SentHello): (change: HelloChange) => Uint8Array | null {
  const made = new Map<HelloChange, Uint8Array | null>()
  return (change) => {
    const known = made.get(change)
    if (known !== undefined) return known
    const octets = changeHello(hello, change)
    made.set(change, octets)
    return octets
  }
}
