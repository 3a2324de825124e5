import { describe, expect, it } from 'vitest'
import { type Connection, openConnection } from '../../src/recorder/connection.ts'
import { draftHandshake, draftProbe, observe } from '../../src/recorder/draft.ts'
import { ended, transcript } from '../diagnosis/observation-builders.ts'
import { finding } from '../store/draft.ts'
import { LEAF, PASSED, probed, startOf } from './session.ts'

function connection(more: Partial<Connection> = {}): Connection {
  return Object.assign(openConnection(startOf('c1'), 9), more)
}

const dialedTo = (address: string, leg: 'parent' | 'upstream' = 'upstream'): Connection['dialed'] => ({
  leg,
  address,
  dnsMs: 1,
  tcpMs: 2,
  atMs: 3,
})

describe('the row of a connection', () => {
  it('has nothing of what is not known yet', () => {
    expect(draftHandshake(connection(), '1.26.8')).toMatchObject({
      key: 'c1',
      runId: 9,
      mode: 'observe',
      outcome: 'open',
      target: { host: 'modproxy.example', port: 443, address: null },
      durationMs: null,
      clientHello: null,
      certificates: null,
      closed: null,
      messages: [],
      bytes: { clientToServer: 0, serverToClient: 0 },
    })
  })
  it.each([
    ['203.0.113.7:443', '203.0.113.7'],
    ['[2001:db8::7]:443', '2001:db8::7'],
  ])('has the address of %s bare', (address, bare) => {
    expect(draftHandshake(connection({ dialed: dialedTo(address) }), '').target.address).toBe(bare)
  })
  it('has the parent proxy’s address only in the route', () => {
    const route = [{ kind: 'http-proxy', address: 'gw.example:3128' }] as const
    const draft = draftHandshake(connection({ route, dialed: dialedTo('10.0.0.1:3128', 'parent') }), '')
    expect(draft.target.address).toBeNull()
    expect(draft.route).toEqual(route)
  })
  it('says that --resolve led there, or nothing', () => {
    expect(draftHandshake(connection({ resolvedBy: '--resolve' }), '').resolvedBy).toBe('--resolve')
    expect('resolvedBy' in draftHandshake(connection(), '')).toBe(false)
  })
  it('marks the stage that its first finding names', () => {
    const seen = connection({ outcome: 'failed', tunnelAtMs: 4, transcript: transcript(), findings: [finding('unknown-authority')] })
    expect(draftHandshake(seen, '').stages.filter(({ status }) => status === 'failed')).toMatchObject([
      { stage: 'certificate', leg: 'upstream' },
    ])
  })
  it('has the octets of messages once it is over', () => {
    const message = {
      dir: 'client-to-server',
      type: 1,
      name: 'ClientHello',
      lengthBytes: 1,
      atMs: 1,
      recordOffset: 0,
      source: 'wire',
    } as const
    const seen = { transcript: transcript({ messages: [message] }) }
    expect(draftHandshake(connection(seen), '').messages).toEqual([])
    expect(draftHandshake(connection({ ...seen, outcome: 'passed' }), '').messages).toEqual([message])
  })
})

describe('the row of a probe', () => {
  it('is none where there was none', () => {
    expect(draftProbe(connection(), '1.26.8')).toBeNull()
  })
  it('stands beside the connection that it repeats, without a client and without a diagnosis', () => {
    const seen = connection({
      outcome: 'failed',
      tunnelAtMs: 4,
      transcript: transcript(),
      ending: ended('client', 'fin'),
      probe: probed(LEAF),
      findings: [finding('unknown-authority')],
    })
    const draft = draftProbe(seen, '1.26.8')
    expect(draft).toMatchObject({
      key: 'c1/probe',
      probeOfKey: 'c1',
      mode: 'probe',
      runId: 9,
      client: null,
      outcome: 'passed',
      findings: [],
    })
    expect(draft?.durationMs).toBe(30)
    expect(draft?.stages.filter(({ leg }) => leg === 'client')).toEqual([])
    expect(draft?.stages.filter(({ status }) => status === 'failed')).toEqual([])
  })
  it('is failed where its handshake was not complete', () => {
    expect(draftProbe(connection({ probe: { ...probed(LEAF), transcript: transcript() } }), '1.26.8')?.outcome).toBe('failed')
  })
})

describe('what the causes may know', () => {
  it('is an empty transcript where nothing was said', () => {
    const seen = observe(connection(), { version: '1.26.8', isKnown: true, godebug: '' })
    expect(seen.transcript).toMatchObject({ clientHellos: [], isComplete: false, pending: 'client-hello' })
    expect(seen.now).toEqual(new Date('2026-11-22T13:44:02.000Z'))
  })
  it('is the connection’s own transcript, never the probe’s', () => {
    const own = transcript(PASSED)
    const seen = observe(connection({ transcript: own, probe: probed(LEAF) }), { version: '1.26.8', isKnown: true, godebug: '' })
    expect(seen.transcript).toBe(own)
    expect(seen.probe).not.toBeNull()
  })
})
