import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { answerAndClose } from './answer.ts'
import type { Authorize } from './authorization.ts'
import { routeFor, skipWhytls, withJudge } from './client-route.ts'
import { serveConnect } from './connect.ts'
import { addressOf, guardListener, type ProxyContext } from './context.ts'
import type { ProxyListener } from './event.ts'
import { serveAbsoluteForm } from './forward.ts'
import { startInterception } from './intercept/interception.ts'
import type { InterceptOptions } from './intercept/options.ts'
import { LIMIT_BYTES, type ObserverFactory, observeHandshake } from './observe.ts'
import { CHAINED_FIELD, createRecogniser } from './recognise.ts'
import { createResolver, type Resolve } from './resolve.ts'
import type { ResolveMap } from './resolve-mapping.ts'
import { type ProxyEnvironment, parseProxySetting, type Route, readSetting } from './route.ts'
import type { OwnAddress } from './target.ts'

/** How the proxy is started. */
export interface ProxyOptions {
  readonly host: string
  /** 0 = any free one. */
  readonly port: number
  /** Proxy variables as the child had them before whytls (HTTPS_PROXY, NO_PROXY … in both cases). */
  readonly env: ProxyEnvironment
  readonly mapping: ResolveMap
  readonly authorize: Authorize
  readonly listener: ProxyListener
  /** Handshake reader of each tunnel; null = relay only, absent = `HandshakeObserver`. */
  readonly createObserver?: ObserverFactory | null
  readonly limitBytes?: number
  /** Absent: observe mode for all hosts. */
  readonly intercept?: InterceptOptions
  /** Other listeners of this process (the page), which must not be reached through the proxy. */
  readonly ownAddresses?: readonly OwnAddress[]
  /** Replaces the resolver that is made from `mapping`. */
  readonly resolve?: Resolve
  /** go's own 60 s; tests shorten it. */
  readonly connectTimeoutMs?: number
  /** Judges the chain of an https parent proxy by go's rules, with the roots of the client; absent = none is spoken to. */
  readonly judgeParent?: NonNullable<ProxyContext['judgeParent']>
  /** Version of the client's go ("1.22.12"); absent = the newest. */
  readonly goVersion?: ProxyContext['goVersion']
  /** Whether a parent proxy that failed in TLS is asked once more without; default false. */
  readonly looksAgain?: boolean
}

/** A proxy that listens. */
export interface RunningProxy {
  readonly address: string
  readonly port: number
  openTunnels(): number
  /**
   * The route that a CONNECT to this host takes: what a probe of the same host must take too.
   * @param key connection whose client's roots judge an https parent proxy; absent = our own roots
   */
  routeTo(host: string, port: number, key?: string): Promise<Route>
  /** The resolver that all connections use. */
  readonly resolve: Resolve
  /** Take no more connections, give open tunnels `graceMs` to end by themselves, then end them. */
  close(how: { readonly graceMs: number }): Promise<void>
}

/**
 * Start the proxy.
 * @throws the system's error when the address cannot be listened on (EADDRINUSE, EACCES)
 */
export async function startProxy(options: ProxyOptions): Promise<RunningProxy> {
  // No limit sooner than go's: idle client connections are kept longer than its own 90 s, requests may take for ever.
  const server = createServer({ requestTimeout: 0, headersTimeout: 60_000, keepAliveTimeout: 100_000, noDelay: true })
  const sockets = new Set<Socket>()
  const context = await createContext(options, () => addressesOf(server, options))
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  server.on('connect', (request, socket, head) => {
    if (isNetSocket(socket)) void serveConnect(context, request, socket, head)
  })
  server.on('request', (request, response) => void serveRequest(context, request, response))
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (isNetSocket(socket)) refuseBadInput(context, error, socket)
  })
  await listen(server, options.host, options.port)
  const { address, port } = boundTo(server)
  return {
    address,
    port,
    openTunnels: () => context.relays.size,
    routeTo: async (host, to, key) =>
      withJudge(context, await skipWhytls(context, await routeFor(context, 'https', host, to)), key ?? null),
    resolve: context.resolve,
    close: ({ graceMs }) => close(server, context, sockets, graceMs),
  }
}

