import type { Socket } from 'node:net'

/** One answer that ends a connection. */
export interface Answer {
  readonly status: number
  /** The phrase go prints; sanitised here. */
  readonly reason: string
  readonly headers?: readonly (readonly [string, string])[]
  /** For people who see the body (curl, a browser). */
  readonly body?: string
}

/** How long a client may go on sending after the last answer, so that a RST does not eat it. */
const LINGER_MS = 1000

/** Write an answer of HTTP/1.1 and close: the client's further octets are read and dropped for a second. */
export function answerAndClose(socket: Socket, answer: Answer): void {
  if (socket.destroyed || !socket.writable) {
    socket.destroy()
    return
  }
  const timer = setTimeout(() => socket.destroy(), LINGER_MS)
  socket.once('close', () => clearTimeout(timer))
  socket.on('error', () => socket.destroy())
  socket.once('end', () => socket.destroySoon())
  socket.removeAllListeners('data')
  socket.on('data', () => {})
  socket.resume()
  socket.end(writeAnswer(answer), 'latin1')
}

/** The octets of an answer (one latin1 character each). */
export function writeAnswer(answer: Answer): string {
  const body = Buffer.from(answer.body === undefined ? '' : `${answer.body}\n`, 'utf8')
  const headers = [
    ...(answer.headers ?? []),
    ['Content-Type', 'text/plain; charset=utf-8'],
    ['Content-Length', String(body.length)],
    ['Connection', 'close'],
  ]
  const head = [`HTTP/1.1 ${answer.status} ${sanitiseReason(answer.reason)}`, ...headers.map(([name, value]) => `${name}: ${value}`)]
  return `${head.join('\r\n')}\r\n\r\n${body.toString('latin1')}`
}

/** Make a text fit for a reason phrase: control octets become blanks, what is not ASCII is written as its UTF-8 octets, 512 at most. */
export function sanitiseReason(text: string): string {
  return Buffer.from(text.replace(/[\u0000-\u001f\u007f]+/g, ' '), 'utf8')
    .subarray(0, 512)
    .toString('latin1')
}
