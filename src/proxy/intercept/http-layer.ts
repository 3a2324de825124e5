/** What carries the decrypted octets of one connection from leg to leg and understands the HTTP in them. */
import type { HttpExchange } from '../../contract/handshake.ts'
import type { RelayEnding } from '../relay.ts'
import type { Leg } from './leg.ts'

/** What a layer is given. */
export interface JoinRequest {
  readonly client: Leg
  readonly upstream: Leg
  /** `https://host[:port]`, what a path is appended to. */
  readonly origin: string
  readonly atMs: () => number
  /** Called once for each exchange, when it is over. */
  readonly onExchange: (exchange: HttpExchange) => void
  /** Called once, with what ended the connection, when both sides are ended. */
  readonly onEnded: (ending: RelayEnding) => void
}

/** Joins two legs until one of them ends. */
export interface HttpLayer {
  join(request: JoinRequest): void
}
