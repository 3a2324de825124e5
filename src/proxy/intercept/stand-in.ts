/** What node:http holds in place of a socket: it reads a copy of what came, and what it does to its side stays with it. */
import { Duplex, type Writable } from 'node:stream'

export interface StandInOptions {
  /** Where its writes go; null: nowhere. */
  readonly out: Writable | null
  /** More octets are wanted. */
  readonly onWanted?: () => void
}

/** Octets are handed to it by `push`. Neither its end nor its destruction reaches the connection that it stands for. */
export class StandIn extends Duplex {
  readonly #out: Writable | null
  readonly #onWanted: () => void

  constructor({ out, onWanted = () => {} }: StandInOptions) {
    super({ allowHalfOpen: true })
    this.#out = out
    this.#onWanted = onWanted
    this.on('error', () => {})
  }

  /** node:http calls it where a connection is not used again. */
  destroySoon(): void {
    this.once('finish', () => this.destroy())
    this.end()
  }

  /** node:http calls it before another request; the connection itself keeps the process alive. */
  ref(): this {
    return this
  }

  override _read(): void {
    this.#onWanted()
  }

  override _write(octets: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    if (this.#out === null) done()
    else if (this.#out.writable) this.#out.write(octets, done)
    else done(new Error('the connection is over'))
  }
}
