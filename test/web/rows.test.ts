import { beforeEach, describe, expect, it } from 'vitest'
import { closeSnapshot, countNew, dropRows, holdRows, newestFirst, rowsDownTo, total } from '../../web/rows.ts'
import { sampleRow } from './samples.ts'

const at = (second: number): string => `2026-11-22T12:00:${String(second).padStart(2, '0')}.000Z`
const ids = (): readonly number[] => newestFirst.value.map(({ id }) => id)

beforeEach(() => {
  dropRows()
  total.value = 0
})

describe('the rows that are held', () => {
  it('stand in the order of the database: by time, then id, however they come', () => {
    holdRows([sampleRow({ id: 3, startedAt: at(3) }), sampleRow({ id: 5, startedAt: at(3) })], [])
    holdRows([sampleRow({ id: 1, startedAt: at(1) })], [])
    holdRows([sampleRow({ id: 9, startedAt: at(2) }), sampleRow({ id: 7, startedAt: at(7) })], [])
    expect(ids()).toEqual([7, 5, 3, 9, 1])
  })
  it('are replaced in place, twice in one message too', () => {
    holdRows([sampleRow({ id: 1, startedAt: at(1) }), sampleRow({ id: 2, startedAt: at(2) })], [])
    const twice = [sampleRow({ id: 3, seq: 8, startedAt: at(3) }), sampleRow({ id: 3, seq: 9, startedAt: at(3), outcome: 'failed' })]
    holdRows([sampleRow({ id: 1, seq: 7, startedAt: at(1), outcome: 'failed' }), ...twice], [])
    expect(newestFirst.value.map(({ id, outcome }) => `${id} ${outcome}`)).toEqual(['3 failed', '2 passed', '1 failed'])
  })
  it('move when their time does', () => {
    holdRows([sampleRow({ id: 1, startedAt: at(1) }), sampleRow({ id: 2, startedAt: at(2) })], [])
    holdRows([sampleRow({ id: 1, seq: 9, startedAt: at(5) })], [])
    expect(ids()).toEqual([1, 2])
  })
  it('end where the snapshot ended: an older one that changes stands behind a hole', () => {
    total.value = 9
    holdRows([sampleRow({ id: 8, startedAt: at(8) }), sampleRow({ id: 7, startedAt: at(7) })], [])
    closeSnapshot()
    holdRows([sampleRow({ id: 2, seq: 30, startedAt: at(2) }), sampleRow({ id: 9, seq: 31, startedAt: at(9) })], [])
    expect(ids()).toEqual([9, 8, 7])
    expect(rowsDownTo('all').map(({ id }) => id)).toEqual([9, 8, 7, 2])
    expect(rowsDownTo({ id: 2, startedAt: at(2) })).toHaveLength(4)
  })
  it('are counted as the server would: a new row is one more, an old one that changed is not', () => {
    total.value = 9
    holdRows([sampleRow({ id: 8, startedAt: at(8) })], [])
    closeSnapshot()
    const changed = [
      sampleRow({ id: 2, seq: 30, startedAt: at(2) }),
      sampleRow({ id: 9, seq: 20, startedAt: at(9) }),
      sampleRow({ id: 10, seq: 31, startedAt: at(9) }),
    ]
    countNew(changed, 20)
    expect(total.value).toBe(10)
  })
})
