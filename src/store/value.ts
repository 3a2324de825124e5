/** How values of the contract become values of SQLite and back. */

/** What a column takes. */
export type Value = string | number | bigint | Uint8Array | null

/** A list or object in a text column. */
export function json(value: unknown): string {
  return JSON.stringify(value)
}

/** Read a text column that `json` wrote. The type is the caller's word: only this room writes these columns. */
export function parseJson<T>(text: string): T {
  const value: T = JSON.parse(text)
  return value
}

/** SQLite has no booleans. */
export function number(flag: boolean): number {
  return flag ? 1 : 0
}

/** better-sqlite3 binds octets as Buffer only; no copy is made. */
export function octets(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
