/** What intercept mode needs from whoever starts the proxy. */
import type { ClientHello } from '../../contract/handshake.ts'
import type { Authority } from '../authority/authority.ts'

export interface InterceptOptions {
  /** Whether connections to this host are to be decrypted. */
  readonly wants: (host: string, port: number) => boolean
  readonly authority: Authority
  /** Keep the text of all bodies; otherwise of errors and of pages in the place of modules only. */
  readonly keepsAllBodies?: boolean
  /**
   * Judge the chain that an origin sent, with the roots and by the rules of the client. It alone decides: Node's verdict is not asked.
   * @returns null when the client would accept it, else in its own words why not
   */
  readonly judge: (request: JudgeRequest) => string | null
  /** Whether the client of this connection ends a session in which more than 16 handshake messages follow one another behind the handshake. */
  readonly countsLateMessages?: (key: string, hello: ClientHello) => boolean
}

export interface JudgeRequest {
  /** Key of the connection. */
  readonly key: string
  /** Server name that the client asked for: its SNI, or the host of CONNECT. */
  readonly name: string
  readonly hello: ClientHello
  /** DER, in wire order. */
  readonly chain: readonly Uint8Array[]
}
