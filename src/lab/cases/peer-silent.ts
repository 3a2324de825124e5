import { defineTcpCase } from '../tcp-case.ts'

/** The ClientHello is taken and never answered; go waits ten seconds. */
export const peerSilent = defineTcpCase({
  id: 'peer-silent',
  summary: 'the ClientHello is never answered',
  expect: { cause: 'peer-silent', leg: 'upstream', stage: 'client-hello' },
  behaviour: {},
  takesMs: 10000,
})
