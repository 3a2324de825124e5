import { defineTcpCase } from '../tcp-case.ts'

/** The first record's header announces 65,535 octets. */
export const recordOversized = defineTcpCase({
  id: 'record-oversized',
  summary: 'a record header announces more than TLS allows',
  expect: { cause: 'record-oversized', leg: 'upstream', stage: 'server-hello' },
  behaviour: { onFirstBytes: (socket) => socket.write(Buffer.concat([Buffer.from([22, 3, 3, 0xff, 0xff]), Buffer.alloc(64, 7)])) },
})
