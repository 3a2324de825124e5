/** Changed copies of go's own ClientHello, by its route: one series for each host and shape of hello, shared by all connections that fail alike. */
import type { HelloTry } from '../diagnosis/observation.ts'
import { findSentHello, type HelloChange } from '../handshake/hello-change.ts'
import { type Bisection, startBisect } from '../proxy/bisect.ts'
import type { GoEnd } from '../proxy/bisect-plan.ts'
import type { ProxyEvent } from '../proxy/event.ts'
import type { RunningProxy } from '../proxy/start-proxy.ts'
import type { HelloAnswer } from '../proxy/try-hello.ts'
import type { Connection } from '../recorder/connection.ts'
import { goEnd, goTry } from '../recorder/go-end.ts'
import type { HelloTrials } from '../recorder/recorder-options.ts'

export interface BisectorOptions {
  readonly proxy: () => Pick<RunningProxy, 'routeTo' | 'resolve'>
  readonly signal: AbortSignal
  readonly onTry?: (change: HelloChange, answer: HelloAnswer, connection: Connection) => void
}

export interface Bisector extends HelloTrials {
  /** Every event of the proxy: a hello that stays unanswered is looked into while go still waits. */
  watch(event: ProxyEvent, connection: Connection): void
}

/** So long may go's hello stay unanswered before smaller ones are tried beside it. */
const UNANSWERED_MS = 2_000
/** Without a run (in `serve`), so long what was learned of a host counts for its later connections. */
const FRESH_MS = 60_000
const MOST_ENTRIES = 500
/** Hosts that are looked into side by side; where a whole network fails, the others wait. */
const MOST_SERIES = 8

interface Entry {
  readonly goTries: HelloTry[]
  readonly atMs: number
  /** How go's last connection with such a hello ended; null while none has. */
  end: GoEnd | null
  bisection: Promise<Bisection> | null
  known: Bisection | null
}

/** Make the part that the recorder asks. */
export function makeBisector(options: BisectorOptions): Bisector {
  const entries = new Map<string, Entry>()
  const timers = new Map<string, NodeJS.Timeout>()
  const takeSlot = makeSlots(MOST_SERIES)

  const entryOf = (connection: Connection): Entry | null => {
    const name = describeHello(connection)
    if (name === null) return null
    const known = entries.get(name)
    const atMs = connection.start.startedAt.getTime()
    if (known !== undefined && (connection.runId !== null || atMs - known.atMs < FRESH_MS)) return known
    const entry: Entry = { goTries: [], atMs, end: null, bisection: null, known: null }
    entries.set(name, entry)
    for (const oldest of [...entries.keys()].slice(0, -MOST_ENTRIES)) entries.delete(oldest)
    return entry
  }

  const start = async (entry: Entry, connection: Connection, go: GoEnd): Promise<Bisection> => {
    const { host, port, key } = connection.start
    const hello = connection.transcript === null ? null : findSentHello(connection.transcript)
    if (hello === null) throw new Error('the octets of the ClientHello were not kept')
    const proxy = options.proxy()
    const route = await proxy.routeTo(host, port, key)
    const giveBack = await takeSlot()
    const onTry = (change: HelloChange, answer: HelloAnswer) => options.onTry?.(change, answer, connection)
    const { resolve } = proxy
    const ways = { host, port, route, resolve, signal: options.signal }
    const bisection = startBisect({ ...ways, hello, go: entry.end ?? go, goTries: entry.goTries, onTry })
    void bisection.done.then(giveBack)
    entry.known = bisection
    if (entry.goTries.some(hasPassed)) bisection.stop()
    return bisection
  }

  const lookEarly = (connection: Connection) => {
    timers.delete(connection.start.key)
    const entry = isUnanswered(connection) && !options.signal.aborted ? entryOf(connection) : null
    if (entry === null || entry.bisection !== null || entry.goTries.some(hasPassed)) return
    entry.bisection = start(entry, connection, { how: 'open' })
    entry.bisection.catch(() => {})
  }

  return {
    watch(event, connection) {
      const { key } = connection.start
      if (event.type === 'closed') {
        clearTimeout(timers.get(key))
        timers.delete(key)
      }
      const isHello = event.type === 'handshake' && event.event.type === 'client-hello'
      if (isHello && !timers.has(key)) timers.set(key, setTimeout(() => lookEarly(connection), UNANSWERED_MS).unref())
    },
    note(connection) {
      const entry = entryOf(connection)
      if (entry === null) return
      const tried = goTry(connection)
      if (tried === null) {
        // It left early: nobody waits for the answer any more.
        if (connection.outcome === 'aborted' && entry.goTries.length === 0) entry.known?.stop()
        return
      }
      if (entry.goTries.length < MOST_TRIES_OF_GO || (hasPassed(tried) && !entry.goTries.some(hasPassed))) entry.goTries.push(tried)
      entry.end = goEnd(connection) ?? { how: 'died' }
      entry.known?.noteGo(entry.end, tried)
      if (hasPassed(tried)) entry.known?.stop()
    },
    begin(connection) {
      const end = goEnd(connection)
      const entry = end === null || options.signal.aborted ? null : entryOf(connection)
      if (entry === null || end === null || entry.goTries.some(hasPassed)) return null
      entry.bisection ??= start(entry, connection, end)
      return entry.bisection.then(({ done }) => done)
    },
    trialsOf(connection) {
      if (goEnd(connection) === null) return []
      const known = entryOf(connection)?.known
      return known?.trials() ?? []
    },
  }
}

const MOST_TRIES_OF_GO = 3

/** @returns a function that waits for one of so many places, and hands out how to give it back */
function makeSlots(count: number): () => Promise<() => void> {
  let free = count
  const waiting: (() => void)[] = []
  const giveBack = () => {
    const next = waiting.shift()
    if (next === undefined) free += 1
    else next()
  }
  return async () => {
    if (free > 0) free -= 1
    else await new Promise<void>((resolve) => waiting.push(resolve))
    return giveBack
  }
}

function hasPassed({ met }: HelloTry): boolean {
  return met === 'server-hello'
}

function isUnanswered({ outcome, transcript }: Connection): boolean {
  return outcome === 'open' && transcript !== null && transcript.bytes['server-to-client'] === 0 && transcript.clientHellos.length === 1
}

/** Same host, route, run and offer: then a connection is one more try of the same. */
function describeHello({ start, route, runId, transcript }: Connection): string | null {
  const hello = transcript?.clientHellos[0]
  if (hello === undefined) return null
  const hops = route.map(({ kind, address }) => `${kind} ${address}`)
  const offer = [hello.wireBytes, hello.ja3Hash, hello.serverName ?? '', hello.alpn.join(',')]
  return [start.host.toLowerCase(), start.port, runId ?? '', ...hops, ...offer].join('|')
}
