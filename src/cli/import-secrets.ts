/** Key log lines that captures bring along, by the ClientHello's random. */
import { readFile, stat } from 'node:fs/promises'
import { parseKeyLogLine } from '../tls/key-log.ts'
import { EXIT } from './exit-code.ts'
import { messageOf, Problem } from './problem.ts'

/** The octets of a key log. @throws Problem (exit 2) where it cannot be read, or is longer than 64 MiB */
export async function readKeyLog(file: string): Promise<Uint8Array> {
  try {
    if ((await stat(file)).size > MAX_FILE_BYTES) throw new Error('it is longer than 64 MiB')
    return await readFile(file)
  } catch (error) {
    throw new Problem(
      'unreadable',
      `the key log ${file} cannot be read: ${messageOf(error)}`,
      'whytls import --keylog FILE CAPTURE',
      EXIT.usage,
    )
  }
}

/** Bounded: lines beyond the limit are left out. */
export class SecretBook {
  readonly #lines = new Map<string, string[]>()
  #count = 0

  get size(): number {
    return this.#count
  }

  /** Take in the text of a key log. */
  add(keyLog: Uint8Array): void {
    for (const line of Buffer.from(keyLog).toString('latin1').split('\n')) {
      const parsed = this.#count < MAX_LINES ? parseKeyLogLine(line) : null
      if (parsed === null) continue
      this.#count += 1
      const known = this.#lines.get(parsed.clientRandom)
      if (known === undefined) this.#lines.set(parsed.clientRandom, [line])
      else known.push(line)
    }
  }

  /** The lines of one session. */
  take(clientRandom: string): readonly string[] {
    return this.#lines.get(clientRandom) ?? []
  }
}

const MAX_FILE_BYTES = 64 * 1024 * 1024
const MAX_LINES = 100_000
