/** What both stores must do; SQLite and memory run the same claims. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { HttpExchange } from '../../src/contract/handshake.ts'
import { FilterError } from '../../src/filter/filter.ts'
import { openMemoryStore, openStore } from '../../src/store/open.ts'
import type { HandshakeDraft, Store } from '../../src/store/store.ts'
import { certificate, finding, fullDraft, plainDraft } from './draft.ts'

describe.each(['SQLite', 'memory'])('a store in %s', (kind) => {
  let folder: string
  let store: Store
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'whytls-store-'))
    store = kind === 'SQLite' ? openStore({ folder }) : openMemoryStore()
  })
  afterEach(() => {
    store.close()
    rmSync(folder, { recursive: true })
  })

  it('gives a handshake back exactly as it was put in', () => {
    const draft = fullDraft('a')
    store.put(draft)
    const [row] = store.rows({ limit: 10 })
    const id = row?.id ?? 0
    expect(store.idOf('a')).toBe(id)
    expect(store.handshake(id)).toEqual(handshakeOf(draft, { id, probeOf: null, diagnosis: store.diagnoses({})[0]?.id ?? null }))
    expect(store.messages(id)).toEqual(draft.messages)
    expect(store.flight(id)).toEqual(draft.flight)
  })

  it('gives an empty handshake back with null for all that was not seen', () => {
    const draft = plainDraft('a')
    store.put(draft)
    store.flush()
    const id = store.idOf('a') ?? 0
    expect(store.handshake(id)).toEqual(handshakeOf(draft, { id, probeOf: null, diagnosis: null }))
  })

  it('shows in a row what was negotiated, who issued the leaf and where it failed', () => {
    store.put(fullDraft('a'))
    expect(store.rows({ limit: 1 })[0]).toMatchObject({
      host: 'modproxy.example',
      leg: 'upstream',
      stage: 'certificate',
      cause: 'unknown-authority',
      version: 'TLS 1.3',
      alpn: 'h2',
      group: 'x25519',
      issuer: 'CN=Acme Issuing CA,O=Acme',
      route: 'gw.acme.example:3128 > far.acme.example:1080',
      probeOf: null,
    })
    expect(store.rows({ limit: 1 })[0]?.stages).toEqual(fullDraft('a').stages)
  })

  it('updates the row of a key that was put before, and drops the parts that are gone', () => {
    store.put(fullDraft('a'))
    store.flush()
    const id = store.idOf('a') ?? 0
    const later = plainDraft('a', { outcome: 'aborted' })
    store.put(later)
    store.flush()
    expect(store.idOf('a')).toBe(id)
    expect(store.rows({ limit: 10 })).toHaveLength(1)
    expect(store.handshake(id)).toEqual(handshakeOf(later, { id, probeOf: null, diagnosis: null }))
    expect(store.messages(id)).toEqual([])
  })

  it('adds exchanges to a handshake that was written, and counts its row as changed', () => {
    const http = [exchange('/a'), exchange('/b')]
    store.put(plainDraft('a', { http }))
    store.put(plainDraft('b'))
    store.flush()
    const id = store.idOf('a') ?? 0
    const seq = store.seq()
    http.push(exchange('/c'))
    store.addExchanges('a', http)
    http.push(exchange('/d'))
    store.addExchanges('a', http)
    store.flush()
    expect(store.changedSince(seq, 10).map((row) => row.id)).toEqual([id])
    expect(store.handshake(id)?.http).toEqual(http)
    store.put(plainDraft('a', { http: [...http, exchange('/e')], outcome: 'failed' }))
    expect(store.handshake(id)?.http.map(({ url }) => url.at(-1))).toEqual(['a', 'b', 'c', 'd', 'e'])
    store.put(plainDraft('a', { http: http.slice(0, 1) }))
    expect(store.handshake(id)?.http).toEqual([exchange('/a')])
  })

  it('takes exchanges whose handshake is still queued, and leaves out those of one that it does not know', () => {
    store.put(plainDraft('a'))
    store.addExchanges('a', [exchange('/a')])
    store.addExchanges('unknown', [exchange('/b')])
    store.flush()
    expect(store.handshake(store.idOf('a') ?? 0)?.http).toEqual([exchange('/a')])
    expect(store.counts().handshakes).toBe(1)
  })

  it('leaves out exchanges of a handshake that was forgotten meanwhile', () => {
    const runId = store.startRun({ argv: ['go'], startedAt: '2026-11-22T12:00:00.000Z', go: null })
    store.put(plainDraft('a', { runId }))
    store.flush()
    store.forget({ runId })
    store.addExchanges('a', [exchange('/a')])
    store.flush()
    expect(store.counts().handshakes).toBe(0)
  })

  it('links a probe to the handshake that it repeats, in whatever order they come', () => {
    store.put(plainDraft('a'))
    store.put(plainDraft('a/probe', { probeOfKey: 'a', mode: 'probe' }))
    store.flush()
    expect(store.handshake(store.idOf('a/probe') ?? 0)?.probeOf).toBe(store.idOf('a'))
    expect(store.counts()).toMatchObject({ handshakes: 2, failed: 0, runs: 0 })
  })

  it('keeps a run with its warnings', () => {
    const id = store.startRun({ argv: ['go', 'mod', 'download'], startedAt: '2026-11-22T12:00:00.000Z', go: null })
    expect(store.run(id)).toMatchObject({ id, exitCode: null, go: null, stderrTail: '' })
    store.describeRun(id, { version: 'go1.26.8', env: { GOPROXY: 'https://modproxy.example' } })
    const warnings = [{ code: 'not-proxied', host: null, text: 'NO_PROXY names it' }]
    store.endRun(id, { durationMs: 1234.5, exitCode: 1, signal: null, stderrTail: 'go: oh', warnings })
    expect(store.run(id)).toEqual({
      id,
      argv: ['go', 'mod', 'download'],
      startedAt: '2026-11-22T12:00:00.000Z',
      durationMs: 1234.5,
      exitCode: 1,
      signal: null,
      go: { version: 'go1.26.8', env: { GOPROXY: 'https://modproxy.example' } },
      stderrTail: 'go: oh',
    })
    expect(store.warnings(id)).toEqual(warnings)
    expect(store.runs(10)).toEqual([store.run(id)])
    expect(store.changedRunsSince(0, 10).map(({ run }) => run.id)).toEqual([id])
    expect(store.changedRunsSince(store.seq(), 10)).toEqual([])
  })

  it('joins the same cause on the same host in one run into one diagnosis with the smallest id', () => {
    const runId = store.startRun({ argv: ['go'], startedAt: '2026-11-22T12:00:00.000Z', go: null })
    store.put(plainDraft('a', { runId, findings: [finding('cert-expired', { confidence: 'likely', why: 'first' })] }))
    store.put(plainDraft('b', { runId, findings: [finding('cert-expired', { confidence: 'certain', why: 'second' })] }))
    store.put(plainDraft('c', { runId, findings: [finding('peer-reset', { stage: 'client-hello' }), finding('cert-expired')] }))
    const [reset, expired, ...rest] = store.diagnoses({ runId })
    expect(rest).toEqual([])
    expect(reset).toMatchObject({ cause: 'peer-reset', count: 1, handshakes: [store.idOf('c')] })
    expect(expired).toMatchObject({ cause: 'cert-expired', count: 2, why: 'second', handshakes: [store.idOf('a'), store.idOf('b')] })
    expect(store.handshake(store.idOf('b') ?? 0)?.diagnosis).toBe(expired?.id)
    expect(store.diagnosis(expired?.id ?? 0)).toEqual(expired)
    expect(expired).not.toHaveProperty('facts')
  })

  it('orders diagnoses by stage, then by count', () => {
    const runId = store.startRun({ argv: ['go'], startedAt: '2026-11-22T12:00:00.000Z', go: null })
    const put = (key: string, cause: string, stage: 'dns' | 'certificate', host: string) =>
      store.put(plainDraft(key, { runId, findings: [finding(cause, { stage, host })] }))
    put('1', 'cert-expired', 'certificate', 'one.example')
    put('2', 'cert-expired', 'certificate', 'two.example')
    put('3', 'cert-expired', 'certificate', 'two.example')
    put('4', 'dns-nxdomain', 'dns', 'three.example')
    expect(store.diagnoses({ runId }).map(({ host }) => host)).toEqual(['three.example', 'two.example', 'one.example'])
  })

  it('keeps handshakes outside a run apart', () => {
    store.put(plainDraft('a', { findings: [finding('cert-expired')] }))
    store.put(plainDraft('b', { findings: [finding('cert-expired')] }))
    expect(store.diagnoses({}).map(({ count }) => count)).toEqual([1, 1])
    expect(store.diagnoses({ handshakeIds: [store.idOf('b') ?? 0] }).map(({ handshakes }) => handshakes)).toEqual([[store.idOf('b')]])
  })

  it('keeps the id of a diagnosis when the handshake is judged again', () => {
    store.put(plainDraft('a', { findings: [finding('peer-reset')] }))
    const [before] = store.diagnoses({})
    store.put(plainDraft('a', { findings: [finding('sni-filtered')] }))
    expect(store.diagnoses({})).toMatchObject([{ id: before?.id, cause: 'sni-filtered' }])
  })

  it('pages backwards by time and id without losing or repeating a row', () => {
    for (let i = 0; i < 25; i++) store.put(plainDraft(`k${i}`, { startedAt: `2026-11-22T12:00:0${i % 4}.000Z` }))
    const seen: number[] = []
    for (let before: number | undefined; ; ) {
      const page = store.rows({ limit: 7, ...(before === undefined ? {} : { before }) })
      if (page.length === 0) break
      seen.push(...page.map(({ id }) => id))
      before = page.at(-1)?.id
    }
    expect(new Set(seen).size).toBe(25)
    expect(seen).toEqual(store.rows({ limit: 100 }).map(({ id }) => id))
    expect(store.rows({ limit: 1 })[0]?.startedAt).toBe('2026-11-22T12:00:03.000Z')
  })

  it('resumes by seq: every changed row once, oldest change first', () => {
    for (const key of ['a', 'b', 'c']) store.put(plainDraft(key))
    store.flush()
    const seq = store.seq()
    store.put(plainDraft('a', { outcome: 'failed' }))
    store.put(plainDraft('d'))
    const changed = store.changedSince(seq, 10)
    expect(changed.map(({ id }) => id)).toEqual([store.idOf('a'), store.idOf('d')])
    expect(changed.at(-1)?.seq).toBe(store.seq())
    expect(store.changedSince(store.seq(), 10)).toEqual([])
    expect(store.changedSince(0, 2).map(({ id }) => id)).toEqual([store.idOf('b'), store.idOf('c')])
  })

  it('filters, by run and by time too', () => {
    const runId = store.startRun({ argv: ['go'], startedAt: '2026-11-22T12:00:00.000Z', go: null })
    store.put(fullDraft('a', { runId }))
    store.put(plainDraft('b', { startedAt: '2026-11-22T13:00:00.000Z' }))
    const keys = (query: Parameters<Store['rows']>[0]) => store.rows(query).map(({ id }) => (id === store.idOf('a') ? 'a' : 'b'))
    expect(keys({ limit: 9, filter: 'status:failed issuer:"Acme Iss*"' })).toEqual(['a'])
    expect(keys({ limit: 9, filter: '-cause:*' })).toEqual(['b'])
    expect([store.countRows(''), store.countRows('cause:*'), store.countRows('host:nowhere')]).toEqual([2, 1, 0])
    expect(keys({ limit: 9, runId })).toEqual(['a'])
    expect(keys({ limit: 9, since: '2026-11-22T12:30:00.000Z' })).toEqual(['b'])
    expect(() => store.rows({ limit: 9, filter: 'stage:nowhere' })).toThrow(FilterError)
  })

  it('tells listeners of each write until they stop', () => {
    let told = 0
    const stop = store.onChange(() => {
      told++
      store.rows({ limit: 1 })
    })
    store.put(plainDraft('a'))
    store.flush()
    expect(told).toBe(1)
    stop()
    store.put(plainDraft('b'))
    store.flush()
    expect(told).toBe(1)
  })

  it('forgets one run, with a new epoch, and keeps the others', () => {
    const mine = store.startRun({ argv: ['go'], startedAt: '2026-11-22T12:00:00.000Z', go: null })
    store.put(fullDraft('a', { runId: mine }))
    store.put(plainDraft('b'))
    store.flush()
    const epoch = store.epoch()
    expect(store.forget({ runId: mine })).toBe(1)
    expect(store.epoch()).not.toBe(epoch)
    expect(store.run(mine)).toBeUndefined()
    expect(store.rows({ limit: 9 }).map(({ id }) => id)).toEqual([store.idOf('b')])
    expect(store.diagnoses({})).toEqual([])
  })

  it('does not bring a forgotten run back when its connections go on', () => {
    const runId = store.startRun({ argv: ['go'], startedAt: '2026-11-22T12:00:00.000Z', go: null })
    store.put(plainDraft('a', { runId, outcome: 'open' }))
    store.flush()
    store.forget({ runId })
    store.put(plainDraft('a', { runId, outcome: 'passed' }))
    store.endRun(runId, { durationMs: 1, exitCode: 0, signal: null, stderrTail: '', warnings: [{ code: 'x', host: null, text: 'y' }] })
    expect(store.rows({ limit: 9 })).toEqual([])
    expect(store.runs(9)).toEqual([])
  })

  it('never gives an id twice, even after everything was forgotten', () => {
    store.put(plainDraft('a'))
    store.flush()
    const id = store.idOf('a') ?? 0
    expect(store.forget('all')).toBe(1)
    store.put(plainDraft('a'))
    store.flush()
    expect(store.idOf('a')).toBeGreaterThan(id)
  })

  it('drops what is older than the limit', () => {
    store.put(plainDraft('old', { startedAt: '2020-01-01T00:00:00.000Z' }))
    store.put(plainDraft('new', { startedAt: new Date().toISOString() }))
    store.flush()
    expect(store.retain({ maxAgeDays: 30, maxBytes: 1e9 })).toBe(1)
    expect(store.rows({ limit: 9 }).map(({ id }) => id)).toEqual([store.idOf('new')])
    expect(store.retain({ maxAgeDays: 30, maxBytes: 1e9 })).toBe(0)
  })

  it('finds intermediates by the octets of their subject, never roots or leaves', () => {
    const chain = [bare('leaf', 1, 2), bare('sub', 2, 3), bare('root', 3, 3)]
    store.put(plainDraft('a', { certificates: { source: 'wire', sameAsGoSaw: true, chain, verified: null, ocspStapled: null } }))
    const found = store.certificatesBySubject(name(2))
    expect(found.map((der) => Buffer.from(der).toString('base64'))).toEqual([chain[1]?.der])
    expect(store.certificatesBySubject(name(3))).toEqual([])
    expect(store.certificatesBySubject(name(1))).toEqual([])
  })

  it('marks rows that were imported, and takes no intermediate from them', () => {
    const certificates = { source: 'wire', sameAsGoSaw: true, chain: [bare('sub', 8, 9)], verified: null, ocspStapled: null } as const
    store.put(plainDraft('a', { certificates, imported: 'trace.pcapng' }))
    store.put(plainDraft('b'))
    expect(store.rows({ limit: 9 }).map(({ id, imported }) => [id, imported])).toEqual([
      [2, undefined],
      [1, 'trace.pcapng'],
    ])
    expect(store.certificatesBySubject(name(8))).toEqual([])
    store.put(plainDraft('c', { certificates }))
    expect(store.certificatesBySubject(name(8))).toHaveLength(1)
  })
})

/** What `handshake` must give for a draft. */
function handshakeOf(draft: HandshakeDraft, ids: { id: number; probeOf: number | null; diagnosis: number | null }) {
  const { key: _key, probeOfKey: _probeOfKey, messages: _messages, flight: _flight, findings: _findings, ...facts } = draft
  return { ...facts, ...ids }
}

/** A certificate that is nothing but the start of TBSCertificate, with one-octet names. */
function bare(label: string, subject: number, issuer: number) {
  const tbs = [0x02, 1, 1, 0x30, 0, ...name(issuer), 0x30, 0, ...name(subject)]
  const der = Buffer.from([0x30, tbs.length + 2, 0x30, tbs.length, ...tbs])
  return { ...certificate(label, `CN=${subject}`, `CN=${issuer}`), der: der.toString('base64') }
}

function name(value: number): Uint8Array {
  return Uint8Array.from([0x30, 1, value])
}

function exchange(path: string): HttpExchange {
  return { method: 'GET', url: `https://modproxy.example${path}`, status: 200, durationMs: 3.5 }
}
