import { describe, expect, it } from 'vitest'
import { count, counted, day, offset, span, took } from '../../web/time-words.ts'

describe('words for times', () => {
  it.each([
    [null, '–'],
    [0, '0 ms'],
    [3.26, '3.3 ms'],
    [41, '41 ms'],
    [999.4, '999 ms'],
    [999.6, '1.0 s'],
    [10_003, '10.0 s'],
    [125_000, '2 min 5 s'],
  ])('%s milliseconds took %s', (durationMs, words) => {
    expect(took(durationMs)).toBe(words)
  })
  it('offsets are exact to a tenth of a millisecond', () => {
    expect(offset(38.61)).toBe('38.6 ms')
    expect(offset(10_003)).toBe('10.0 s')
  })
  it('a span is told in the largest unit that fits twice', () => {
    expect(span(3 * 86_400_000 + 5)).toBe('3 days')
    expect(span(30 * 3_600_000)).toBe('30 hours')
    expect(span(13 * 60_000)).toBe('13 minutes')
    expect(span(500)).toBe('0 seconds')
  })
  it('counts have separators and a plural', () => {
    expect(count(1204)).toBe('1,204')
    expect(counted(1, 'host')).toBe('1 host')
    expect(counted(2, 'host')).toBe('2 hosts')
    expect(day('2026-11-22T13:47:10Z')).toBe('2026-11-22')
  })
})
