/** One HTTP/1.1 connection through us: its two legs, and what node:http sees of them. */
import { Agent } from 'node:https'
import type { JoinRequest } from './http-layer.ts'
import type { Http1Exchange } from './http1-exchange.ts'
import { MOST_HEADER_BYTES } from './http1-request.ts'
import { pump } from './relay-layer.ts'
import { StandIn } from './stand-in.ts'

/** Octets of a client that are kept until they turn out to be a request: a head that is too long for node:http, and what came with its last part. */
const MOST_UNREAD_BYTES = MOST_HEADER_BYTES + 256 * 1024

/**
 * The origin's octets reach the client as they came, and node:http reads a copy of them. The client's requests go through node:http, until one
 * cannot, or the protocol changes: from then on both directions pass as they are.
 */
export class Http1Connection {
  readonly request: JoinRequest
  /** node:http reads the client's requests here, and writes into nothing. */
  readonly clientSide: StandIn
  readonly agent: OneSocketAgent
  readonly #exchanges = new Set<Http1Exchange>()
  /** What came before a request was understood; null while one is under way. */
  #unread: Buffer[] | null = []
  #unreadBytes = 0
  /** What was read last ends as a head or the last chunk does, so nothing of another request was read yet. */
  #isAtEnd = false
  #isBlind = false

  constructor(request: JoinRequest) {
    const { client, upstream } = request
    this.request = request
    this.agent = new OneSocketAgent(() => new StandIn({ out: upstream.session }))
    this.clientSide = new StandIn({ out: null, onWanted: () => void client.session.resume() })
    client.session.on('data', this.#read)
    // node:http gives its side up where a request is CONNECT.
    this.clientSide.once('close', () => this.goBlind(this.#unread ?? []))
    pump(upstream.session, client.session, (octets) => {
      if (this.#exchanges.size > 0) this.agent.side?.push(octets)
    })
    upstream.session.once('end', () => setImmediate(() => this.agent.side?.push(null)))
    upstream.session.once('close', () => setImmediate(() => this.agent.side?.destroy()))
  }

  begin(exchange: Http1Exchange): void {
    this.#unread = null
    this.#exchanges.add(exchange)
  }

  /** @param isWhole nothing of its request is still to come */
  finish(exchange: Http1Exchange, isWhole: boolean): void {
    this.#exchanges.delete(exchange)
    if (this.#exchanges.size > 0 || !isWhole || !this.#isAtEnd) return
    this.#unread = []
    this.#unreadBytes = 0
  }

  /** node:http does not understand what the client sends: if nothing was sent on yet, the origin may judge it. */
  giveUpReading(): void {
    const unread = this.#unread
    if (unread === null) this.request.client.session.destroy()
    else this.goBlind(unread)
  }

  /** Nothing more is read of the client: its octets pass as they come. @param first those that were read in vain */
  goBlind(first: readonly Buffer[] = []): void {
    if (this.#isBlind) return
    this.#isBlind = true
    const { client, upstream } = this.request
    client.session.off('data', this.#read)
    for (const octets of first) if (upstream.session.writable) upstream.session.write(octets)
    pump(client.session, upstream.session)
    client.session.resume()
    this.clientSide.destroy()
  }

  /** The connection is over. */
  close(failure: string): void {
    this.#isBlind = true
    for (const exchange of [...this.#exchanges]) exchange.fail(failure)
    this.clientSide.destroy()
    this.agent.side?.destroy()
    this.agent.destroy()
  }

  readonly #read = (octets: Buffer): void => {
    if (this.#unread !== null) this.#keep(this.#unread, octets)
    this.#isAtEnd = octets.length >= HEAD_END.length && octets.subarray(-HEAD_END.length).equals(HEAD_END)
    if (!this.clientSide.push(octets)) this.request.client.session.pause()
  }

  #keep(unread: Buffer[], octets: Buffer): void {
    this.#unreadBytes += octets.length
    if (this.#unreadBytes > MOST_UNREAD_BYTES) this.#unread = null
    else unread.push(octets)
  }
}

const HEAD_END = Buffer.from('\r\n\r\n')

/** node:http's one connection to the origin; a new stand-in for the same session where node:http has given up the one before. */
class OneSocketAgent extends Agent {
  /** The last one. */
  side: StandIn | null = null
  readonly #make: () => StandIn

  constructor(make: () => StandIn) {
    super({ keepAlive: true, maxSockets: 1 })
    this.#make = make
  }
  override createConnection(): StandIn {
    this.side = this.#make()
    return this.side
  }
  /** The default sets a timer of TCP. */
  override keepSocketAlive(): boolean {
    return true
  }
}
