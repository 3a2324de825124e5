import { describe, expect, it } from 'vitest'
import { diagnose } from '../../src/diagnosis/diagnose.ts'
import type { ClockFacts, OtherClock } from '../../src/diagnosis/observation.ts'
import { findTrueTime, findVouchers } from '../../src/diagnosis/true-time.ts'
import { clock, defect, refusedInClear, refusedUnread, teller, verdict, witness } from './observation-builders.ts'

const A = teller('a.example', 365)
const B = teller('b.example', 365)
const PARENT = teller('gw.acme.example:3128', 365, { chainHolds: null })
const FAILING = teller('modproxy.example', 365, { isFailingHost: true })
const YES = { synchronized: true, source: 'timedatectl' }
const NO = { synchronized: false, source: 'timedatectl' }

const ROWS: readonly (readonly [string, readonly OtherClock[], ClockFacts['ntp'], string | null])[] = [
  ['two hosts whose chains hold', [A, B], null, 'certain'],
  ['two hosts against a time service that feels well', [A, B], YES, 'high'],
  ['one host whose chain holds', [A], null, 'high'],
  ['one host and a time service that is out of step', [A], NO, 'certain'],
  ['one host against a time service that feels well', [A], YES, 'likely'],
  ['one host and the parent proxy', [A, PARENT], null, 'certain'],
  ['the parent proxy alone', [PARENT], null, 'high'],
  ['the parent proxy alone, out of step', [PARENT], NO, 'high'],
  ['the failing host alone', [FAILING], null, 'possible'],
  ['the failing host alone, out of step', [FAILING], NO, 'possible'],
  ['a host whose chain fails at its own time', [teller('a.example', 365, { chainHolds: false })], null, null],
  ['two hosts that contradict each other', [A, teller('b.example', 30)], null, null],
  ['one host that tells our time', [A, teller('b.example', 0)], null, null],
  ['the failing host itself tells our time', [A, { ...FAILING, offsetMs: 900 }], null, null],
  ['nobody', [], NO, null],
]

describe('the true time', () => {
  it.each(ROWS)('by %s', (_who, others, ntp, confidence) => {
    expect(findTrueTime({ ntp, others })?.confidence ?? null).toBe(confidence)
  })

  it('has vouchers in independent clocks alone', () => {
    const right = [
      teller('a.example', 0),
      teller('modproxy.example', 0, { isFailingHost: true }),
      teller('b.example', 0, { chainHolds: false }),
    ]
    expect(findVouchers({ ntp: null, others: right }).map(({ host }) => host)).toEqual(['a.example', 'modproxy.example'])
  })
})

describe('a certificate that is over', () => {
  const over = verdict([defect('cert-expired', { notAfter: '2026-11-19T12:00:00Z' })])
  const found = (others: readonly OtherClock[], atTrueTime = verdict([])) =>
    diagnose(refusedInClear(over, 42, { clock: clock(others, atTrueTime) }))[0]

  it('stays the diagnosis, less sure, when only its own host tells an old time', () => {
    expect(found([FAILING])).toMatchObject({ cause: 'cert-expired', confidence: 'likely' })
    expect(found([FAILING])?.explanation.alsoPossible).toMatchObject([{ cause: 'client-clock-wrong' }])
  })

  it("does not become surer by go's words, which are the same for a wrong clock", () => {
    const said = witness('tls: failed to verify certificate: x509: cert-expired')
    const [first] = diagnose(refusedUnread(over, true, { clock: clock([FAILING]), witness: said }))
    expect(first).toMatchObject({ cause: 'cert-expired', confidence: 'likely' })
  })

  it('is beyond doubt when another clock agrees with this machine', () => {
    const first = found([teller('a.example', 0), FAILING])
    expect(first).toMatchObject({ cause: 'cert-expired', confidence: 'certain' })
    expect(first?.explanation.alsoPossible).toEqual([])
    expect(first?.explanation.evidence.map(({ text }) => text).join()).toContain('same time as this machine')
  })

  it('is the diagnosis with the clock as a further truth when it is over at the true time as well', () => {
    const first = found([teller('a.example', 1 / 24)], over)
    expect(first).toMatchObject({ cause: 'cert-expired' })
    expect(first?.explanation.alsoTrue?.join()).toContain('clock is 1 hour ahead')
  })

  it('looks like a time zone when it is off by whole hours', () => {
    expect(found([teller('a.example', 2 / 24)])?.explanation.why).toContain('time zone')
    expect(found([teller('a.example', 2.3 / 24)])?.explanation.why).not.toContain('time zone')
  })

  it('is a wrong clock with a further truth when another defect remains at the true time', () => {
    const first = found([A, B], verdict([defect('cert-name-mismatch')]))
    expect(first).toMatchObject({ cause: 'client-clock-wrong', confidence: 'certain' })
    expect(first?.explanation.alsoTrue?.join()).toContain('not for this host name')
    expect(first?.explanation.fixes.some(({ checked }) => checked)).toBe(false)
  })
})
