/** `whytls parse`: TLS from raw octets, no network and no database. */

import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { parseStreams } from '../handshake/tls-parse.ts'
import { escapeJson, jsonText } from '../report/json-text.ts'
import { parseBatchLine } from '../report/parse-result.ts'
import { EXIT } from './exit-code.ts'
import { Problem } from './problem.ts'

export interface ParseOptions {
  readonly client?: string
  readonly server?: string
  readonly batch?: boolean
}

/** Single form: files. Batch form: JSON lines. */
export async function parseCommand(options: ParseOptions): Promise<number> {
  if (options.batch === true) return parseBatch()
  if (options.client === undefined && options.server === undefined) {
    throw new Problem('usage', 'parse needs --client FILE, --server FILE or --batch', 'whytls parse --client hello.bin', EXIT.usage)
  }
  const [c2s, s2c] = await Promise.all([readOctets(options.client), readOctets(options.server)])
  const result = parseStreams({ c2s, s2c })
  process.stdout.write(`${jsonText(result, 2)}\n`)
  if (result.error === undefined && result.isTls) return EXIT.fine
  const error = result.error ?? { offset: 0, field: 'record', message: 'no TLS record begins here' }
  process.stderr.write(`error[unreadable]: offset ${error.offset}, ${error.field}: ${error.message}\n`)
  return EXIT.usage
}

async function readOctets(file: string | undefined): Promise<Uint8Array | null> {
  if (file === undefined) return null
  try {
    return await readFile(file)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason'
    throw new Problem('unreadable', `${file} cannot be read (${code})`, null, EXIT.usage)
  }
}

async function parseBatch(): Promise<number> {
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() === '') continue
    if (!process.stdout.write(`${escapeJson(parseBatchLine(line))}\n`))
      await new Promise((resolve) => process.stdout.once('drain', resolve))
  }
  return EXIT.fine
}
