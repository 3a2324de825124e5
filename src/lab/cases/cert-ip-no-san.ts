import type { LabCase } from '../case.ts'
import { mintChain } from '../chain.ts'
import { startTlsOrigin } from '../tls-origin.ts'
import { describeOrigin } from '../world.ts'

/** An address for documentation (RFC 5737): go never sends a loopback address through a proxy. */
const HOST = '192.0.2.10'

/** The URL has an IP address and the certificate only names. In the namespace the address is the machine's own, elsewhere `--resolve` leads to loopback. */
export const certIpNoSan: LabCase = {
  id: 'cert-ip-no-san',
  summary: 'the URL has an IP address that the certificate does not name',
  expect: { cause: 'cert-ip-no-san', leg: 'upstream', stage: 'certificate' },
  async up(world) {
    const chain = await mintChain('cert-ip-no-san', world.now, { host: HOST })
    if (chain.key === null) throw new Error('the leaf has no private key')
    const options = { sent: chain.sent, key: chain.key }
    const origin = await startTlsOrigin(options, world.port)
    const direct = await startTlsOrigin(options, origin.port, HOST).catch(() => undefined)
    return describeOrigin(world, {
      host: HOST,
      port: origin.port,
      rootsPem: chain.rootsPem,
      served: chain.served,
      async close() {
        await origin.close()
        await direct?.close()
      },
    })
  },
}
