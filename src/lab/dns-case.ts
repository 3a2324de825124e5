/** Cases whose name is not resolved. They need the namespace, where the resolver is the lab's own: port 53 of 127.0.0.1. */
import type { LabCase } from './case.ts'
import { mintChain } from './chain.ts'
import { useDnsServer } from './dns-server.ts'
import { describeOrigin, labHost } from './world.ts'

/** A case for one of the name server's answers. Nothing listens at the origin: nobody gets so far. */
export function defineDnsCase(data: { readonly id: string; readonly summary: string; readonly takesMs?: number }): LabCase {
  return {
    ...data,
    expect: { cause: data.id, leg: 'upstream', stage: 'dns' },
    needsNamespace: true,
    async up(world) {
      const { rootsPem } = await mintChain('ok', world.now, { host: labHost(data.id, world) })
      const close = await useDnsServer()
      return describeOrigin(world, { host: labHost(data.id, world), port: 443, address: null, rootsPem, close })
    },
  }
}
