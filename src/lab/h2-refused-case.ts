/** Cases whose server agrees on h2 and answers no request. */
import type { LabCase } from './case.ts'
import { mintChain } from './chain.ts'
import { type GoAway, startH2Refuser } from './h2-refuser.ts'
import { describeOrigin, labHost } from './world.ts'

/** A case for one GOAWAY; with last stream 0 go comes back for ever. */
export function defineH2RefusedCase(id: string, summary: string, goAway: GoAway): LabCase {
  return {
    id,
    summary,
    expect: { cause: 'http2-refused', leg: 'upstream', stage: 'application-data', needsWitness: true },
    ...(goAway.lastStream === 0 && { takesMs: Number.POSITIVE_INFINITY }),
    async up(world) {
      const host = labHost(id)
      const chain = await mintChain('ok', world.now, { host })
      if (chain.key === null) throw new Error('the leaf has no private key')
      const server = await startH2Refuser({ sent: chain.sent, key: chain.key, goAway }, world.port)
      return describeOrigin(world, { host, port: server.port, rootsPem: chain.rootsPem, served: chain.served, close: server.close })
    },
  }
}
