import { defineTcpCase } from '../tcp-case.ts'

/** An HTTP server without TLS, as nginx answers a ClientHello. */
export const plainHttpOnTlsPort = defineTcpCase({
  id: 'plain-http-on-tls-port',
  summary: 'the port speaks plain HTTP',
  expect: { cause: 'plain-http-on-tls-port', leg: 'upstream', stage: 'server-hello' },
  behaviour: {
    onFirstBytes: (socket) => socket.end('HTTP/1.1 400 Bad Request\r\nServer: lab\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'),
  },
})
