import { describe, expect, it } from 'vitest'
import { type ProbeRecord, recordProbe } from '../../src/cli/probe-record.ts'
import type { ProbeResult } from '../../src/diagnosis/observation.ts'
import { openMemoryStore } from '../../src/store/memory.ts'
import { ended, transcript } from '../diagnosis/observation-builders.ts'
import { EXPIRED, ISSUING, LEAF, probed, ROOT, rootsWith } from '../recorder/session.ts'

function record(result: ProbeResult, more: Partial<ProbeRecord> = {}) {
  const store = openMemoryStore()
  const key = recordProbe(store, {
    host: 'modproxy.example',
    port: 443,
    route: [],
    result,
    go: { version: '1.26.8', isKnown: true, godebug: '' },
    roots: rootsWith(ROOT),
    knownIntermediates: () => [],
    ...more,
  })
  store.flush()
  const id = store.idOf(key) ?? 0
  return { handshake: store.handshake(id), diagnoses: store.diagnoses({ handshakeIds: [id] }) }
}

describe('what `probe` saw', () => {
  it('is a handshake of its own that passes where go would', () => {
    const { handshake, diagnoses } = record(probed(LEAF, ISSUING))
    expect(handshake).toMatchObject({ mode: 'probe', outcome: 'passed', client: null, runId: null })
    expect(handshake?.certificates?.verified?.ok).toBe(true)
    expect(handshake?.stages.filter(({ leg }) => leg === 'client')).toEqual([])
    expect(diagnoses).toEqual([])
  })
  it('is failed where go would refuse the chain, though the probe went on to the end', () => {
    const { handshake, diagnoses } = record(probed(EXPIRED, ISSUING))
    expect(handshake?.outcome).toBe('failed')
    expect(handshake?.stages.find(({ stage }) => stage === 'certificate')?.status).toBe('failed')
    expect(handshake?.stages.find(({ stage }) => stage === 'finished')?.status).toBe('not-reached')
    expect(diagnoses).toMatchObject([{ cause: 'cert-expired', stage: 'certificate', leg: 'upstream' }])
  })
  it('says nothing of go’s own records, since go took no part', () => {
    const [diagnosis] = record(probed(EXPIRED, ISSUING)).diagnoses
    expect(diagnosis?.evidence.map(({ source }) => source)).not.toContain('inferred')
  })
  it('is certain of a missing intermediate that was fetched or known', () => {
    const { diagnoses } = record(probed(LEAF), { knownIntermediates: () => [ISSUING.der] })
    expect(diagnoses).toMatchObject([{ cause: 'missing-intermediate', confidence: 'certain' }])
  })
  it('is not judged where roots cannot be read', () => {
    const { handshake, diagnoses } = record(probed(EXPIRED, ISSUING), { roots: null })
    expect(handshake?.certificates?.verified).toBeNull()
    expect(diagnoses).toEqual([])
  })
  it('is a failed dial where no connection was made', () => {
    const dialFailure = {
      leg: 'upstream',
      stage: 'tcp',
      kind: 'refused',
      host: 'modproxy.example',
      port: 443,
      tried: ['203.0.113.7:443'],
      resolver: null,
      goText: 'dial tcp 203.0.113.7:443: connect: connection refused',
      afterMs: 2,
    } as const
    const { diagnoses } = record({ ...probed(), chain: null, transcript: transcript({ clientHellos: [] }), dialFailure })
    expect(diagnoses).toMatchObject([{ cause: 'tcp-refused', stage: 'tcp' }])
  })
  it('is silence where nothing came until the limit', () => {
    const ending = { ...ended('us', 'timeout', 10_000), atMs: 10_005 }
    const { handshake, diagnoses } = record({ ...probed(), chain: null, transcript: transcript(), durationMs: 10_005, ending })
    expect(handshake?.outcome).toBe('failed')
    expect(diagnoses).toMatchObject([{ cause: 'peer-silent', stage: 'client-hello' }])
  })
  it('is no silence where Ctrl-C ended it, but a refused chain stays one', () => {
    const ending = { ...ended('us', 'timeout', 200), atMs: 205 }
    const { handshake, diagnoses } = record({ ...probed(), chain: null, transcript: transcript(), ending }, { wasStopped: true })
    expect(handshake?.outcome).toBe('aborted')
    expect(diagnoses).toEqual([])
    expect(record(probed(EXPIRED, ISSUING), { wasStopped: true }).diagnoses).toMatchObject([{ cause: 'cert-expired' }])
  })
})
