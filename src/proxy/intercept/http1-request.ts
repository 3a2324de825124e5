/** What the pipeline of http-mitm-proxy leaves out on the way to the origin: back-pressure, and what comes before the answer. */
import type { Duplex } from 'node:stream'
import type { IContext } from 'http-mitm-proxy'
import { readPairs } from '../header-field.ts'

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

/** Let all fields of the answer come through, and what the origin says before it. */
export function watchHead({ proxyToServerRequest: sent, proxyToClientResponse: response }: IContext, client: Duplex): void {
  if (sent === undefined) return
  sent.maxHeadersCount = 0
  // Behind it nothing is written before the final answer (RFC 9110 section 15.2).
  sent.on('information', ({ statusCode, statusMessage, rawHeaders }) => {
    const fields = readPairs(rawHeaders).map(([name, value]) => `${name}: ${value}\r\n`)
    if (response.headersSent) return
    // Else Node would close the connection behind the answer.
    if (statusCode === 100 && rawHeaders.length === 0) response.writeContinue()
    else client.write(`HTTP/1.1 ${statusCode} ${statusMessage}\r\n${fields.join('')}\r\n`, 'latin1')
  })
}
