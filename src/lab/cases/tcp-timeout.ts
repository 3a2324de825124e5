import type { LabCase } from '../case.ts'
import { mintChain } from '../chain.ts'
import { startFullBacklog } from '../full-backlog.ts'
import { describeOrigin, labHost } from '../world.ts'

/** The SYN is never answered; go waits thirty seconds. */
export const tcpTimeout: LabCase = {
  id: 'tcp-timeout',
  summary: 'the TCP connection is never answered',
  expect: { cause: 'tcp-timeout', leg: 'upstream', stage: 'tcp' },
  takesMs: 30_000,
  async up(world) {
    const host = labHost('tcp-timeout', world)
    const { rootsPem } = await mintChain('ok', world.now, { host })
    const { port, close } = await startFullBacklog()
    return describeOrigin(world, { host, port, rootsPem, close })
  },
}
