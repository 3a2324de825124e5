/** The octets of an answer as they came, for the answers that Node's parser or writer does not take but that a client may. */
import type { Readable, Writable } from 'node:stream'

/** More than go itself takes of a head (10 MiB): it says so in its own words. */
export const MOST_HEADER_BYTES = 12 << 20

/** Keeps what the origin sends until the head of its answer is understood. */
export class AnswerTape {
  readonly #to: Writable
  #kept: Buffer[] = []
  #keptBytes = 0
  #state: 'idle' | 'taping' | 'understood' | 'raw' = 'idle'

  /** @param from read by Node's parser as well, which has to be attached later */
  constructor(from: Readable, to: Writable) {
    this.#to = to
    from.on('data', (octets: Buffer) => this.#feed(from, octets))
  }

  /** A request is on its way. */
  begin(): void {
    if (this.#state === 'raw') return
    this.#state = 'taping'
    this.#drop()
  }

  /** The head was understood and is on its way to the client: octets come from elsewhere now. */
  understand(): void {
    if (this.#state !== 'taping') return
    this.#state = 'understood'
    this.#drop()
  }

  /** The answer is over; what comes now, nobody asked for. */
  rest(): void {
    if (this.#state === 'understood') this.#state = 'idle'
  }

  /** Let the client have the octets as they came, these and all that follow. @returns false when its head is already on its way */
  goRaw(): boolean {
    if (this.#state !== 'taping') return this.#state === 'raw'
    this.#state = 'raw'
    for (const octets of this.#kept) this.#to.write(octets)
    this.#drop()
    return true
  }

  #feed(from: Readable, octets: Buffer): void {
    if (this.#state === 'taping') this.#keep(octets)
    else if (this.#state === 'understood' || !this.#to.writable || this.#to.write(octets)) return
    else {
      from.pause()
      this.#to.once('drain', () => from.resume())
    }
  }

  #keep(octets: Buffer): void {
    this.#keptBytes += octets.length
    if (this.#keptBytes <= MOST_HEADER_BYTES) this.#kept.push(octets)
  }

  #drop(): void {
    this.#kept = []
    this.#keptBytes = 0
  }
}
