/** Cases whose defect is a certificate: a recipe of `certs/`, minted for the case's own host and served by a TLS origin. */
import type { LabCase, LabExpectation, LabOrigin, LabWorld } from './case.ts'
import { type MintedChain, mintChain } from './chain.ts'
import type { Listening } from './listener.ts'
import { startTlsOrigin, type TlsOriginOptions } from './tls-origin.ts'
import { describeOrigin, labHost } from './world.ts'

/** A certificate case as data; everything but `id` and `summary` has a default. */
export interface CertificateCase {
  readonly id: string
  readonly summary: string
  /** Name in `certs/`; the id unless said. */
  readonly recipe?: string
  readonly expect?: LabExpectation
  /** Limits of the server. */
  readonly origin?: Partial<TlsOriginOptions>
  readonly refusedSince?: string
}

/** A case served by Node's own TLS. */
export function defineCertificateCase(data: CertificateCase): LabCase {
  return defineChainCase(data, (chain, world) => {
    if (chain.key === null) throw new Error(`${data.id}: its leaf has no private key`)
    return startTlsOrigin({ sent: chain.sent, key: chain.key, ...data.origin }, world.port)
  })
}

/** A case that mints a chain and serves it by `start`. */
export function defineChainCase(data: CertificateCase, start: (chain: MintedChain, world: LabWorld) => Promise<Listening>): LabCase {
  return {
    id: data.id,
    summary: data.summary,
    expect: data.expect ?? { cause: data.id, leg: 'upstream', stage: 'certificate' },
    ...(data.refusedSince !== undefined && { refusedSince: data.refusedSince }),
    up: (world) => raise(data, world, start),
  }
}

async function raise(
  data: CertificateCase,
  world: LabWorld,
  start: (chain: MintedChain, world: LabWorld) => Promise<Listening>,
): Promise<LabOrigin> {
  const host = labHost(data.id)
  const chain = await mintChain(data.recipe ?? data.id, world.now, { host })
  const server = await start(chain, world)
  return describeOrigin(world, { host, port: server.port, rootsPem: chain.rootsPem, served: chain.served, close: server.close })
}
