import { defineHelloCase } from '../hello-case.ts'
import { handshakeMessage, record } from '../raw-messages.ts'

const SERVER_HELLO_DONE = 14

/** The flight of TLS 1.2 begins with its end. */
export const unexpectedMessage = defineHelloCase({
  id: 'unexpected-message',
  summary: 'the server sends ServerHelloDone instead of a ServerHello',
  expect: { cause: 'unexpected-message', leg: 'upstream', stage: 'server-hello' },
  answer: () => record(22, handshakeMessage(SERVER_HELLO_DONE, Buffer.alloc(0))),
})
