/** What all cases share: the client's environment, the module's name and the shape of what `up` returns. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { LabOrigin, LabWorld } from './case.ts'
import { LAB_MODULE } from './module-server.ts'

/** What a case knows when its servers are up. */
export interface Raised {
  readonly host: string
  readonly port: number
  /** The client's root bundle; '' = a file with nothing in it. */
  readonly rootsPem: string
  readonly served?: readonly string[]
  /** Where HOST:PORT is to be found; 127.0.0.1 unless said. null = no `--resolve` for it. */
  readonly address?: string | null
  readonly env?: Readonly<Record<string, string>>
  readonly module?: string
  readonly cwd?: string
  readonly close: () => Promise<void>
}

/** The name under which a case is reached; the world's own label in its place where the cause must not be told. */
export function labHost(id: string, world: Pick<LabWorld, 'label'>): string {
  return `${world.label ?? id.replaceAll('/', '-')}.whytls.test`
}

/** Describe a raised case: environment with the lab's roots alone, GOPROXY, `--resolve` lines. */
export async function describeOrigin(world: LabWorld, raised: Raised): Promise<LabOrigin> {
  const authority = raised.port === 443 ? raised.host : `${raised.host}:${raised.port}`
  const address = raised.address === undefined ? '127.0.0.1' : raised.address
  return {
    goproxy: `https://${authority}`,
    host: raised.host,
    port: raised.port,
    resolve: address === null ? [] : [`${raised.host}:${raised.port}:${address}`],
    env: { ...(await clientEnvironment(world, raised.rootsPem)), GOPROXY: `https://${authority}`, ...raised.env },
    module: raised.module ?? `${LAB_MODULE.path}@${LAB_MODULE.version}`,
    served: raised.served ?? [],
    ...(raised.cwd !== undefined && { cwd: raised.cwd }),
    close: raised.close,
  }
}

/**
 * Only the lab's roots are trusted, since both variables replace their lists; the checksum database is off because the lab has none;
 * proxies set around us are cleared under both spellings, since go falls back from an empty one to the other.
 */
async function clientEnvironment(world: LabWorld, rootsPem: string): Promise<Record<string, string>> {
  const bundle = join(world.folder, 'roots.pem')
  const emptyFolder = join(world.folder, 'no-roots.d')
  await mkdir(emptyFolder, { recursive: true })
  await writeFile(bundle, rootsPem)
  const cleared = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'NO_PROXY', 'no_proxy', 'GOPRIVATE', 'GONOPROXY', 'GOINSECURE']
  return {
    ...Object.fromEntries(cleared.map((name) => [name, ''])),
    SSL_CERT_FILE: bundle,
    SSL_CERT_DIR: emptyFolder,
    GOENV: 'off',
    GOSUMDB: 'off',
    GONOSUMDB: '*',
    GOFLAGS: '-mod=mod',
    GOTOOLCHAIN: 'local',
  }
}
