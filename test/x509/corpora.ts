/** Access to the certificate corpora outside the project; tests without them warn, and fail in CI. */
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { gunzipSync } from 'node:zlib'

const folder = resolve(process.env['WHYTLS_DATA'] ?? join(import.meta.dirname, '../../../shared/data'))

/** The rows of a JSON-lines file, undefined where the data is not on this machine. */
export function readRows(path: string): readonly Record<string, unknown>[] | undefined {
  const octets = readData(path)
  if (octets === undefined) return undefined
  const text = (path.endsWith('.gz') ? gunzipSync(octets) : octets).toString('utf8')
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>) // rows of a file that we only read
}

/** A file of the data, undefined where it is missing. */
export function readData(path: string): Buffer | undefined {
  const file = join(folder, path)
  if (existsSync(file)) return readFileSync(file)
  if (process.env['CI'] === 'true') throw new Error(`${path}: the test data is missing (set WHYTLS_DATA)`)
  console.warn(`NOT CHECKED: ${path} is missing; set WHYTLS_DATA to the folder with the test data`)
  return undefined
}
