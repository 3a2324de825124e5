import { type CapturedStreams, parseStreams } from '../handshake/tls-parse.ts'

/**
 * Answer one line of `whytls parse --batch` with one line (contract, "Entry points").
 * Never throws: a line that is no case, or that cannot be judged, gives `"error"`.
 * @param line a JSON object `{"id", "c2s", "s2c", "chunks"?}`, octets in base64 or null
 */
export function parseBatchLine(line: string): object {
  const parsed = parseJson(line)
  if (!isObject(parsed)) return { id: null, error: describeError('line', 'is no JSON object') }
  const id = parsed['id'] ?? null
  const streams = readStreams(parsed)
  if (typeof streams === 'string') return { id, error: describeError(streams, FORMS[streams]) }
  return { id, ...parseStreams(streams) }
}

/** The streams of a case, or the name of the field that is wrong. */
function readStreams(parsed: Readonly<Record<string, unknown>>): CapturedStreams | 'c2s' | 's2c' | 'chunks' {
  const c2s = readOctets(parsed['c2s'])
  const s2c = readOctets(parsed['s2c'])
  const chunks = readChunks(parsed['chunks'])
  if (c2s === undefined) return 'c2s'
  if (s2c === undefined) return 's2c'
  if (chunks === undefined) return 'chunks'
  return chunks === null ? { c2s, s2c } : { c2s, s2c, chunks }
}

/** undefined: neither base64 nor absent. */
function readOctets(value: unknown): Uint8Array | null | undefined {
  if (value === null || value === undefined) return null
  if (typeof value !== 'string' || !/^[A-Za-z0-9+/]*={0,2}$/.test(value)) return undefined
  return new Uint8Array(Buffer.from(value, 'base64'))
}

type Chunk = readonly ['c' | 's', number]

function readChunks(value: unknown): readonly Chunk[] | null | undefined {
  if (value === null || value === undefined) return null
  if (!Array.isArray(value)) return undefined
  const chunks = value.map(readChunk)
  return chunks.every((chunk) => chunk !== null) ? chunks : undefined
}

function readChunk(value: unknown): Chunk | null {
  if (!Array.isArray(value)) return null
  const [from, count]: unknown[] = value
  const isSound = (from === 'c' || from === 's') && typeof count === 'number' && Number.isInteger(count) && count >= 0
  return isSound ? [from, count] : null
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** What each field must be. */
const FORMS = {
  c2s: 'must be base64 or null',
  s2c: 'must be base64 or null',
  chunks: 'must be a list of ["c" or "s", number of octets]',
} as const

function describeError(field: string, message: string) {
  return { offset: 0, field, message: `${field} ${message}` }
}
