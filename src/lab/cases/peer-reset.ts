import { defineTcpCase } from '../tcp-case.ts'

/** RST as soon as the ClientHello arrives, as a firewall does. */
export const peerReset = defineTcpCase({
  id: 'peer-reset',
  summary: 'the connection is reset when the ClientHello arrives',
  expect: { cause: 'peer-reset', leg: 'upstream', stage: 'client-hello' },
  behaviour: { onFirstBytes: (socket) => socket.resetAndDestroy() },
})
