/** Cases whose server agrees on h2 and answers no request. */
import type { LabCase, LabExpectation } from './case.ts'
import { mintChain } from './chain.ts'
import { type GoAway, startH2Refuser } from './h2-refuser.ts'
import { describeOrigin, labHost } from './world.ts'

const REFUSED: LabExpectation = { cause: 'http2-refused', leg: 'upstream', stage: 'application-data', needsWitness: true }
const NOTHING: LabExpectation = { cause: 'ok', leg: null, stage: null }

/** A case for one GOAWAY; with last stream 0 go comes back for ever and never says a word that could be diagnosed. */
export function defineH2RefusedCase(id: string, summary: string, goAway: GoAway): LabCase {
  const isEndless = goAway.lastStream === 0
  return {
    id,
    summary,
    ...(isEndless ? { expect: NOTHING, takesMs: Number.POSITIVE_INFINITY } : { expect: REFUSED }),
    async up(world) {
      const host = labHost(id, world)
      const chain = await mintChain('ok', world.now, { host })
      if (chain.key === null) throw new Error('the leaf has no private key')
      const server = await startH2Refuser({ sent: chain.sent, key: chain.key, goAway }, world.port)
      return describeOrigin(world, { host, port: server.port, rootsPem: chain.rootsPem, served: chain.served, close: server.close })
    },
  }
}
