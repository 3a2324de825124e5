import { describe, expect, it } from 'vitest'
import { makeHar } from '../../src/report/har.ts'
import { diagnosisOf, handshakeOf, SEEN } from './samples.ts'

const TOOL = { version: '0', node: 'v20', platform: 'linux-x64' }
const failed = handshakeOf(SEEN.expired, { id: 412, diagnosis: 1, startedAt: '2026-11-22T12:00:01.000Z' })
const passed = handshakeOf(SEEN.clientCertificate, {
  id: 413,
  diagnosis: null,
  outcome: 'passed',
  stages: [],
  startedAt: '2026-11-22T12:00:00.000Z',
})
const har = makeHar({ tool: TOOL, handshakes: [failed, passed], diagnoses: [diagnosisOf(SEEN.expired)] })

describe('makeHar', () => {
  it('has the shape of HAR 1.2: every field that the format asks for, with its type', () => {
    const { log } = JSON.parse(JSON.stringify(har))
    expect(log).toMatchObject({ version: '1.2', creator: { name: expect.any(String), version: expect.any(String) } })
    expect(log.entries).toHaveLength(2)
    for (const entry of log.entries) {
      expect(entry).toMatchObject(ENTRY_SHAPE)
      expect(new Date(entry.startedDateTime).toISOString()).toBe(entry.startedDateTime)
      expect(new URL(entry.request.url).protocol).toBe('https:')
    }
  })
  it('counts times so that their sum is the time of the entry, ssl within connect', () => {
    for (const { time, timings } of har.log.entries) {
      const { blocked, dns, connect, send, wait, receive } = timings
      expect([blocked, dns, connect, send, wait, receive].filter((each) => each >= 0).reduce((sum, each) => sum + each, 0)).toBeCloseTo(
        time,
        2,
      )
      expect(timings.ssl).toBeLessThanOrEqual(connect)
    }
  })
  it('has one entry per handshake, oldest first, failed ones with status 0 and their cause', () => {
    expect(har.log.entries.map(({ _tls, response }) => [_tls.id, response.status, _tls.cause, _tls.stage])).toEqual([
      [413, 200, null, null],
      [412, 0, 'cert-expired', 'certificate'],
    ])
  })
  it('tells version, cipher, ALPN and chain', () => {
    const [, { _tls } = expect.fail('no entry')] = har.log.entries
    expect(_tls.version).toBe(failed.serverHello?.selectedVersion.name ?? null)
    expect(_tls.cipher).toBe(failed.serverHello?.cipherSuite.name ?? null)
    expect(_tls.alpn).toBe(failed.serverHello?.alpn ?? null)
    expect(_tls.chain.map(({ sha256 }) => sha256)).toEqual((failed.certificates?.chain ?? []).map(({ sha256 }) => sha256))
  })
})

const MESSAGE = { httpVersion: expect.any(String), cookies: [], headers: [], headersSize: expect.any(Number), bodySize: expect.any(Number) }
const ENTRY_SHAPE = {
  time: expect.any(Number),
  request: { method: expect.any(String), queryString: [], ...MESSAGE },
  response: {
    status: expect.any(Number),
    statusText: expect.any(String),
    content: { size: expect.any(Number), mimeType: expect.any(String) },
    redirectURL: '',
    ...MESSAGE,
  },
  cache: {},
  timings: Object.fromEntries(['blocked', 'dns', 'connect', 'ssl', 'send', 'wait', 'receive'].map((name) => [name, expect.any(Number)])),
  connection: expect.any(String),
}
