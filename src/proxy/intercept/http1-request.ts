/** What the pipeline of http-mitm-proxy leaves out on the way to the origin: back-pressure, the version, a change of protocol. */
import type { ClientRequest, IncomingMessage } from 'node:http'
import type { IContext } from 'http-mitm-proxy'

/** The library says that it took all: while the origin does not keep up, the client's next octets wait in its socket. */
export function holdBackRequest({ clientToProxyRequest: source, proxyToServerRequest: sink }: IContext): void {
  if (sink === undefined || sink.destroyed || sink.writableLength < MOST_UNSENT_BYTES || source.isPaused()) return
  source.pause()
  // Once the answer is whole, Node tells the drain of the socket only.
  const waitedFor = [sink, sink.socket]
  const resume = () => {
    for (const each of waitedFor) for (const event of ['drain', 'close']) each?.off(event, resume)
    source.resume()
  }
  for (const each of waitedFor) for (const event of ['drain', 'close']) each?.once(event, resume)
}

/** Of a request's body, beyond what the sockets hold. */
const MOST_UNSENT_BYTES = 64 * 1024

/** @param onChange called with an answer that changes the protocol */
export function watchRequest(
  { proxyToServerRequest: sent, clientToProxyRequest }: IContext,
  onChange: (answer: IncomingMessage) => void,
): void {
  if (sent === undefined) return
  sent.maxHeadersCount = 0
  sent.on('upgrade', onChange)
  restoreHead(sent, clientToProxyRequest)
}

/** Node writes its own version, and says of its own what becomes of the connection: an origin might send a client of HTTP/1.0 what it cannot read. */
function restoreHead(sent: ClientRequest, { httpVersion, headers }: IncomingMessage): void {
  const head: unknown = Reflect.get(sent, '_header')
  if (typeof head !== 'string') return
  const versioned = head.replace(' HTTP/1.1\r\n', ` HTTP/${httpVersion}\r\n`)
  Reflect.set(sent, '_header', headers.connection === undefined ? versioned.replace(/\r\nConnection: [a-z-]+(?=\r\n)/, '') : versioned)
}
