/** Cases whose server refuses the ClientHello by an alert in clear. */
import type { LabCase } from './case.ts'
import { record } from './raw-messages.ts'
import { defineTcpCase } from './tcp-case.ts'

const ALERT = 21
const FATAL = 2

/** A case for one fatal alert (RFC 8446 section 6). */
export function defineAlertCase(id: string, code: number): LabCase {
  return defineTcpCase({
    id,
    summary: `the server answers the ClientHello with alert ${code}`,
    expect: { cause: id, leg: 'upstream', stage: 'client-hello' },
    behaviour: { onFirstBytes: (socket) => socket.end(record(ALERT, Buffer.from([FATAL, code]))) },
  })
}
