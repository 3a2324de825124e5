/** Cases whose origin does not get as far as a certificate: it resets, closes, keeps silent or speaks something else. */
import type { LabCase, LabExpectation } from './case.ts'
import { mintChain } from './chain.ts'
import { startTcpServer, type TcpBehaviour } from './tcp-server.ts'
import { describeOrigin, labHost } from './world.ts'

export interface TcpCase {
  readonly id: string
  readonly summary: string
  readonly expect: LabExpectation
  readonly behaviour: TcpBehaviour
  readonly takesMs?: number
}

/** A case served by a plain TCP server; the client's roots are sound, so that nothing else is wrong. */
export function defineTcpCase(data: TcpCase): LabCase {
  return {
    id: data.id,
    summary: data.summary,
    expect: data.expect,
    ...(data.takesMs !== undefined && { takesMs: data.takesMs }),
    async up(world) {
      const host = labHost(data.id, world)
      const { rootsPem } = await mintChain('ok', world.now, { host })
      const server = await startTcpServer(data.behaviour, world.port)
      return describeOrigin(world, { host, port: server.port, rootsPem, close: server.close })
    },
  }
}
