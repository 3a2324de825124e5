import { defineTcpCase } from '../tcp-case.ts'

/** FIN as soon as the ClientHello arrives. */
export const peerClosed = defineTcpCase({
  id: 'peer-closed',
  summary: 'the connection is closed when the ClientHello arrives',
  expect: { cause: 'peer-closed', leg: 'upstream', stage: 'client-hello' },
  behaviour: { onFirstBytes: (socket) => socket.end() },
})
