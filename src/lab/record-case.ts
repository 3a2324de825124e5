/** Cases whose origin is sound but for what a box on the path does to its records. */
import type { LabCase, LabExpectation } from './case.ts'
import { mintChain } from './chain.ts'
import { type RecordEdit, startRecordRelay } from './record-relay.ts'
import { startTlsOrigin, type TlsOriginOptions } from './tls-origin.ts'
import { describeOrigin, labHost } from './world.ts'

export interface RecordCase {
  readonly id: string
  readonly summary: string
  readonly expect: LabExpectation
  readonly origin?: Partial<TlsOriginOptions>
  readonly recipe?: string
  /** What the box does on each connection. @param keyLog grows with the origin's secrets */
  readonly makeEdit: (keyLog: readonly string[]) => () => RecordEdit
}

/** A case served by Node's own TLS behind the box. */
export function defineRecordCase(data: RecordCase): LabCase {
  return {
    id: data.id,
    summary: data.summary,
    expect: data.expect,
    async up(world) {
      const host = labHost(data.id, world)
      const chain = await mintChain(data.recipe ?? 'ok', world.now, { host })
      if (chain.key === null) throw new Error(`${data.id}: its leaf has no private key`)
      const keyLog: string[] = []
      const onKeyLog = (line: string) => void keyLog.push(line)
      const origin = await startTlsOrigin({ sent: chain.sent, key: chain.key, onKeyLog, ...data.origin }, 0)
      const server = await startRecordRelay(origin, data.makeEdit(keyLog), world.port)
      return describeOrigin(world, { host, port: server.port, rootsPem: chain.rootsPem, close: server.close })
    },
  }
}
