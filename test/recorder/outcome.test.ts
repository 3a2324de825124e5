import { describe, expect, it } from 'vitest'
import type { SeenRecord } from '../../src/contract/handshake.ts'
import type { Direction } from '../../src/contract/terms.ts'
import type { Ending } from '../../src/diagnosis/observation.ts'
import { HandshakeObserver } from '../../src/handshake/observer.ts'
import type { Transcript } from '../../src/handshake/transcript.ts'
import { type Connection, openConnection } from '../../src/recorder/connection.ts'
import { judgeOutcome } from '../../src/recorder/outcome.ts'
import { stageStates } from '../../src/recorder/stage-states.ts'
import { CLIENT_HELLO, completed, seenRecord } from '../diagnosis/observation-builders.ts'

const START = {
  key: 'c1',
  startedAt: new Date('2026-11-22T12:00:00Z'),
  host: 'mods.example',
  port: 443,
  clientAddress: '127.0.0.1:50000',
  user: null,
  method: 'CONNECT',
} as const
const EMPTY = new HandshakeObserver().transcript()
const HELLO = { alpn: ['h2'] } as unknown as Transcript['clientHellos'][number] // only ALPN matters here

function connection(seen: Partial<Transcript> | null, ending: Partial<Ending> | null, more: Partial<Connection> = {}): Connection {
  const full = ending === null ? null : { by: 'client' as const, how: 'fin' as const, atMs: 50, afterHelloMs: 40, ...ending }
  const transcript =
    seen === null ? null : { ...EMPTY, bytes: { 'client-to-server': 300, 'server-to-client': 0 }, clientHellos: [HELLO], ...seen }
  return Object.assign(openConnection(START, null), { tunnelAtMs: 5, transcript, ending: full, ...more })
}

/** TLS 1.3: a flight of one record, these records of the client, Finished first, and an alert of the server. */
function answeredByAlert(lengths: readonly number[]): Partial<Transcript> {
  const record = (dir: Direction, contentType: number, lengthBytes: number): SeenRecord => ({
    n: 1,
    dir,
    leg: 'upstream',
    atMs: 1,
    contentType,
    version: '0x0303',
    lengthBytes,
  })
  const flight = [record('client-to-server', 22, 300), record('server-to-client', 22, 122), record('server-to-client', 23, 900)]
  const sent = [record('client-to-server', 20, 1), ...lengths.map((length) => record('client-to-server', 23, length))]
  return {
    isComplete: true,
    clientAnswer: 'finished',
    serverAlertAfterFinished: true,
    applicationRecords: { 'client-to-server': lengths.length - 1, 'server-to-client': 1 },
    records: [...flight, ...sent, record('server-to-client', 23, 19)],
  }
}

/** TLS 1.3: these records of a go, Finished first. */
function refusedByGo(lengths: readonly number[]): Partial<Transcript> {
  const { transcript: seen } = completed()
  const hello = { ...CLIENT_HELLO, looksLike: 'go 1.26' }
  return { ...seen, clientHellos: [hello], records: lengths.map((lengthBytes) => ({ ...seenRecord('client-to-server', 23), lengthBytes })) }
}

describe('the outcome of a connection', () => {
  it.each<[string, Connection, string]>([
    [
      'that was never dialled is failed',
      connection(null, null, {
        dialFailure: {
          leg: 'upstream',
          stage: 'dns',
          kind: 'nxdomain',
          host: 'mods.example',
          port: 443,
          tried: [],
          resolver: null,
          goText: '',
          afterMs: 1,
        },
      }),
      'failed',
    ],
    [
      'whose tunnel was refused is failed',
      connection(null, null, { tunnelAtMs: null, connect: { kind: 'silent', afterMs: 60_000, receivedBytes: 0 } }),
      'failed',
    ],
    ['whose client left before the tunnel stood is aborted', connection(null, {}, { tunnelAtMs: null }), 'aborted'],
    [
      'whose client said nothing is aborted',
      connection({ clientHellos: [], bytes: { 'client-to-server': 0, 'server-to-client': 0 } }, {}),
      'aborted',
    ],
    [
      'that was reset from the server before go had spoken is failed',
      connection({ clientHellos: [], bytes: { 'client-to-server': 0, 'server-to-client': 0 } }, { by: 'server', how: 'rst' }),
      'failed',
    ],
    ['whose client left early without a word is aborted', connection({}, { afterHelloMs: 700 }), 'aborted'],
    ['whose client gave up after its patience is failed', connection({}, { afterHelloMs: 10_001 }), 'failed'],
    ['whose server closed during the handshake is failed', connection({}, { by: 'server' }), 'failed'],
    ['that the client refused by alert is failed', connection({ clientAnswer: 'alert' }, {}), 'failed'],
    [
      'that carried data both ways is passed',
      connection({ isComplete: true, applicationRecords: { 'client-to-server': 2, 'server-to-client': 3 } }, {}),
      'passed',
    ],
    [
      'whose server left with a request unanswered is failed',
      connection({ isComplete: true, applicationRecords: { 'client-to-server': 1, 'server-to-client': 0 } }, { by: 'server' }),
      'failed',
    ],
    ['whose server answers a request by nothing but an alert is failed', connection(answeredByAlert([52, 87, 88]), {}), 'failed'],
    ['whose server says goodbye to a client that did so is passed', connection(answeredByAlert([52, 87, 19]), {}), 'passed'],
    ['whose server says goodbye to a client that asked for nothing is passed', connection(answeredByAlert([52]), {}), 'passed'],
    ['whose go sends an alert before its close_notify is failed', connection(refusedByGo([53, 87, 19, 19]), {}), 'failed'],
    ['whose go sends close_notify alone is passed', connection(refusedByGo([53, 87, 19]), {}), 'passed'],
    ['whose client left after the handshake is passed', connection({ isComplete: true }, {}), 'passed'],
  ])('%s', (_title, seen, outcome) => {
    expect(judgeOutcome(seen)).toBe(outcome)
  })
})

describe('the stages of a connection', () => {
  it('end in application data when data went both ways', () => {
    const passed = connection(
      { isComplete: true, applicationRecords: { 'client-to-server': 1, 'server-to-client': 1 } },
      {},
      { outcome: 'passed' },
    )
    expect(stageStates(passed, null).at(-1)).toMatchObject({ stage: 'application-data', status: 'passed' })
  })
  it('mark the failing one, what came before unseen as not seen, and nothing after it', () => {
    const states = stageStates(connection({}, {}, { outcome: 'failed' }), { stage: 'certificate', leg: 'upstream' })
    const upstream = Object.fromEntries(states.filter(({ leg }) => leg === 'upstream').map(({ stage, status }) => [stage, status]))
    expect(upstream).toMatchObject({ 'server-hello': 'not-seen', certificate: 'failed', 'key-exchange': 'not-reached' })
  })
  it('have rows for the parent proxy where there is one', () => {
    const states = stageStates(connection(null, null, { route: [{ kind: 'http-proxy', address: 'gw.example:3128' }] }), null)
    expect(states.filter(({ leg }) => leg === 'parent').map(({ stage }) => stage)).toEqual(['dns', 'tcp', 'proxy-connect'])
  })
})
