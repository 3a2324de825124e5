/** A checksum database as go reads it: signed tree heads, look-ups and tiles of a transparent log (go help module-auth; RFC 6962 section 2.1). */
import { createHash, generateKeyPairSync, sign } from 'node:crypto'

export interface SumDatabase {
  /** The value of GOSUMDB, without a URL: go then asks the module proxy for it. */
  readonly setting: string
  /** Answer to a path below `/sumdb/NAME`, undefined for what it does not have. */
  answer(path: string): Buffer | undefined
}

/** What go.sum says of one module: both lines, each with its newline. */
export interface SumRecord {
  readonly module: string
  readonly version: string
  readonly lines: string
}

const TILE = 256

/** Make a database of these records, with a key of its own. */
export function makeSumDatabase(name: string, records: readonly SumRecord[]): SumDatabase {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const key = Buffer.concat([Buffer.from([ED25519]), publicKey.export({ type: 'spki', format: 'der' }).subarray(-32)])
  const keyHash = hash(`${name}\n`, key).subarray(0, 4)
  const leaves = records.map(({ lines }) => hash([0], lines))
  const text = `go.sum database tree\n${leaves.length}\n${rootOf(leaves).toString('base64')}\n`
  const signature = Buffer.concat([keyHash, sign(null, Buffer.from(text), privateKey)])
  const head = `${text}\n\u2014 ${name} ${signature.toString('base64')}\n`
  const answers = new Map<string, Buffer>([
    ['/supported', Buffer.alloc(0)],
    ['/latest', Buffer.from(head)],
  ])
  for (const [id, { module, version, lines }] of records.entries())
    answers.set(`/lookup/${module}@${version}`, Buffer.from(`${id}\n${lines}\n${head}`))
  return {
    setting: `${name}+${keyHash.toString('hex')}+${key.toString('base64')}`,
    answer: (path) => answers.get(path) ?? tileOf(path, leaves),
  }
}

/** `/tile/8/LEVEL/NUMBER[.p/WIDTH]`; fewer than 1000 tiles. */
function tileOf(path: string, leaves: readonly Buffer[]): Buffer | undefined {
  const [, level, number, width] = /^\/tile\/8\/(\d+)\/(\d{3})(?:\.p\/(\d+))?$/.exec(path) ?? []
  if (level === undefined) return undefined
  const span = TILE ** Number(level)
  const first = Number(number) * TILE
  const hashes = Array.from({ length: Number(width ?? TILE) }, (_, n) => leaves.slice((first + n) * span, (first + n + 1) * span))
  return hashes.every(({ length }) => length === span) ? Buffer.concat(hashes.map(rootOf)) : undefined
}

function rootOf(leaves: readonly Buffer[]): Buffer {
  const [only] = leaves
  if (only === undefined) return hash()
  if (leaves.length === 1) return only
  const half = 2 ** Math.ceil(Math.log2(leaves.length) - 1)
  return hash([1], rootOf(leaves.slice(0, half)), rootOf(leaves.slice(half)))
}

function hash(...parts: readonly (string | Uint8Array | readonly number[])[]): Buffer {
  const state = createHash('sha256')
  for (const part of parts) state.update(typeof part === 'string' ? part : Uint8Array.from(part))
  return state.digest()
}

/** The one kind of signature that go's notes have. */
const ED25519 = 1
