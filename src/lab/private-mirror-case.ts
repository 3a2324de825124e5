/** A sound company mirror: two names of one company, one private CA that go was never given. */
import type { LabCase } from './case.ts'
import { mintChain } from './chain.ts'
import { raiseTwoMirrors } from './two-mirrors.ts'
import { labHost } from './world.ts'

/** Nothing is re-signed here: the CA is the servers' own. */
export function definePrivateMirrorCase(id: string, summary: string): LabCase {
  return {
    id,
    summary,
    expect: { cause: 'unknown-authority', leg: 'upstream', stage: 'certificate' },
    async up(world) {
      const host = labHost(id, world)
      return raiseTwoMirrors(world, await mintChain('unknown-authority', world.now, { host }), [host, `sums-${host}`])
    },
  }
}
