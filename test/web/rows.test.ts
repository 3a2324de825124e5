import { beforeEach, describe, expect, it } from 'vitest'
import { dropRows, holdRows, newestFirst } from '../../web/rows.ts'
import { sampleRow } from './samples.ts'

const at = (second: number): string => `2026-11-22T12:00:${String(second).padStart(2, '0')}.000Z`
const ids = (): readonly number[] => newestFirst.value.map(({ id }) => id)

beforeEach(dropRows)

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
})
