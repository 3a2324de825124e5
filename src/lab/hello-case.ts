/** Cases whose server answers the ClientHello by hand. */
import type { LabCase, LabExpectation } from './case.ts'
import { mintChain } from './chain.ts'
import { type HelloAnswer, startHelloServer } from './hello-server.ts'
import { describeOrigin, labHost } from './world.ts'

export interface HelloCase {
  readonly id: string
  readonly summary: string
  readonly expect: LabExpectation
  readonly answer: HelloAnswer
  readonly refusedSince?: string
}

/** A case whose server gets no further than its first messages. */
export function defineHelloCase({ id, summary, expect, answer, refusedSince }: HelloCase): LabCase {
  return {
    id,
    summary,
    expect,
    ...(refusedSince !== undefined && { refusedSince }),
    async up(world) {
      const host = labHost(id, world)
      const { rootsPem } = await mintChain('ok', world.now, { host })
      const server = await startHelloServer(answer, world.port)
      return describeOrigin(world, { host, port: server.port, rootsPem, close: server.close })
    },
  }
}
