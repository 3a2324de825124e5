/** Clients that come back to the same host again and again with the same request, since each session ends without an answer. Pure but for its own memory. */
import { findUnanswered } from '../handshake/unanswered.ts'
import type { Connection } from './connection.ts'

/** Sessions of one client that are all alike; it grows while they go on. */
export interface Returns {
  times: number
  overMs: number
}

interface Row extends Returns {
  readonly firstAt: number
  lastEndAt: number
  /** Not yet told, since they were too few. */
  held: Connection[]
}

/** So many alike, one right behind the other: no client asks the same again after an answer. */
const MANY = 12
/** A client that is refused in silence comes back at once. */
const SOON_MS = 5_000
/** Rows that are kept; a client that went on elsewhere is forgotten. */
const MOST_ROWS = 256

/** Counts them, in the order in which they end. */
export class ReturnCounter {
  readonly #rows = new Map<string, Row>()

  /** Take note of a session that passed. @returns those that are now known to be fruitless: none as long as they are few, at first all of them, then each one */
  note(connection: Connection): readonly Connection[] {
    const name = nameOf(connection)
    if (name === null) return []
    const startAt = connection.start.startedAt.getTime()
    const endAt = startAt + (connection.closedAtMs ?? 0)
    const known = this.#rows.get(name)
    const isNext = known !== undefined && startAt - known.lastEndAt <= SOON_MS && endAt - startAt <= SOON_MS
    const row = isNext ? known : { times: 0, overMs: 0, firstAt: startAt, lastEndAt: endAt, held: [] }
    row.times += 1
    row.overMs = endAt - row.firstAt
    row.lastEndAt = Math.max(row.lastEndAt, endAt)
    row.held.push(connection)
    this.#keep(name, row)
    if (row.times < MANY) return []
    const told = row.held
    row.held = []
    for (const each of told) each.returns = row
    return told
  }

  #keep(name: string, row: Row): void {
    this.#rows.delete(name)
    this.#rows.set(name, row)
    const [oldest] = this.#rows.keys()
    if (this.#rows.size > MOST_ROWS && oldest !== undefined) this.#rows.delete(oldest)
  }
}

/** The same client, host and requests; null where an answer may have come. */
function nameOf({ start, runId, client, transcript }: Connection): string | null {
  const unanswered = transcript === null ? null : findUnanswered(transcript)
  if (unanswered === null) return null
  return [runId, client?.pid ?? null, start.host.toLowerCase(), start.port, ...unanswered.asked].join(' ')
}
