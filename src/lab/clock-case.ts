/**
 * Worlds of another time. The clock of the machine cannot be set without root, a time namespace does not shift CLOCK_REALTIME, and go is static
 * and asks the kernel itself, so no library can come between. So the world is shifted: its certificates are valid around another time, and its
 * other hosts and its parent proxy tell that time, with chains that hold at it.
 */
import type { LabCase, LabExpectation, LabWorld } from './case.ts'
import { type MintedChain, mintChain } from './chain.ts'
import type { Listening } from './listener.ts'
import { shiftTime } from './mint.ts'
import { type AnyRequest, type AnyResponse, respondAsModuleProxy, sendReply } from './module-server.ts'
import { startParentProxy, tunnelToLoopback } from './parent-proxy.ts'
import { startTlsOrigin, type TlsOriginOptions } from './tls-origin.ts'
import { describeOrigin, labHost } from './world.ts'

/** Another host of the world, which go's settings name. */
interface Teller {
  readonly setting: 'GOPROXY' | 'GOSUMDB'
  /** The time at which its chain is sound and which it tells, counted from this machine's: "-365d". */
  readonly time: string
  /** Recipe in `certs/`; `ok` unless said. */
  readonly recipe?: string
}

export interface ClockCase {
  readonly id: string
  readonly summary: string
  readonly expect?: LabExpectation
  /** Around which time the failing host's certificates are minted; recipe `ok` unless said. */
  readonly minted: string
  readonly recipe?: string
  /** The Date that the failing host sends; its own minting time unless said. */
  readonly tells?: string
  readonly tellers?: readonly Teller[]
  /** The Date of a parent proxy's answer to CONNECT; absent = no parent proxy. */
  readonly parentTells?: string
  readonly origin?: Partial<TlsOriginOptions>
}

/** A case in which the time decides. */
export function defineClockCase(data: ClockCase): LabCase {
  return {
    id: data.id,
    summary: data.summary,
    expect: data.expect ?? { cause: 'client-clock-wrong', leg: 'upstream', stage: 'certificate' },
    up: (world) => raise(data, world),
  }
}

async function raise(data: ClockCase, world: LabWorld) {
  const host = labHost(data.id, world)
  const failing = await startTeller(data.recipe ?? 'ok', host, world, data.minted, data.tells ?? data.minted, world.port, data.origin)
  const tellers = await Promise.all(
    (data.tellers ?? []).map(async ({ setting, time, recipe }, at) => {
      const name = `clock-${at + 1}.${host}`
      return { setting, name, ...(await startTeller(recipe ?? 'ok', name, world, time, time, 0)) }
    }),
  )
  const parent = data.parentTells === undefined ? null : await startParent(world, data.parentTells)
  const address = ({ name, server }: { name: string; server: Listening }) => `https://${name}:${server.port}`
  const others = tellers.filter(({ setting }) => setting === 'GOPROXY').map(address)
  const sumdb = tellers.find(({ setting }) => setting === 'GOSUMDB')
  const origin = await describeOrigin(world, {
    host,
    port: failing.server.port,
    rootsPem: [failing, ...tellers].map(({ chain }) => chain.rootsPem).join(''),
    served: failing.chain.served,
    env: {
      ...(parent === null ? {} : { HTTPS_PROXY: `http://127.0.0.1:${parent.port}` }),
      GOPROXY: [`https://${host}:${failing.server.port}`, ...others].join(','),
      ...(sumdb === undefined
        ? {}
        : { GOSUMDB: `lab.whytls.test+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8 ${address(sumdb)}` }),
    },
    async close() {
      await Promise.all([failing, ...tellers].map(({ server }) => server.close()))
      await parent?.close()
    },
  })
  return { ...origin, resolve: [...origin.resolve, ...tellers.map(({ name, server }) => `${name}:${server.port}:127.0.0.1`)] }
}

/** A TLS origin whose certificates are minted around one time and whose Date tells one. */
async function startTeller(
  recipe: string,
  host: string,
  world: LabWorld,
  minted: string,
  tells: string,
  port: number,
  more: Partial<TlsOriginOptions> = {},
): Promise<{ readonly chain: MintedChain; readonly server: Listening }> {
  const chain = await mintChain(recipe, shiftTime(world.now, minted), { host })
  if (chain.key === null) throw new Error('the leaf has no private key')
  const startedMs = Date.now()
  const handler = (request: AnyRequest, response: AnyResponse) => {
    const now = new Date(Date.now() - startedMs + shiftTime(world.now, tells).getTime())
    const reply = respondAsModuleProxy(request.url ?? '/')
    sendReply(response, { ...reply, headers: { ...reply.headers, date: now.toUTCString() } })
  }
  return { chain, server: await startTlsOrigin({ sent: chain.sent, key: chain.key, handler, ...more }, port) }
}

/** A sound parent proxy that sends its Date with the answer to CONNECT. */
function startParent(world: LabWorld, tells: string): Promise<Listening> {
  const date = shiftTime(world.now, tells).toUTCString()
  return startParentProxy((socket, head) => tunnelToLoopback(socket, head, [`Date: ${date}`]))
}
