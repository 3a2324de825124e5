import type { LabCase } from '../case.ts'
import { mintChain } from '../chain.ts'
import { describeOrigin, labHost } from '../world.ts'

/** The address (RFC 5737) has no route in the namespace; elsewhere there may be a default route. */
export const tcpUnreachable: LabCase = {
  id: 'tcp-unreachable',
  summary: 'there is no route to the host',
  expect: { cause: 'tcp-unreachable', leg: 'upstream', stage: 'tcp' },
  needsNamespace: true,
  async up(world) {
    const host = labHost('tcp-unreachable', world)
    const { rootsPem } = await mintChain('ok', world.now, { host })
    return describeOrigin(world, { host, port: 443, address: '203.0.113.7', rootsPem, close: async () => {} })
  },
}
