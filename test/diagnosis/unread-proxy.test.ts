/** A proxy that was meant, and a direct way that failed. */
import { describe, expect, it } from 'vitest'
import { diagnose, toDraft } from '../../src/diagnosis/diagnose.ts'
import type { Observation, ProxySetting } from '../../src/diagnosis/observation.ts'
import { dial, trial, tried } from './observation-builders.ts'

const ALL_PROXY: ProxySetting = {
  variable: 'ALL_PROXY',
  value: 'http://[masked]@gw.acme.example:3128',
  reads: 'not-read-by-go',
  wouldDo: true,
  setAt: [{ path: '~/.bashrc', line: 12 }],
}

function told(seen: Observation) {
  const draft = toDraft(diagnose(seen), seen)
  return { cause: draft?.cause, why: draft?.why ?? '', evidence: draft?.evidence ?? [], fixes: draft?.fixes ?? [] }
}

describe('a variable that go does not read', () => {
  it('is part of the answer where no connection was made, and the first fix copies its value without showing it', () => {
    const { cause, why, evidence, fixes } = told({ ...dial('tcp-timeout'), proxySetting: ALL_PROXY })
    expect(cause).toBe('tcp-timeout')
    expect(why).toContain('go went direct although ALL_PROXY names a proxy')
    expect(evidence.map(({ text }) => text).join('\n')).toContain('ALL_PROXY=http://[masked]@gw.acme.example:3128 (set in ~/.bashrc:12)')
    expect(fixes[0]?.commands).toEqual(['export HTTPS_PROXY="$ALL_PROXY"'])
    expect(fixes[0]?.checkedHow).toContain('~/.bashrc:12')
  })

  it('is part of it where the connection died without an octet, and not where the host had answered', () => {
    expect(told(tried([trial('unchanged', '- - -')], { proxySetting: ALL_PROXY })).why).toContain('ALL_PROXY')
    const inProxy = { route: [{ kind: 'http-proxy', address: 'gw.example:3128' }] } as const
    expect(told(tried([trial('unchanged', '- - -')], { proxySetting: ALL_PROXY, ...inProxy })).why).not.toContain('ALL_PROXY')
  })

  it('is no fix where go could not speak to that proxy', () => {
    const setting: ProxySetting = { ...ALL_PROXY, value: 'socks4://gw.acme.example', wouldDo: false }
    const { why, fixes } = told({ ...dial('refused'), proxySetting: setting })
    expect(why).toContain('ALL_PROXY')
    expect(fixes.flatMap(({ commands }) => commands).join('\n')).not.toContain('ALL_PROXY')
  })

  it('is NO_PROXY where that keeps the host from the proxy', () => {
    const setting: ProxySetting = { variable: 'NO_PROXY', value: '.example', reads: 'bypassed' }
    const { why, fixes } = told({ ...dial('refused'), proxySetting: setting })
    expect(why).toContain('NO_PROXY sends go past its proxy')
    expect(fixes[0]).toMatchObject({ env: { NO_PROXY: '', no_proxy: '' } })
  })
})
