import { describe, expect, it } from 'vitest'
import { diagnose } from '../../src/diagnosis/diagnose.ts'
import { defect, refusedInClear, verdict } from './observation-builders.ts'

const FINE = verdict([])

describe("a client's clock that is not this machine's", () => {
  it('is likely where the client calls a chain expired that is valid now', () => {
    const [finding] = diagnose(refusedInClear(FINE, 45, { isClientRemote: true }))
    expect(finding).toMatchObject({ cause: 'client-clock-wrong', confidence: 'likely', fault: 'client-machine' })
    expect(finding?.explanation.title).toContain("the client's clock may be wrong, not this machine's")
  })
  it('is never read out of the alert that go sends for everything', () => {
    const causes = diagnose(refusedInClear(FINE, 42)).map(({ cause }) => cause)
    expect(causes).not.toContain('client-clock-wrong')
  })
  it('is one of several possible where a client elsewhere refuses a chain that is fine', () => {
    const [finding] = diagnose(refusedInClear(FINE, 42, { isClientRemote: true }))
    expect(finding?.explanation.alsoPossible?.map(({ cause }) => cause)).toContain('client-clock-wrong')
    const [near] = diagnose(refusedInClear(FINE, 42))
    expect(near?.explanation.alsoPossible?.map(({ cause }) => cause)).not.toContain('client-clock-wrong')
  })
  it('is not given where the chain has another defect by this clock', () => {
    const causes = diagnose(refusedInClear(verdict([defect('unknown-authority')]), 45)).map(({ cause }) => cause)
    expect(causes).not.toContain('client-clock-wrong')
  })
})
