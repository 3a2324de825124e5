/** One HTTP/1.1 connection through us: its two legs, and the exchange that is under way. */
import { Agent } from 'node:https'
import type { Duplex } from 'node:stream'
import { AnswerTape } from './answer-tape.ts'
import type { JoinRequest } from './http-layer.ts'
import type { Http1Exchange } from './http1-exchange.ts'

/** One connection whose two legs stand. */
export class Http1Connection {
  readonly request: JoinRequest
  readonly agent: OneSocketAgent
  readonly tape: AnswerTape
  current: Http1Exchange | null = null
  /** The origin's session met an error. */
  isBroken = false
  readonly #waiting: (() => void)[] = []

  constructor(request: JoinRequest) {
    this.request = request
    this.agent = new OneSocketAgent(request.upstream.session)
    this.tape = new AnswerTape(request.upstream.session, request.client.session)
    // Node tells errors of TLS before it sets `errored`.
    request.upstream.session.once('error', () => {
      this.isBroken = true
    })
  }

  begin(exchange: Http1Exchange): void {
    this.current = exchange
    this.tape.begin()
  }

  /**
   * Node gave up on the origin's answer: the client judges what came, and meets the end of the connection.
   * @param rest what Node's parser did not take
   */
  endRaw(rest: Buffer): void {
    const { client } = this.request
    const current = this.current
    // An answer that is whole stays one; the client takes what comes behind it for the next.
    if (current?.isWhole === true) {
      this.#waiting.push(() => client.end())
      return
    }
    // What was understood before has to go first.
    setImmediate(() => {
      if (!this.tape.goRaw()) {
        current?.flush()
        if (client.session.writable) client.session.write(rest)
      }
      client.end()
    })
  }

  finish(exchange: Http1Exchange): void {
    if (this.current === exchange) this.current = null
    this.tape.rest()
    for (const wake of this.#waiting.splice(0)) wake()
  }

  /** An answer that is whole reaches the client before its connection ends; one that never will be whole does not hold it up. */
  whenIdle(proceed: () => void): void {
    // A head that breaks off is for the client to judge.
    const isRaw = this.current !== null && this.tape.goRaw()
    if (isRaw || this.current === null || !this.current.isWhole) proceed()
    else this.#waiting.push(proceed)
  }

  close(): void {
    this.current?.fail('the connection ended before the answer was whole')
    this.agent.destroy()
  }
}

/** What Node's parser had not taken when it gave up. */
export function unparsedOctets(error: Error | undefined): Buffer {
  if (error === undefined || !('rawPacket' in error && 'bytesParsed' in error)) return Buffer.alloc(0)
  const { rawPacket, bytesParsed } = error
  return Buffer.isBuffer(rawPacket) ? rawPacket.subarray(Number(bytesParsed)) : Buffer.alloc(0)
}

/** The one connection to the origin that belongs to this client connection. */
class OneSocketAgent extends Agent {
  readonly #session: Duplex
  constructor(session: Duplex) {
    super({ keepAlive: true, maxSockets: 1 })
    this.#session = session
  }
  override createConnection(): Duplex {
    return this.#session
  }
}
