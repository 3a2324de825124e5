/** What the pipeline of http-mitm-proxy leaves out on the way to the origin: back-pressure, the version, a change of protocol. */
import type { ClientRequest, IncomingMessage } from 'node:http'
import type { IContext } from 'http-mitm-proxy'
import { readPairs } from '../header-field.ts'

/** Of a longer head nothing is read: Node's parser takes seconds for those of 10 MiB, which go still takes. It passes all the same. */
export const MOST_HEADER_BYTES = 1 << 20

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
  clientToProxyRequest.prependOnceListener('end', () => sent.addTrailers(trailersForNode(clientToProxyRequest.rawTrailers)))
  restoreHead(sent, clientToProxyRequest)
  // What follows may take its time, or wait for what the origin says to the head alone.
  if (hasBody(clientToProxyRequest)) sent.flushHeaders()
}

/**
 * The head as the client wrote it. Node writes its own version, says of its own what becomes of the connection, and announces chunks where the client
 * announced nothing: an origin might send a client of HTTP/1.0 what it cannot read, or refuse a request that has no body.
 */
function restoreHead(sent: ClientRequest, { method, url, httpVersion, rawHeaders, headers }: IncomingMessage): void {
  if (typeof Reflect.get(sent, '_header') !== 'string' || Reflect.get(sent, '_headerSent') === true) return
  const fields = readPairs(rawHeaders).map(([name, value]) => `${name}: ${value}\r\n`)
  Reflect.set(sent, '_header', `${method} ${url} HTTP/${httpVersion}\r\n${fields.join('')}\r\n`)
  if (headers['transfer-encoding'] === undefined) sent.chunkedEncoding = false
}

/** One that may still be on its way when the head is here (RFC 9112 section 6). */
function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0' || headers.expect !== undefined
}

/** Fields as Node takes them. What it refuses to write of them, {@link restoreHead} puts back; behind an Expect it would write the head too soon. */
export function fieldsForNode(rawHeaders: readonly string[]): readonly string[] {
  const fields = readPairs(rawHeaders).filter(([name]) => name.toLowerCase() !== 'expect')
  return fields.flat().map(cleanForNode)
}

function trailersForNode(rawTrailers: readonly string[]): [string, string][] {
  return readPairs(rawTrailers)
    .filter(([name]) => TOKEN.test(name))
    .map(([name, value]) => [name, cleanForNode(value)])
}

function cleanForNode(text: string): string {
  return text.replace(/[^\t\x20-\x7e\x80-\xff]/g, ' ')
}

/** RFC 9110 section 5.6.2. */
const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/
