import { describe, expect, it } from 'vitest'
import { diagnose, toDraft } from '../../src/diagnosis/diagnose.ts'
import type { DiagnosisDraft } from '../../src/diagnosis/draft.ts'
import { groupDiagnoses } from '../../src/store/group.ts'
import { dial } from '../diagnosis/observation-builders.ts'

const draft = (kind: Parameters<typeof dial>[0], host: string): DiagnosisDraft => {
  const seen = { ...dial(kind), target: { host, port: 443, address: null } }
  const found = toDraft(diagnose(seen), seen)
  if (found === undefined) throw new Error('no diagnosis')
  return found
}
const hosts = (...findings: readonly DiagnosisDraft[]) =>
  groupDiagnoses(findings.map((finding, at) => ({ id: at + 1, handshakeId: at + 1, runId: 1, finding }))).map(({ host }) => host)

describe('groupDiagnoses', () => {
  it('puts the last of equals first: go tries one entry of GOPROXY behind the other and speaks of the last', () => {
    expect(hosts(draft('refused', 'first.test'), draft('refused', 'second.test'))).toEqual(['second.test', 'first.test'])
  })
  it('lets the stage and the count go before that', () => {
    expect(hosts(draft('nxdomain', 'first.test'), draft('refused', 'second.test'))).toEqual(['first.test', 'second.test'])
    const often = draft('refused', 'first.test')
    expect(hosts(often, often, draft('refused', 'second.test'))).toEqual(['first.test', 'second.test'])
  })
})
