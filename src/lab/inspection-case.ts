/** Cases with a gateway on the way that opens TLS and signs again what it saw. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { LabCase, LabExpectation, LabWorld } from './case.ts'
import { mintChain } from './chain.ts'
import { type Gateway, startInspectingGateway } from './inspecting-gateway.ts'
import { startParentProxy, tunnelTo } from './parent-proxy.ts'
import { describeOrigin, labHost } from './world.ts'

export interface InspectionCase {
  readonly id: string
  readonly summary: string
  readonly expect?: LabExpectation
  /** `wire`: it sits in the path unseen; `proxy`: it is the parent proxy. */
  readonly where: 'wire' | 'proxy'
  /** Who has its CA: nobody, git alone, or go too. */
  readonly trustedBy?: 'git' | 'go'
  readonly rootName?: string
  readonly since?: string
}

/** A case in which one gateway signs for all hosts. GOPROXY names two that have nothing to do with each other. */
export function defineInspectionCase(data: InspectionCase): LabCase {
  return {
    id: data.id,
    summary: data.summary,
    expect: data.expect ?? { cause: 'inspection-ca-untrusted', leg: 'upstream', stage: 'certificate' },
    async up(world) {
      const host = labHost(data.id, world)
      const other = `mirror.${labHost(data.id, world).split('.')[0]}-elsewhere.test`
      const gateway = await startGateway(data, host, world)
      const proxy = data.where === 'proxy' ? await startParentProxy(tunnelTo(gateway.port)) : null
      const trusted = data.trustedBy === 'go' ? gateway.rootPem : (await mintChain('ok', world.now, { host })).rootsPem
      const origin = await describeOrigin(world, {
        host,
        port: gateway.port,
        rootsPem: trusted,
        served: gateway.served,
        env: {
          ...(proxy === null ? {} : { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` }),
          ...(data.trustedBy === 'git' ? { GIT_SSL_CAINFO: await writeGitList(world, gateway.rootPem) } : {}),
          GOPROXY: `https://${host}:${gateway.port},https://${other}:${gateway.port}`,
        },
        async close() {
          await proxy?.close()
          await gateway.close()
        },
      })
      return { ...origin, resolve: [...origin.resolve, `${other}:${gateway.port}:127.0.0.1`] }
    },
  }
}

function startGateway({ rootName, since }: InspectionCase, host: string, world: LabWorld): Promise<Gateway> {
  const named = rootName ?? 'O=Acme Corp, CN=Acme Corp Root G2'
  return startInspectingGateway(
    { now: world.now, host, rootName: named, signerName: 'O=Acme Corp, CN=Acme Corp Issuing CA 3', since: since ?? '-2d' },
    world.port,
  )
}

async function writeGitList(world: LabWorld, pem: string): Promise<string> {
  const folder = join(world.folder, 'git')
  await mkdir(folder, { recursive: true })
  const file = join(folder, 'ca.pem')
  await writeFile(file, pem)
  return file
}
