import { describe, expect, it } from 'vitest'
import { fixesToTry } from '../../src/cli/retry.ts'
import type { Diagnosis } from '../../src/contract/diagnosis.ts'
import { fix } from '../../src/diagnosis/fixes.ts'

const PLAIN = fix({ title: 'renew the certificate', who: 'server-owner' })
const ROOTS = fix({ title: 'roots', env: { SSL_CERT_FILE: 'a.pem' } })
const DEBUG = fix({ title: 'smaller hello', env: { GODEBUG: 'tlsmlkem=0' }, checked: true })

function diagnosis(...fixes: Diagnosis['fixes']): Diagnosis {
  return {
    id: 1,
    cause: 'x',
    leg: null,
    stage: null,
    fault: 'nobody',
    confidence: 'likely',
    host: 'mods.example',
    port: 443,
    handshakes: [],
    count: 1,
    title: '',
    why: '',
    goText: null,
    evidence: [],
    fixes,
    willNotHelp: [],
    alsoPossible: [],
    alsoTrue: [],
    notChecked: [],
  }
}

describe('the fixes that can be tried', () => {
  it('are those that are an environment alone, checked ones first', () => {
    expect(fixesToTry([diagnosis(PLAIN, ROOTS, DEBUG)]).map(({ title }) => title)).toEqual(['smaller hello', 'roots'])
  })
  it('count once, whatever the shell that they are written for', () => {
    const forFish = { ...ROOTS, shell: 'fish' } as const
    expect(fixesToTry([diagnosis(ROOTS, forFish), diagnosis(ROOTS)])).toEqual([ROOTS])
  })
})
