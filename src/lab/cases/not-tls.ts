import { defineTcpCase } from '../tcp-case.ts'

/** An SSH server, which speaks first. */
export const notTls = defineTcpCase({
  id: 'not-tls',
  summary: 'the port speaks SSH',
  expect: { cause: 'not-tls', leg: 'upstream', stage: 'server-hello' },
  behaviour: { onConnect: (socket) => socket.write('SSH-2.0-OpenSSH_9.2\r\n') },
})
