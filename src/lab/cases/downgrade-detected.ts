import type { LabCase } from '../case.ts'
import { mintChain } from '../chain.ts'
import { type HelloEdit, startHelloEditor, withoutTls13 } from '../hello-editor.ts'
import { startTlsOrigin } from '../tls-origin.ts'
import { describeOrigin, labHost } from '../world.ts'

/** A sound origin of TLS 1.3 behind a device that changes the ClientHello on its way. */
export function defineEditedCase(id: string, summary: string, edit: HelloEdit, expect: LabCase['expect'], refusedSince?: string): LabCase {
  return {
    id,
    summary,
    expect,
    ...(refusedSince !== undefined && { refusedSince }),
    async up(world) {
      const host = labHost(id, world)
      const chain = await mintChain('ok', world.now, { host })
      if (chain.key === null) throw new Error(`${id}: its leaf has no private key`)
      const origin = await startTlsOrigin({ sent: chain.sent, key: chain.key }, 0)
      const server = await startHelloEditor(origin, edit, world.port)
      return describeOrigin(world, { host, port: server.port, rootsPem: chain.rootsPem, served: chain.served, close: server.close })
    },
  }
}

/** A device takes TLS 1.3 out of the ClientHello. */
export const downgradeDetected = defineEditedCase(
  'downgrade-detected',
  'a device on the path takes TLS 1.3 out of the ClientHello',
  withoutTls13,
  { cause: 'downgrade-detected', leg: 'upstream', stage: 'server-hello' },
)
