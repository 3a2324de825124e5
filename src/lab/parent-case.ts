/** Cases behind a parent proxy: the origin is sound, HTTPS_PROXY names a proxy that is not. */
import type { LabCase, LabExpectation } from './case.ts'
import { mintChain } from './chain.ts'
import type { Listening } from './listener.ts'
import { type ParentBehaviour, startParentProxy } from './parent-proxy.ts'
import { startTlsOrigin } from './tls-origin.ts'
import { describeOrigin, labHost } from './world.ts'

export interface ParentCase {
  readonly id: string
  readonly summary: string
  readonly expect?: LabExpectation
  readonly behaviour: ParentBehaviour
  readonly takesMs?: number
}

/** A case whose parent proxy has one behaviour; failures are on the parent leg, at CONNECT, unless said. */
export function defineParentCase(data: ParentCase): LabCase {
  return {
    id: data.id,
    summary: data.summary,
    expect: data.expect ?? { cause: data.id, leg: 'parent', stage: 'proxy-connect' },
    ...(data.takesMs !== undefined && { takesMs: data.takesMs }),
    async up(world) {
      const host = labHost(data.id, world)
      const chain = await mintChain('ok', world.now, { host })
      if (chain.key === null) throw new Error('the leaf has no private key')
      const origin = await startTlsOrigin({ sent: chain.sent, key: chain.key }, world.port)
      const parent = await startParentProxy(data.behaviour)
      return describeOrigin(world, {
        host,
        port: origin.port,
        rootsPem: chain.rootsPem,
        served: chain.served,
        env: { HTTPS_PROXY: `http://127.0.0.1:${parent.port}` },
        close: () => closeBoth(parent, origin),
      })
    },
  }
}

async function closeBoth(one: Listening, other: Listening): Promise<void> {
  await one.close()
  await other.close()
}
