// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest'
import { rowsAround } from '../../web/virtual-rows.ts'

describe('the rows that are drawn', () => {
  it('are those in view and eight on both sides', () => {
    expect(rowsAround({ first: 100, fit: 20 }, 10_000)).toEqual(Array.from({ length: 36 }, (_, at) => 92 + at))
  })
  it('are at most sixty, however tall the window is', () => {
    for (const fit of [10, 40, 59, 60, 80, 400]) expect(rowsAround({ first: 500, fit }, 10_000).length).toBeLessThanOrEqual(60)
  })
  it('end with the list, and fill the view there', () => {
    expect(rowsAround({ first: 0, fit: 20 }, 3)).toEqual([0, 1, 2])
    expect(rowsAround({ first: 95, fit: 20 }, 100).at(-1)).toBe(99)
    expect(rowsAround({ first: 5, fit: 20 }, 0)).toEqual([])
  })
  it('hold every row in view while scrolling', () => {
    for (let first = 0; first < 81; first += 1) {
      const drawn = new Set(rowsAround({ first, fit: 20 }, 100))
      for (let at = first; at < Math.min(100, first + 20); at += 1) expect(drawn.has(at)).toBe(true)
    }
  })
})
