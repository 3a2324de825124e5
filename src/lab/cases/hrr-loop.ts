import { defineHelloCase } from '../hello-case.ts'
import { retryRequest } from '../raw-hello.ts'
import { record } from '../raw-messages.ts'

const SECP384R1 = 24

/** Every ClientHello is answered with a HelloRetryRequest. */
export const hrrLoop = defineHelloCase({
  id: 'hrr-loop',
  summary: 'the server answers every ClientHello with a HelloRetryRequest',
  expect: { cause: 'hrr-loop', leg: 'upstream', stage: 'server-hello' },
  answer: (hello) => Buffer.concat([record(22, retryRequest(hello, SECP384R1)), record(20, Buffer.from([1]))]),
})
