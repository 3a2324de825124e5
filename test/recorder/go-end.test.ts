import { expect, it } from 'vitest'
import type { Transcript } from '../../src/handshake/transcript.ts'
import { type Connection, openConnection } from '../../src/recorder/connection.ts'
import { goEnd, goTry } from '../../src/recorder/go-end.ts'
import { alert, ended, NOW, serverHello, transcript } from '../diagnosis/observation-builders.ts'

function connectionOf(seen: Partial<Transcript>, parts: Partial<Connection> = {}): Connection {
  const start = {
    key: 'c1',
    startedAt: NOW,
    host: 'modproxy.example',
    port: 443,
    clientAddress: '',
    user: null,
    method: 'CONNECT',
  } as const
  return {
    ...openConnection(start, null),
    transcript: transcript(seen),
    ending: ended('server', 'rst'),
    tunnelAtMs: 3,
    outcome: 'failed',
    ...parts,
  }
}

it('a hello that met a reset, a FIN, silence, an alert or a page is one more try', () => {
  expect([goEnd(connectionOf({})), goTry(connectionOf({}))]).toMatchObject([{ how: 'died' }, { met: 'rst', byGo: true }])
  expect(goTry(connectionOf({}, { ending: ended('server', 'fin') }))).toMatchObject({ met: 'fin' })
  expect(goTry(connectionOf({}, { ending: ended('client', 'fin', 10_001) }))).toMatchObject({ met: 'silence', afterMs: 10_001 })
  const refused = connectionOf({ alerts: [alert('server', 40, 'handshake_failure')] })
  expect([goEnd(refused), goTry(refused)]).toMatchObject([
    { how: 'alert', code: 40 },
    { met: 'alert', alert: 'handshake_failure' },
  ])
  const page = connectionOf({ notTls: { kind: 'http', head: new Uint8Array(), statusLine: 'HTTP/1.1 403', afterTlsBytes: 0 } })
  expect([goEnd(page), goTry(page)]).toMatchObject([{ how: 'not-tls' }, { met: 'not-tls' }])
})

it('behind a ServerHello nothing is to be tried; for the hello it is a try that passed', () => {
  const answered = connectionOf({ serverHellos: [serverHello()] })
  expect(goEnd(answered)).toBeNull()
  expect(goTry(answered)).toMatchObject({ met: 'server-hello', byGo: true })
})

it('a client that left early, or never spoke, and an answer that broke off tell nothing', () => {
  expect(goTry(connectionOf({}, { outcome: 'aborted' }))).toBeNull()
  expect(goTry(connectionOf({ clientHellos: [] }))).toBeNull()
  expect(goTry(connectionOf({ partialRecordBytes: { 'client-to-server': 0, 'server-to-client': 7 } }))).toBeNull()
})
