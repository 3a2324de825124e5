import { describe, expect, it } from 'vitest'
import { diagnose, toDraft } from '../../src/diagnosis/diagnose.ts'
import { readGoErrors } from '../../src/diagnosis/witness.ts'
import { completed, observation } from './observation-builders.ts'

const LINE = 'go: x.test/m@v1.0.0: unrecognized import path "x.test/m": '
const PAGE = 'https://x.test/m?go-get=1'

function judge(said: string) {
  const [witness] = readGoErrors(`${LINE}${said}\n`)
  const seen = observation({ ...completed(), outcome: 'passed', witness: witness ?? null, ending: null })
  return toDraft(diagnose(seen), seen)
}

describe('a page at ?go-get=1 that go cannot use', () => {
  it.each([
    `parse ${PAGE}: no go-import meta tags ()`,
    `parse ${PAGE}: no go-import meta tags (meta tag x.test/other did not match import path x.test/m)`,
    'parse //x.test/m?go-get=1: multiple meta tags match import path "x.test/m"',
    'parsing x.test/m: XML syntax error on line 2: illegal character code',
    `${PAGE}: unknown vcs "cvs"`,
    `${PAGE}: invalid repo root "//x": no scheme`,
    `${PAGE} and ${PAGE} disagree about go-import for x.test`,
  ])('is named, and not as the fault of a module proxy: %s', (said) => {
    expect(judge(said)).toMatchObject({ cause: 'invalid-module-response', stage: 'application-data' })
    expect(judge(said)?.title).toBe('TLS is fine; the page of modproxy.example does not tell go where the module is')
  })
  it('is not what a status or a broken connection means', () => {
    expect(judge(`reading ${PAGE}: 404 Not Found`)?.cause).toBe('http-404')
    expect(judge(`https fetch: Get "${PAGE}": EOF`)?.cause).not.toBe('invalid-module-response')
  })
})
