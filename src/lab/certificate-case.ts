/** Cases whose defect is a certificate: a recipe of `certs/`, minted for the case's own host and served by a TLS origin. */
import type { LabCase, LabExpectation, LabOrigin, LabWorld } from './case.ts'
import { type MintedChain, mintChain } from './chain.ts'
import type { Listening } from './listener.ts'
import { type RawTlsOptions, startRawTlsServer } from './raw-server.ts'
import { startTlsOrigin, type TlsOriginOptions } from './tls-origin.ts'
import { describeOrigin, labHost } from './world.ts'

/** A certificate case as data; everything but `id` and `summary` has a default. */
export interface CertificateCase {
  readonly id: string
  readonly summary: string
  /** Name in `certs/`; the id unless said. */
  readonly recipe?: string
  readonly expect?: LabExpectation
  readonly refusedSince?: string
  readonly takesMs?: number
}

/** A case served by Node's own TLS. */
export function defineCertificateCase(data: CertificateCase & { readonly origin?: Partial<TlsOriginOptions> }): LabCase {
  return defineChainCase(data, (chain, world) => {
    if (chain.key === null) throw new Error(`${data.id}: its leaf has no private key`)
    return startTlsOrigin({ sent: chain.sent, key: chain.key, ...data.origin }, world.port)
  })
}

/** A case served by hand, because Node would refuse to load or send its certificates; TLS 1.3 unless said. */
export function defineRawCertificateCase(data: CertificateCase & Partial<Pick<RawTlsOptions, 'version' | 'stop'>>): LabCase {
  const limits = { version: data.version ?? '1.3', ...(data.stop !== undefined && { stop: data.stop }) }
  return defineChainCase(data, ({ sent, key }, world) => startRawTlsServer({ sent, key, ...limits }, world.port))
}

type Start = (chain: MintedChain, world: LabWorld) => Promise<Listening>

function defineChainCase(data: CertificateCase, start: Start): LabCase {
  return {
    id: data.id,
    summary: data.summary,
    expect: data.expect ?? { cause: data.id, leg: 'upstream', stage: 'certificate' },
    ...(data.refusedSince !== undefined && { refusedSince: data.refusedSince }),
    ...(data.takesMs !== undefined && { takesMs: data.takesMs }),
    up: (world) => raise(data, world, start),
  }
}

async function raise(data: CertificateCase, world: LabWorld, start: Start): Promise<LabOrigin> {
  const host = labHost(data.id, world)
  const chain = await mintChain(data.recipe ?? data.id, world.now, { host })
  const server = await start(chain, world)
  return describeOrigin(world, { host, port: server.port, rootsPem: chain.rootsPem, served: chain.served, close: server.close })
}
