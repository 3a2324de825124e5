/** Key log lines that captures bring along, by the ClientHello's random. */
import { parseKeyLogLine } from '../tls/key-log.ts'

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

const MAX_LINES = 100_000
