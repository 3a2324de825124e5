/** A sound company mirror: two names of one company, one private CA that go was never given. */
import type { LabCase } from './case.ts'
import { mintChain } from './chain.ts'
import { startTlsOrigin } from './tls-origin.ts'
import { describeOrigin, labHost } from './world.ts'

/** Nothing is re-signed here: the CA is the servers' own. */
export function definePrivateMirrorCase(id: string, summary: string): LabCase {
  return {
    id,
    summary,
    expect: { cause: 'unknown-authority', leg: 'upstream', stage: 'certificate' },
    async up(world) {
      const host = labHost(id, world)
      const second = `sums-${host}`
      const chain = await mintChain('unknown-authority', world.now, { host })
      if (chain.key === null) throw new Error('the leaf has no private key')
      const server = await startTlsOrigin({ sent: chain.sent, key: chain.key }, world.port)
      const origin = await describeOrigin(world, {
        host,
        port: server.port,
        rootsPem: chain.rootsPem,
        served: chain.served,
        env: { GOPROXY: `https://${host}:${server.port},https://${second}:${server.port}` },
        close: server.close,
      })
      return { ...origin, resolve: [...origin.resolve, `${second}:${server.port}:127.0.0.1`] }
    },
  }
}
