import { describe, expect, it } from 'vitest'
import { checkMachine, findNewestOwn, type MachineFacts } from '../../src/cli/machine-checks.ts'

const NOW = new Date('2026-11-23T12:00:00.000Z')
const FACTS: MachineFacts = { now: NOW, ntp: { synchronized: true, source: 'timedatectl' }, newestAt: null, roots: 142, parent: null }

const check = (more: Partial<MachineFacts>) =>
  Object.fromEntries(checkMachine({ ...FACTS, ...more }).map(({ name, ok, text }) => [name, { ok, text }]))

describe('the machine on the set-up screen', () => {
  it('a clock that a time service keeps, roots, and no proxy before us are fine', () => {
    expect(check({})).toEqual({
      clock: { ok: true, text: 'synchronized, says timedatectl' },
      roots: { ok: true, text: '142 in the stores that go reads' },
      'parent proxy': { ok: true, text: 'none: whytls goes out directly' },
    })
  })
  it('a clock behind what was already seen is wrong, whatever its service says', () => {
    const { clock } = check({ newestAt: '2026-11-24T12:00:00.000Z' })
    expect(clock).toMatchObject({ ok: false, text: expect.stringContaining('behind') })
  })
  it('an imported capture says nothing of the clock here: another machine took it', () => {
    const own = { startedAt: '2026-11-23T11:00:00.000Z' }
    expect(findNewestOwn([{ startedAt: '2026-12-24T12:00:00.000Z', imported: 'x.pcap' }, own])).toBe(own.startedAt)
    expect(findNewestOwn([{ ...own, imported: 'x.pcap' }])).toBeNull()
  })
  it('nothing is claimed of a clock that nobody could be asked about', () => {
    expect(check({ ntp: null })['clock']).toEqual({ ok: null, text: 'not checked: no time service could be asked' })
    expect(check({ ntp: { synchronized: false, source: 'chronyc' } })['clock']?.ok).toBeNull()
  })
  it('an empty pool is a problem, an unreadable store is not', () => {
    expect(check({ roots: 0 })['roots']?.ok).toBe(false)
    expect(check({ roots: null })['roots']?.ok).toBeNull()
  })
  it('names the proxy that is chained to', () => {
    expect(check({ parent: 'gw.acme.example:3128' })['parent proxy']?.text).toBe('whytls forwards to gw.acme.example:3128')
  })
})
