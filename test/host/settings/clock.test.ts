import { describe, expect, it } from 'vitest'
import { checkClockOffline, checkClockOnline, summarizeClock } from '../../../src/host/settings/clock.ts'

const NOW = new Date('2026-11-22T13:44:02Z')
const other = (host: string, offsetMs: number) => ({ host, offsetMs, isFailingHost: false, chainHolds: true })

describe('the clock', () => {
  it('is behind when something is of the future', () => {
    const [first] = checkClockOffline(NOW, null, [{ at: new Date('2026-12-22T13:44:02Z'), what: 'a handshake in the database' }])
    expect(first).toMatchObject({ status: 'problem', text: expect.stringContaining('at least 30 days behind') })
  })

  it('is not blamed for what is a little ahead', () => {
    expect(checkClockOffline(NOW, null, [{ at: new Date('2026-11-22T13:45:00Z'), what: 'x' }])[0]?.status).toBe('fine')
  })

  it('may drift without its service', () => {
    expect(checkClockOffline(NOW, { synchronized: false, source: 'chronyc' }, []).map(({ status }) => status)).toEqual(['fine', 'warning'])
  })

  it('is wrong by the word of two hosts, right by the word of one, unknown without any', () => {
    const wrong = { ntp: null, others: [other('a.example', 86_400_000), other('b.example', 86_400_400)] }
    expect(checkClockOnline(NOW, wrong)).toMatchObject([{ status: 'problem', code: 'client-clock-wrong' }])
    expect(checkClockOnline(NOW, { ntp: null, others: [other('a.example', 300)] })).toMatchObject([
      { status: 'fine', text: '300 ms off, 1 source' },
    ])
    expect(checkClockOnline(NOW, { ntp: null, others: [] })).toMatchObject([{ status: 'unknown' }])
    expect(summarizeClock([wrong])).toEqual({ offsetMs: 86_400_400, sources: 2 })
    expect(summarizeClock([])).toBeNull()
  })
})
