import { describe, expect, it } from 'vitest'
import { parseHttpDate, readSentAt } from '../../src/diagnosis/http-date.ts'

describe('parseHttpDate', () => {
  it('reads the form that may be sent', () => {
    expect(parseHttpDate('Sun, 22 Nov 2026 13:44:02 GMT')?.toISOString()).toBe('2026-11-22T13:44:02.000Z')
  })

  it.each([
    '',
    'now',
    'Sunday, 22-Nov-26 13:44:02 GMT',
    'Sun, 31 Feb 2026 13:44:02 GMT',
    'Sun, 22 Foo 2026 13:44:02 GMT',
    'Sun, 22 Nov 2026 25:44:02 GMT',
  ])('takes no time from %j', (text) => {
    expect(parseHttpDate(text)).toBeUndefined()
  })
})

describe('readSentAt', () => {
  it('adds the time that a cache kept the answer', () => {
    const fields = [
      ['date', 'Sun, 22 Nov 2026 13:44:02 GMT'],
      ['Age', '58'],
    ] as const
    expect(readSentAt(fields)?.toISOString()).toBe('2026-11-22T13:45:00.000Z')
  })

  it('leaves an Age alone that is no number', () => {
    const fields = [
      ['Date', 'Sun, 22 Nov 2026 13:44:02 GMT'],
      ['Age', '-5, 7'],
    ] as const
    expect(readSentAt(fields)?.toISOString()).toBe('2026-11-22T13:44:02.000Z')
  })

  it('knows no time without a Date', () => {
    expect(readSentAt([['Age', '58']])).toBeUndefined()
  })
})
