import { describe, expect, it } from 'vitest'
import type { Diagnosis } from '../../src/contract/diagnosis.ts'
import { disarm, errorAnnotations } from '../../src/report/workflow-commands.ts'
import { diagnosisOf, SEEN } from './samples.ts'

const HOSTILE = 'a\n::add-mask::x\r\n100 % of "mods.example"'

function diagnosis(title: string): Diagnosis {
  return diagnosisOf(SEEN.expired, { cause: 'cert-expired', title, why: 'It was valid until 19 Nov 2026.' })
}

describe('annotations for GitHub Actions', () => {
  it('are one line each, with the cause as title', () => {
    expect(errorAnnotations([diagnosis('the certificate of mods.example expired')])).toBe(
      '::error title=cert-expired::the certificate of mods.example expired. It was valid until 19 Nov 2026.\n',
    )
  })
  it('stay one line whatever was captured', () => {
    const lines = errorAnnotations([diagnosis(HOSTILE), diagnosis('next')]).split('\n')
    expect(lines).toHaveLength(3)
    for (const line of lines.slice(0, 2)) expect(line).toMatch(/^::error title=cert-expired::[^\r\n]*$/)
    expect(lines[0]).toContain('100 %25 of')
  })
  it('leave no other line that the runner would obey', () => {
    const shown = disarm('error: x\n  ::add-mask::x\n::stop-commands::y\n##[group]z\nfine :: text\n')
    expect(shown).toBe('error: x\n  : :add-mask::x\n: :stop-commands::y\n# #[group]z\nfine :: text\n')
  })
})
