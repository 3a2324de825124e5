/** Write the HTTP exchanges of a handshake. They are only ever added: what was written of them before is not written again. */
import type { HttpExchange } from '../contract/handshake.ts'
import type { Database } from './driver.ts'
import { EXCHANGE_COLUMNS, exchangeValues } from './values.ts'

/** The exchanges of a handshake, all of them so far. */
export interface GrownHandshake {
  readonly key: string
  readonly http: readonly HttpExchange[]
}

export interface ExchangeWriter {
  /** Write those that are new; drop what is beyond them. @param isKnown the handshake had a row before */
  readonly write: (id: number, http: readonly HttpExchange[], isKnown: boolean) => void
  /** Write those that are new to a handshake that was written before, which is told as changed. Nothing happens where it was forgotten meanwhile. */
  readonly grow: (id: number, http: readonly HttpExchange[], seq: number) => void
}

/** Prepare the statements once. */
export function prepareExchanges(database: Database): ExchangeWriter {
  const columns = ['handshake_id', 'position', ...EXCHANGE_COLUMNS]
  const insert = database.prepare(`INSERT INTO http_exchanges (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`)
  // The last position, not a count: one look into the primary key.
  const last = database.prepare<[number], number | null>('SELECT max(position) FROM http_exchanges WHERE handshake_id = ?').pluck()
  const cut = database.prepare('DELETE FROM http_exchanges WHERE handshake_id = ? AND position >= ?')
  const touch = database.prepare('UPDATE handshakes SET seq = ? WHERE id = ?')
  const write = (id: number, http: readonly HttpExchange[], isKnown: boolean) => {
    const written = isKnown ? (last.get(id) ?? -1) + 1 : 0
    if (written > http.length) cut.run(id, http.length)
    for (let position = written; position < http.length; position += 1) {
      const exchange = http[position]
      if (exchange !== undefined) insert.run(id, position, ...exchangeValues(exchange))
    }
  }
  return {
    write,
    grow(id, http, seq) {
      if (touch.run(seq, id).changes === 1) write(id, http, true)
    },
  }
}
