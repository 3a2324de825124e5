import { describe, expect, it } from 'vitest'
import { countCauses } from '../../web/count-causes.ts'
import { layList } from '../../web/grouping.ts'
import { sampleRow, sampleRun } from './samples.ts'

const failed = { outcome: 'failed', cause: 'cert-expired' } as const
const plain = { by: 'run', collapsed: new Set<string>(), runOf: (id: number) => sampleRun({ id }) } as const

describe('layList', () => {
  it('puts each run under its head, newest first', () => {
    const rows = [sampleRow({ id: 4, runId: 2 }), sampleRow({ id: 3, runId: 1 }), sampleRow({ id: 2, runId: 2 }), sampleRow({ id: 1 })]
    expect([...layList(rows, plain)].map((item) => item.key)).toEqual(['run 2', 'h4', 'h2', 'run 1', 'h3', 'run none', 'h1'])
  })
  it('folds retries of one run, host and cause into the newest', () => {
    const rows = [3, 2, 1].map((id) => sampleRow({ id, runId: 7, ...failed }))
    const [head, ...lines] = [...layList(rows, plain)]
    expect(head).toMatchObject({ kind: 'group', rows: 3, failed: 3, causes: ['cert-expired'] })
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatchObject({ key: 'h3', attempts: [3, 2, 1] })
  })
  it('never folds what belongs to no run', () => {
    const rows = [2, 1].map((id) => sampleRow({ id, ...failed }))
    expect([...layList(rows, { ...plain, by: 'none' })]).toHaveLength(2)
  })
  it('a closed group is its head alone', () => {
    const rows = [sampleRow({ id: 1, runId: 7 })]
    expect([...layList(rows, { ...plain, collapsed: new Set(['run 7']) })]).toMatchObject([{ key: 'run 7', isOpen: false }])
  })
  it('groups by host', () => {
    const rows = [sampleRow({ id: 2, host: 'b.example' }), sampleRow({ id: 1, host: 'a.example' })]
    expect([...layList(rows, { ...plain, by: 'host' })].map((item) => item.key)).toEqual(['host b.example', 'h2', 'host a.example', 'h1'])
  })
})

describe('countCauses', () => {
  it('counts failures by cause, most frequent first', () => {
    const rows = [
      sampleRow({ id: 1, ...failed }),
      sampleRow({ id: 2, ...failed, cause: 'peer-reset' }),
      sampleRow({ id: 3, ...failed }),
      sampleRow({ id: 4 }),
    ]
    expect(countCauses(rows)).toEqual([
      ['cert-expired', 2],
      ['peer-reset', 1],
    ])
  })
})
