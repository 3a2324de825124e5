import type { LabCase } from '../case.ts'
import { mintChain } from '../chain.ts'
import { startIssuerServer } from '../issuer-server.ts'
import { startTlsOrigin } from '../tls-origin.ts'
import { describeOrigin, labHost } from '../world.ts'

/** The server sends its leaf alone; the leaf says where the intermediate can be fetched, which go never does. */
export const missingIntermediate: LabCase = {
  id: 'missing-intermediate',
  summary: 'the server does not send its intermediate certificate',
  expect: { cause: 'missing-intermediate', leg: 'upstream', stage: 'certificate' },
  async up(world) {
    const host = labHost('missing-intermediate', world)
    const issuers = await startIssuerServer()
    const chain = await mintChain('missing-intermediate', world.now, { host, aia: `http://127.0.0.1:${issuers.port}/issuing-ca.cer` })
    issuers.publish(chain.byName.get('intermediate'))
    if (chain.key === null) throw new Error('the leaf has no private key')
    const server = await startTlsOrigin({ sent: chain.sent, key: chain.key }, world.port)
    return describeOrigin(world, {
      host,
      port: server.port,
      rootsPem: chain.rootsPem,
      served: chain.served,
      async close() {
        await server.close()
        await issuers.close()
      },
    })
  },
}
