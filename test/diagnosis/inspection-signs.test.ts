import { describe, expect, it } from 'vitest'
import { diagnose } from '../../src/diagnosis/diagnose.ts'
import { findInspectionSigns, weighInspection } from '../../src/diagnosis/inspection-signs.ts'
import type { ResigningSigns } from '../../src/diagnosis/observation.ts'
import { NO_SIGNS } from '../../src/diagnosis/resigning.ts'
import { defect, refusedInClear, refusedUnread, verdict, witness } from './observation-builders.ts'

const UNKNOWN = verdict([defect('unknown-authority', { issuer: 'CN=Acme Root' })])

function strength(signs: Partial<ResigningSigns>) {
  const found = findInspectionSigns(refusedInClear(UNKNOWN, 42, { resigning: { ...NO_SIGNS, ...signs } }))
  return found === null ? null : weighInspection(found)
}

describe('re-signing', () => {
  it('is shown by two proofs, or by one with a further sign', () => {
    expect(strength({ alsoIssuedFor: ['a.one.example', 'b.two.example'] })).toBe('shown')
    expect(strength({ alsoIssuedFor: ['a.one.example'], earlierIssuer: 'CN=WR2' })).toBe('shown')
    expect(strength({ alsoIssuedFor: ['a.one.example'], sharesLeafKey: true })).toBe('shown')
    expect(strength({ earlierIssuer: 'CN=WR2', issuesForAnyName: true })).toBe('shown')
  })
  it('is highly probable by another issuer before', () => {
    expect(strength({ earlierIssuer: 'CN=WR2' })).toBe('high')
  })
  it('only looks so where a certificate came for any name, or one other host has such a one: companies have several domains', () => {
    expect(strength({ alsoIssuedFor: ['a.one.example'] })).toBe('likely')
    expect(strength({ issuesForAnyName: true })).toBe('likely')
  })
  it('is not shown by nothing, nor behind a public authority', () => {
    expect(strength({})).toBeNull()
    expect(strength({ alsoIssuedFor: ['a.one.example', 'b.two.example'], isPublicAuthority: true })).toBeNull()
  })
  it("that only looks so is not made surer by go's words, which fit a private CA as well", () => {
    const resigning = { ...NO_SIGNS, issuesForAnyName: true }
    const said = witness('tls: failed to verify certificate: x509: unknown-authority')
    const [first] = diagnose(refusedUnread(UNKNOWN, true, { resigning, witness: said }))
    expect(first).toMatchObject({ cause: 'inspection-ca-untrusted', confidence: 'likely' })
    expect(first?.explanation.alsoPossible?.map(({ cause }) => cause)).toContain('unknown-authority')
  })
})
