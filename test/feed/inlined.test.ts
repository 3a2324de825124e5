import { describe, expect, it } from 'vitest'
import { composeReport, gatherReport } from '../../src/feed/inlined.ts'
import type { Meta } from '../../src/feed/protocol.ts'
import { openMemoryStore } from '../../src/store/open.ts'
import { fullDraft, plainDraft } from '../store/draft.ts'

const MIB = 1024 * 1024
const META: Meta = {
  schema: 'whytls/1',
  tool: { version: '0.0.0', node: 'v20', platform: 'linux-x64' },
  mode: 'observe',
  proxyUrl: '',
  parent: null,
  epoch: 'e',
  seq: 0,
  counts: { handshakes: 0, failed: 0, runs: 0, sizeBytes: 0 },
  setup: { goVersion: null, shells: [], checks: [] },
}

describe('a report in one file', () => {
  it('holds every answer that the page asks for, and what a failure is compared with', async () => {
    const store = openMemoryStore()
    store.put(fullDraft('failed'))
    store.put(fullDraft('passed', { outcome: 'passed' }))
    const report = await gatherReport(store, [1, 2], () => META)
    expect(report.cut).toBeUndefined()
    expect(Object.keys(report.answers).map((path) => path.replace('/api/v1/', ''))).toEqual([
      'meta',
      'handshakes/1',
      'handshakes/1/messages',
      'handshakes/2',
      'handshakes/2/messages',
      'compare?a=1&b=2',
    ])
  })

  it('of more than a file should hold, lists 2,000 and says how many are there in full: failures before all others', async () => {
    const store = openMemoryStore()
    const long = { status: 200, reason: '', headers: [['Via', 'x'.repeat(65_536)]] as const, body: '' }
    for (let at = 0; at < 300; at++) store.put(fullDraft(`old${at}`, { proxyConnect: long }))
    for (let at = 0; at < 2_200; at++) store.put(plainDraft(`new${at}`))
    const ids = Array.from({ length: 2_500 }, (_, at) => at + 1)
    const report = await gatherReport(store, ids, () => META)
    expect(report.rows).toHaveLength(2_000)
    expect(report.rows.filter(({ outcome }) => outcome === 'failed')).toHaveLength(300)
    expect(report.cut).toEqual({ of: 2_500, inFull: expect.any(Number) })
    expect(report.cut?.inFull).toBeLessThan(300)
    expect(report.answers).toHaveProperty(['/api/v1/handshakes/300'])
    expect(report.answers).not.toHaveProperty(['/api/v1/handshakes/2500'])
    const html = composeReport(report, { script: '', style: '' })
    expect(html.length).toBeGreaterThan(16 * MIB)
    expect(html.length).toBeLessThan(22 * MIB)
  })
})
