/** Cases behind a parent proxy: the origin is sound, HTTPS_PROXY names a proxy that is not, or says wrongly where it is. */
import type { TlsOptions } from 'node:tls'
import type { LabCase, LabExpectation, LabWorld } from './case.ts'
import { mintChain, toPem } from './chain.ts'
import type { Listening } from './listener.ts'
import { type ParentBehaviour, startParentProxy, startSecureParentProxy } from './parent-proxy.ts'
import { type SocksBehaviour, startSocksProxy } from './socks-proxy.ts'
import { startTcpServer, type TcpBehaviour } from './tcp-server.ts'
import { startTlsOrigin } from './tls-origin.ts'
import { describeOrigin, labHost } from './world.ts'

export interface ParentCase {
  readonly id: string
  readonly summary: string
  readonly expect?: LabExpectation
  readonly takesMs?: number
  readonly refusedSince?: string
  /** What listens: an HTTP proxy; one of these instead. */
  readonly behaviour?: ParentBehaviour
  readonly tls?: ParentTlsServer
  readonly socks?: SocksBehaviour
  readonly tcp?: TcpBehaviour
  /** Variables that name it; `HTTPS_PROXY=SCHEME://NAME:PORT` unless said. */
  readonly env?: (proxy: NamedProxy) => Readonly<Record<string, string>>
}

/** The TLS of an https proxy. */
export interface ParentTlsServer {
  /** Recipe of its chain; `ok` unless said. */
  readonly recipe?: string
  readonly options?: TlsOptions
}

export interface NamedProxy {
  readonly host: string
  readonly port: number
}

/** A case whose parent proxy has one behaviour; failures are on the parent leg, at CONNECT, unless said. */
export function defineParentCase(data: ParentCase): LabCase {
  return {
    id: data.id,
    summary: data.summary,
    expect: data.expect ?? { cause: data.id, leg: 'parent', stage: 'proxy-connect' },
    ...(data.takesMs !== undefined && { takesMs: data.takesMs }),
    ...(data.refusedSince !== undefined && { refusedSince: data.refusedSince }),
    async up(world) {
      const host = labHost(data.id, world)
      const chain = await mintChain('ok', world.now, { host })
      if (chain.key === null) throw new Error('the leaf has no private key')
      const origin = await startTlsOrigin({ sent: chain.sent, key: chain.key }, world.port)
      const parent = await startParent(data, world)
      const raised = await describeOrigin(world, {
        host,
        port: origin.port,
        rootsPem: chain.rootsPem + parent.rootsPem,
        served: data.expect?.leg === 'parent' && data.expect.stage === 'certificate' ? parent.served : chain.served,
        env: (data.env ?? environment(data))({ host: parent.host, port: parent.port }),
        close: () => closeBoth(parent, origin),
      })
      const isNamed = parent.host !== LOOPBACK
      return isNamed ? { ...raised, resolve: [...raised.resolve, `${parent.host}:${parent.port}:${LOOPBACK}`] } : raised
    },
  }
}

const LOOPBACK = '127.0.0.1'

interface RaisedParent extends Listening {
  readonly host: string
  readonly rootsPem: string
  readonly served: readonly string[]
}

async function startParent(data: ParentCase, world: LabWorld): Promise<RaisedParent> {
  const plain = { host: LOOPBACK, rootsPem: '', served: [] }
  if (data.socks !== undefined) return { ...plain, ...(await startSocksProxy(data.socks)) }
  if (data.tcp !== undefined) return { ...plain, ...(await startTcpServer(data.tcp, 0)) }
  if (data.behaviour === undefined) throw new Error(`${data.id} says nothing of its proxy`)
  if (data.tls === undefined) return { ...plain, ...(await startParentProxy(data.behaviour)) }
  const host = `gateway-${labHost(data.id, world)}`
  const chain = await mintChain(data.tls.recipe ?? 'ok', world.now, { host })
  const options: TlsOptions = {
    cert: chain.sent.map(toPem).join(''),
    ...(chain.key !== null && { key: chain.key.export({ type: 'pkcs8', format: 'pem' }) }),
    ciphers: 'DEFAULT:@SECLEVEL=0',
    ...data.tls.options,
  }
  return { host, rootsPem: chain.rootsPem, served: chain.served, ...(await startSecureParentProxy(data.behaviour, options)) }
}

function environment({ tls, socks }: ParentCase): NonNullable<ParentCase['env']> {
  const scheme = socks !== undefined ? 'socks5' : tls !== undefined ? 'https' : 'http'
  return ({ host, port }) => ({ HTTPS_PROXY: `${scheme}://${host}:${port}` })
}

async function closeBoth(one: Listening, other: Listening): Promise<void> {
  await one.close()
  await other.close()
}
