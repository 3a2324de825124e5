/** One server under two names, both of them in GOPROXY: what the two have in common shows whose certificate it is. */
import type { LabOrigin, LabWorld } from './case.ts'
import type { MintedChain } from './chain.ts'
import { startTlsOrigin } from './tls-origin.ts'
import { describeOrigin } from './world.ts'

/** Bring the server up. @throws Error when the chain's leaf has no private key */
export async function raiseTwoMirrors(world: LabWorld, chain: MintedChain, names: readonly [string, string]): Promise<LabOrigin> {
  if (chain.key === null) throw new Error('the leaf has no private key')
  const [host, other] = names
  const server = await startTlsOrigin({ sent: chain.sent, key: chain.key }, world.port)
  const origin = await describeOrigin(world, {
    host,
    port: server.port,
    rootsPem: chain.rootsPem,
    served: chain.served,
    env: { GOPROXY: `https://${host}:${server.port},https://${other}:${server.port}` },
    close: server.close,
  })
  return { ...origin, resolve: [...origin.resolve, `${other}:${server.port}:127.0.0.1`] }
}
