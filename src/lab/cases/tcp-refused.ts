import type { LabCase } from '../case.ts'
import { mintChain } from '../chain.ts'
import { holdClosedPort } from '../tcp-server.ts'
import { describeOrigin, labHost } from '../world.ts'

/** Nothing listens there. */
export const tcpRefused: LabCase = {
  id: 'tcp-refused',
  summary: 'nothing listens on the port',
  expect: { cause: 'tcp-refused', leg: 'upstream', stage: 'tcp' },
  async up(world) {
    const host = labHost('tcp-refused', world)
    const { rootsPem } = await mintChain('ok', world.now, { host })
    const { port, close } = await holdClosedPort()
    return describeOrigin(world, { host, port, rootsPem, close })
  },
}
