/** Cases whose server agrees on h2 and answers no request. */
import type { LabCase, LabExpectation } from './case.ts'
import { mintChain } from './chain.ts'
import { type Goodbye, startH2Refuser } from './h2-refuser.ts'
import { describeOrigin, labHost } from './world.ts'

const REFUSED: LabExpectation = { cause: 'http2-refused', leg: 'upstream', stage: 'application-data' }

/** A case for one goodbye; behind some go comes back for ever and never says a word. */
export function defineH2RefusedCase(id: string, summary: string, goodbye: Goodbye): LabCase {
  const isEndless = goodbye.frame === 'RST_STREAM' || goodbye.lastStream === 0
  return {
    id,
    summary,
    ...(isEndless ? { expect: REFUSED, takesMs: Number.POSITIVE_INFINITY } : { expect: { ...REFUSED, needsWitness: true } }),
    async up(world) {
      const host = labHost(id, world)
      const chain = await mintChain('ok', world.now, { host })
      if (chain.key === null) throw new Error('the leaf has no private key')
      const server = await startH2Refuser({ sent: chain.sent, key: chain.key, goodbye }, world.port)
      return describeOrigin(world, { host, port: server.port, rootsPem: chain.rootsPem, served: chain.served, close: server.close })
    },
  }
}
