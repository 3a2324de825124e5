import { describe, expect, it } from 'vitest'
import type { ProxyEvent } from '../../src/proxy/event.ts'
import { type Connection, openConnection } from '../../src/recorder/connection.ts'
import { takeIn } from '../../src/recorder/take-in.ts'
import { ended, transcript } from '../diagnosis/observation-builders.ts'
import { startOf } from './session.ts'

function takenIn(...events: readonly ProxyEvent[]): Connection {
  const connection = openConnection(startOf('c1'), null)
  for (const event of events) takeIn(connection, event)
  return connection
}

const DIALED = { type: 'dialed', key: 'c1', atMs: 5, leg: 'parent', address: '10.0.0.1:3128', dnsMs: 1, tcpMs: 4 } as const
const FAILED = { type: 'connect-failed', key: 'c1', atMs: 45, receivedBytes: 3, head: 'SSH' } as const

describe('an event', () => {
  it('of CONNECT counts its time from the TCP connection', () => {
    const reply = { status: 407, reason: 'Proxy Authentication Required', headers: [], body: '' }
    const answered = takenIn(DIALED, { type: 'connect-answered', key: 'c1', atMs: 45, reply })
    expect(answered).toMatchObject({ connect: { kind: 'answered', reply, afterMs: 40 }, connectAtMs: 45 })
  })
  it('of a CONNECT that failed says how, and keeps the head only of what was not HTTP', () => {
    expect(takenIn(DIALED, { ...FAILED, kind: 'not-http' }).connect).toEqual({ kind: 'not-http', afterMs: 40, head: 'SSH' })
    expect(takenIn(DIALED, { ...FAILED, kind: 'reset' }).connect).toEqual({ kind: 'reset', afterMs: 40, receivedBytes: 3 })
  })
  it('of the end keeps the last transcript where it brings none', () => {
    const seen = transcript()
    const handshake = { type: 'handshake', key: 'c1', event: { type: 'complete', atMs: 9 }, transcript: seen } as const
    const closed = { type: 'closed', key: 'c1', atMs: 60, ending: ended('server', 'fin'), transcript: null } as const
    expect(takenIn(handshake, closed)).toMatchObject({ transcript: seen, closedAtMs: 60, ending: { by: 'server' } })
  })
  it('of another kind changes nothing', () => {
    expect(takenIn({ type: 'opened', key: 'c1', connection: startOf('c1') })).toEqual(takenIn())
  })
})
