import type { LabCase } from '../case.ts'
import { mintChain } from '../chain.ts'
import { holdClosedPort } from '../tcp-server.ts'
import { describeOrigin, labHost } from '../world.ts'

/** HTTPS_PROXY names a port where nothing listens. */
export const proxyUnreachable: LabCase = {
  id: 'proxy-unreachable',
  summary: 'nothing listens at HTTPS_PROXY',
  expect: { cause: 'proxy-unreachable', leg: 'parent', stage: 'tcp' },
  async up(world) {
    const host = labHost('proxy-unreachable', world)
    const { rootsPem } = await mintChain('ok', world.now, { host })
    const { port, close } = await holdClosedPort()
    const env = { HTTPS_PROXY: `http://127.0.0.1:${port}` }
    return describeOrigin(world, { host, port: 443, rootsPem, env, close })
  },
}
