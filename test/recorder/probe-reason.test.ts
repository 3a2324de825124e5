import { describe, expect, it } from 'vitest'
import type { Ending } from '../../src/diagnosis/observation.ts'
import type { Transcript } from '../../src/handshake/transcript.ts'
import { type Connection, openConnection } from '../../src/recorder/connection.ts'
import { probeReason } from '../../src/recorder/probe-reason.ts'
import { alert, ended, serverHello, transcript } from '../diagnosis/observation-builders.ts'
import { startOf } from './session.ts'

function failed(seen: Partial<Transcript>, ending: Ending = ended('server', 'fin'), more: Partial<Connection> = {}): Connection {
  return Object.assign(openConnection(startOf('c1'), null), {
    outcome: 'failed',
    tunnelAtMs: 4,
    transcript: transcript(seen),
    ending,
    ...more,
  })
}

const DER = new Uint8Array([0x30, 0])
const HTTP = { kind: 'http', head: new Uint8Array(), statusLine: 'HTTP/1.1 400 Bad Request', afterTlsBytes: 0 } as const

describe('a probe', () => {
  it.each<[string, Connection, ReturnType<typeof probeReason>]>([
    ['looks for a chain that TLS 1.3 hid', failed({ serverHellos: [serverHello()] }), 'see-chain'],
    ['looks behind a handshake that was complete', failed({ serverHellos: [serverHello()], chain: [DER], isComplete: true }), 'see-chain'],
    ['is not made for a chain in clear', failed({ serverHellos: [serverHello()], chain: [DER] }), null],
    ['offers more where the server refused by alert', failed({ alerts: [alert('server', 40, 'handshake_failure')] }), 'see-what-it-takes'],
    ['tries again where the server broke off', failed({}, ended('server', 'rst')), 'see-again'],
    ['does not wait once more where go waited in vain', failed({}, ended('client', 'fin', 10_000)), null],
    ['is not made where the answer was not TLS', failed({ notTls: HTTP }), null],
    ['is not made without a ClientHello', failed({ clientHellos: [] }), null],
    ['is not made where no tunnel stood', failed({}, ended('server', 'fin'), { tunnelAtMs: null }), null],
    ['is not made where nothing failed', failed({}, ended('server', 'fin'), { outcome: 'passed' }), null],
    ['is not made where nothing was seen', failed({}, ended('server', 'fin'), { transcript: null }), null],
  ])('%s', (_claim, connection, reason) => {
    expect(probeReason(connection)).toBe(reason)
  })
})
