/** `whytls parse`: TLS from raw octets, no network and no database. */

import { readFile } from 'node:fs/promises'
import { recognizeCapture } from '../capture/capture-reader.ts'
import { layStream } from '../handshake/stream-fields.ts'
import { type ParseResult, parseStreams } from '../handshake/tls-parse.ts'
import { jsonText } from '../report/json-text.ts'
import { parseBatchLine } from '../report/parse-result.ts'
import { recognizeDatagram } from '../tls/datagram.ts'
import { answerLines } from './batch-lines.ts'
import { EXIT } from './exit-code.ts'
import { describeFileError } from './file-error.ts'
import { Problem, printProblem } from './problem.ts'

export interface ParseOptions {
  readonly client?: string
  readonly server?: string
  readonly batch?: boolean
  /** Add where each field lies. */
  readonly fields?: boolean
}

/** Single form: files. Batch form: JSON lines. 0 fine, 2 when a file is not TLS or breaks off inside it. @throws Problem for a file that cannot be read */
export async function parseCommand(options: ParseOptions): Promise<number> {
  if (options.batch === true) {
    await answerLines(parseBatchLine)
    return EXIT.fine
  }
  if (options.client === undefined && options.server === undefined) {
    throw new Problem('usage', 'parse needs --client FILE, --server FILE or --batch', 'whytls parse --client hello.bin', EXIT.usage)
  }
  const [c2s, s2c] = await Promise.all([readOctets(options.client), readOctets(options.server)])
  const result = parseStreams({ c2s, s2c })
  const laid = options.fields === true ? { fields: layStream({ c2s, s2c }, result) } : {}
  process.stdout.write(`${jsonText({ ...result, ...laid }, 2)}\n`)
  const problems = [...describeEnd(options.client, c2s, 'c2s', result), ...describeEnd(options.server, s2c, 's2c', result)]
  for (const problem of problems) printProblem(problem)
  return problems.length === 0 ? EXIT.fine : EXIT.usage
}

async function readOctets(file: string | undefined): Promise<Uint8Array | null> {
  if (file === undefined) return null
  const octets = await readFile(file).catch((error: unknown) => {
    throw new Problem('unreadable', `${file} cannot be read: ${describeFileError(error)}`, null, EXIT.usage)
  })
  if (!recognizeCapture(octets)) return octets
  throw new Problem('unreadable', `${file} is a packet capture; parse reads the octets of one direction`, 'whytls import FILE', EXIT.usage)
}

/** A file that is not TLS at all, or the first message in it that breaks the protocol; the end of a capture inside a record is none. */
function describeEnd(file: string | undefined, octets: Uint8Array | null, side: 'c2s' | 's2c', result: ParseResult): Problem[] {
  const stopped = result.stoppedAt[side]
  if (file === undefined || octets === null) return []
  if (result.tlsOffset[side] === null) {
    const datagram = recognizeDatagram(octets)
    if (datagram !== null) return [new Problem('unreadable', `${file} is ${datagram}: only TLS over TCP is read`, null, EXIT.usage)]
    const begins = octets.length === 0 ? 'is empty' : `begins with ${Buffer.from(octets.subarray(0, 8)).toString('hex')}`
    return [new Problem('unreadable', `${file}: offset 0, record: no TLS record begins here: the file ${begins}`, null, EXIT.usage)]
  }
  const { error } = result
  if (error === undefined || stopped?.offset !== error.offset || stopped.why !== error.message) return []
  return [new Problem('unreadable', `${file}: offset ${error.offset}, ${error.field}: ${error.message}`, null, EXIT.usage)]
}
