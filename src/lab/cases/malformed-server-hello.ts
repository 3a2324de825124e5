import { defineHelloCase } from '../hello-case.ts'
import { extension, serverHello13, u16 } from '../raw-hello.ts'
import { record } from '../raw-messages.ts'

/** supported_versions stands twice. */
export const malformedServerHello = defineHelloCase({
  id: 'malformed-server-hello',
  summary: 'the ServerHello has one extension twice',
  expect: { cause: 'malformed-server-hello', leg: 'upstream', stage: 'server-hello' },
  answer: (hello) => record(22, serverHello13(hello, { extensions: [extension(43, u16(0x0304)), extension(43, u16(0x0304))] })),
})