async function createContext(options: ProxyOptions, own: () => readonly OwnAddress[]): Promise<ProxyContext> {
  let lastKey = 0
  return {
    env: options.env,
    mapping: options.mapping,
    resolve: options.resolve ?? createResolver({ mapping: options.mapping }),
    authorize: options.authorize,
    createObserver: options.createObserver === undefined ? observeHandshake : options.createObserver,
    limitBytes: options.limitBytes ?? LIMIT_BYTES,
    own,
    viaToken: `whytls-${randomBytes(6).toString('hex')}`,
    recognise: createRecogniser(),
    connectTimeoutMs: options.connectTimeoutMs ?? 60_000,
    relays: new Set(),
    looks: new Set(),
    looksAgain: options.looksAgain ?? false,
    judgeParent: options.judgeParent ?? null,
    goVersion: options.goVersion ?? (async () => null),
    interception: options.intercept === undefined ? null : await startInterception(options.intercept),
    emit: guardListener(options.listener),
    nextKey: () => {
      lastKey += 1
      return `c${lastKey}`
    },
  }
}

async function serveRequest(context: ProxyContext, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method === 'OPTIONS' && request.url === '*') return introduce(context, response)
  return serveAbsoluteForm(context, request, response)
}

/** `OPTIONS *` is how another whytls asks a loopback proxy whether it is one too. */
function introduce(context: ProxyContext, response: ServerResponse): void {
  const isChained = parseProxySetting(readSetting(context.env, 'HTTPS_PROXY')) !== undefined
  response.writeHead(204, { Via: `1.1 ${context.viaToken}`, [CHAINED_FIELD]: isChained ? 'yes' : 'no' }).end()
}

const BAD_INPUT: Readonly<Record<string, { readonly status: number; readonly why: string }>> = {
  HPE_HEADER_OVERFLOW: { status: 431, why: 'whytls: the request header is longer than 16 KiB' },
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, why: 'whytls: no complete request header came within 60 seconds' },
}

function refuseBadInput(context: ProxyContext, error: NodeJS.ErrnoException, socket: Socket): void {
  // A second error of the same connection, or one that has no reader any more.
  if (socket.writableEnded || socket.destroyed || error.code === 'ECONNRESET') return void socket.destroy()
  const { status, why } = BAD_INPUT[error.code ?? ''] ?? {
    status: 400,
    why: 'whytls: this is no HTTP/1.1 request; a proxy expects CONNECT host:port',
  }
  context.emit({ type: 'refused', key: context.nextKey(), clientAddress: addressOf(socket), status, why })
  answerAndClose(socket, { status, reason: why, body: why })
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

function boundTo(server: Server): AddressInfo {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the proxy does not listen on a TCP port')
  return address
}

function addressesOf(server: Server, options: ProxyOptions): readonly OwnAddress[] {
  const others = options.ownAddresses ?? []
  return server.listening ? [boundTo(server), ...others] : others
}

/** Sockets of node:http servers are net.Sockets; only their type says less. */
function isNetSocket(socket: unknown): socket is Socket {
  return typeof socket === 'object' && socket !== null && 'resetAndDestroy' in socket
}

async function close(server: Server, context: ProxyContext, sockets: ReadonlySet<Socket>, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeIdleConnections()
  const patience = setTimeout(() => {
    for (const link of context.relays) link.destroy()
    for (const socket of sockets) socket.destroy()
  }, graceMs)
  await closed
  // The clients are gone; the far ends of their tunnels may need a moment more until their endings are told.
  await Promise.all(context.looks)
  while (context.relays.size > 0) await new Promise((resolve) => setTimeout(resolve, RELEASE_POLL_MS))
  clearTimeout(patience)
}

const RELEASE_POLL_MS = 2
