import { connect as connectTcp, isIPv4, type OnReadOpts, type Socket } from 'node:net'
import type { DialFailure } from '../diagnosis/observation.ts'
import { joinHostPort } from './ip-address.ts'
import type { ReadBuffer } from './read-buffer.ts'
import { LookupError, type Resolve, type Resolved } from './resolve.ts'

/** How to reach one host. */
export interface DialOptions {
  readonly host: string
  readonly port: number
  readonly leg: DialFailure['leg']
  readonly resolve: Resolve
  /** For name and TCP together; go's own is 30 s. */
  readonly timeoutMs?: number
  /** When the other address family starts beside the first (RFC 6555); go's own is 300 ms. */
  readonly fallbackDelayMs?: number
  /** Addresses that must not be dialled since they are whytls itself. */
  readonly isOwn?: (address: string, port: number) => boolean
  readonly signal?: AbortSignal
  /**
   * A connection that stood and was reset before we heard that it stands counts as made; its socket is destroyed. As go has it: its connect(2)
   * succeeds, and what it does next fails. (A port that is closed answers with ECONNREFUSED.)
   */
  readonly takesReset?: boolean
  /** Makes the buffer that each socket reads into; without it sockets emit `data`. */
  readonly createReadBuffer?: () => ReadBuffer
  /** Called when the name is resolved. */
  readonly onResolved?: (resolved: Resolved) => void
}

/** A TCP connection that stands. Its reader has not begun, an error handler is in place. */
export interface Dialed {
  readonly socket: Socket
  /** Where the socket's octets come, null when it emits `data`. */
  readonly readBuffer: ReadBuffer | null
  /** ip:port of the peer. */
  readonly address: string
  readonly dnsMs: number
  readonly tcpMs: number
  readonly by: Resolved['by']
}

/** A connection that was not made; `message` is Go's text from "dial tcp" on. */
export class DialError extends Error {
  override readonly name = 'DialError'
  readonly failure: DialFailure
  constructor(failure: DialFailure) {
    super(failure.goText)
    this.failure = failure
  }
}

/** The name leads to whytls itself: dialling would never end. */
export class LoopError extends Error {
  override readonly name = 'LoopError'
}

/**
 * Connect as Go's net.Dialer does: addresses of the first one's family in order, those of the other family beside them after 300 ms (or at once
 * when the first family has failed), a fair part of the time for each, 30 s in all, and the first address's error told.
 * @throws DialError, LoopError, or the signal's reason
 */
export async function dial(options: DialOptions): Promise<Dialed> {
  if (options.port > 65_535) throw describeInvalidPort(options)
  const startedAt = performance.now()
  const deadline = startedAt + (options.timeoutMs ?? 30_000)
  const resolved = await resolveUntil(options, deadline, startedAt)
  options.onResolved?.(resolved)
  if (resolved.addresses.some((address) => options.isOwn?.(address, resolved.port))) {
    throw new LoopError(`${joinHostPort(options.host, options.port)} is whytls itself`)
  }
  const resolvedAt = performance.now()
  const attempt = await raceFamilies(resolved, deadline, options)
  if (attempt.socket === null) throw describeTcpFailure(options, resolved, attempt, startedAt)
  return {
    socket: attempt.socket,
    readBuffer: attempt.readBuffer,
    address: joinHostPort(attempt.address, resolved.port),
    dnsMs: resolvedAt - startedAt,
    tcpMs: performance.now() - resolvedAt,
    by: resolved.by,
  }
}

/** Go's text for an errno of connect(2), without `dial tcp ADDRESS: `. */
export function describeErrno(code: string): string {
  return ERRNO_TEXT[code] ?? `connect: ${code.toLowerCase()}`
}

interface Attempt {
  readonly socket: Socket | null
  readonly readBuffer: ReadBuffer | null
  readonly address: string
  readonly code: string
  readonly tried: readonly string[]
}

const SANE_MINIMUM_MS = 2000
const SOCKET_OPTIONS = {
  allowHalfOpen: true,
  noDelay: true,
  keepAlive: true,
  keepAliveInitialDelay: 30_000,
  autoSelectFamily: false,
} as const

async function resolveUntil(options: DialOptions, deadline: number, startedAt: number): Promise<Resolved> {
  const { host, port } = options
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<never>((_, reject) => {
    const give = () => reject(new LookupError('dns-timeout', `lookup ${host}: i/o timeout`, null))
    timer = setTimeout(give, deadline - performance.now())
  })
  try {
    return await Promise.race([options.resolve(host, port), timeout])
  } catch (error) {
    if (error instanceof LookupError) throw describeLookupFailure(options, error, performance.now() - startedAt)
    throw error
  } finally {
    clearTimeout(timer)
  }
}

/** Go's dialParallel: the error of the first family is the one that is told. */
async function raceFamilies(resolved: Resolved, deadline: number, options: DialOptions): Promise<Attempt> {
  const isFirstV4 = isIPv4(resolved.addresses[0] ?? '')
  const primaries = resolved.addresses.filter((address) => isIPv4(address) === isFirstV4)
  const fallbacks = resolved.addresses.filter((address) => isIPv4(address) !== isFirstV4)
  const race = new AbortController()
  const signal = options.signal === undefined ? race.signal : AbortSignal.any([race.signal, options.signal])
  const primary = dialSerial(primaries, resolved.port, deadline, signal, options)
  if (fallbacks.length === 0) return primary
  const fallback = waitFor(primary, options.fallbackDelayMs ?? 300).then((early) =>
    early?.socket ? early : dialSerial(fallbacks, resolved.port, deadline, signal, options),
  )
  const winner = await firstConnected(primary, fallback)
  race.abort()
  void Promise.all([primary, fallback]).then((all) => {
    for (const each of all) if (each.socket !== winner.socket) each.socket?.destroy()
  })
  return winner
}

async function firstConnected(primary: Promise<Attempt>, fallback: Promise<Attempt>): Promise<Attempt> {
  const insist = (attempt: Attempt) => (attempt.socket === null ? Promise.reject(new Error('not connected')) : attempt)
  return Promise.any([primary.then(insist), fallback.then(insist)]).catch(async () => {
    const [first, second] = await Promise.all([primary, fallback])
    return { ...first, tried: [...first.tried, ...second.tried] }
  })
}

/** The attempt's result, or undefined when it takes longer than `delayMs`. */
function waitFor(attempt: Promise<Attempt>, delayMs: number): Promise<Attempt | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(undefined), delayMs)
    void attempt.then((result) => {
      clearTimeout(timer)
      resolve(result)
    })
  })
}

/** Go's dialSerial: each remaining address gets an equal part of what is left, at least 2 s. */
async function dialSerial(
  addresses: readonly string[],
  port: number,
  deadline: number,
  signal: AbortSignal,
  options: DialOptions,
): Promise<Attempt> {
  const tried: string[] = []
  let first: Attempt | undefined
  for (const [i, address] of addresses.entries()) {
    const leftMs = deadline - performance.now()
    if (leftMs <= 0 || signal.aborted) break
    tried.push(joinHostPort(address, port))
    const shareMs = Math.max(leftMs / (addresses.length - i), Math.min(SANE_MINIMUM_MS, leftMs))
    const attempt = await connect(address, port, shareMs, signal, options.createReadBuffer?.() ?? null, options.takesReset === true)
    if (attempt.socket !== null) return { ...attempt, tried }
    first ??= attempt
  }
  return { ...(first ?? { socket: null, readBuffer: null, address: addresses[0] ?? '', code: 'TIMEOUT' }), tried }
}

function connect(
  address: string,
  port: number,
  timeoutMs: number,
  signal: AbortSignal,
  readBuffer: ReadBuffer | null,
  takesReset: boolean,
): Promise<Attempt> {
  return new Promise((resolve) => {
    const onread: { readonly onread?: OnReadOpts } = readBuffer === null ? {} : { onread: readBuffer.onread }
    const socket = connectTcp({ host: address, port, ...SOCKET_OPTIONS, ...onread })
    const fail = (code: string) => {
      finish()
      socket.destroy()
      resolve({ socket: null, readBuffer: null, address, code, tried: [] })
    }
    const onAbort = () => fail('ABORTED')
    const timer = setTimeout(() => fail('TIMEOUT'), timeoutMs)
    const finish = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
    }
    signal.addEventListener('abort', onAbort)
    const stand = () => {
      finish()
      resolve({ socket, readBuffer, address, code: '', tried: [] })
    }
    // Stays for the life of the socket: an error before the relay listens must not end the process.
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (takesReset && error.code === 'ECONNRESET') stand()
      else fail(error.code ?? 'UNKNOWN')
    })
    socket.once('connect', stand)
  })
}

/** A proxy setting may name any number; go finds out when it dials. */
function describeInvalidPort({ leg, host, port }: DialOptions): DialError {
  const goText = `dial tcp: address ${port}: invalid port`
  return new DialError({ leg, stage: 'tcp', kind: 'invalid-port', host, port, tried: [], resolver: null, goText, afterMs: 0 })
}

function describeLookupFailure(options: DialOptions, error: LookupError, afterMs: number): DialError {
  return new DialError({
    leg: options.leg,
    stage: 'dns',
    kind: error.kind,
    host: options.host,
    port: options.port,
    tried: [],
    resolver: error.server,
    goText: `dial tcp: ${error.message}`,
    afterMs,
  })
}

function describeTcpFailure(options: DialOptions, resolved: Resolved, attempt: Attempt, startedAt: number): DialError {
  return new DialError({
    leg: options.leg,
    stage: 'tcp',
    kind: classifyErrno(attempt.code),
    host: options.host,
    port: options.port,
    tried: attempt.tried,
    resolver: null,
    goText: `dial tcp ${joinHostPort(attempt.address, resolved.port)}: ${describeErrno(attempt.code)}`,
    afterMs: performance.now() - startedAt,
  })
}

function classifyErrno(code: string): 'refused' | 'tcp-timeout' | 'unreachable' {
  if (code === 'ECONNREFUSED' || code === 'ECONNRESET') return 'refused'
  return code === 'TIMEOUT' || code === 'ETIMEDOUT' ? 'tcp-timeout' : 'unreachable'
}

const ERRNO_TEXT: Readonly<Record<string, string>> = {
  ABORTED: 'operation was canceled',
  TIMEOUT: 'i/o timeout',
  ETIMEDOUT: 'connect: connection timed out',
  ECONNREFUSED: 'connect: connection refused',
  ECONNRESET: 'connect: connection reset by peer',
  EHOSTUNREACH: 'connect: no route to host',
  ENETUNREACH: 'connect: network is unreachable',
  ENETDOWN: 'connect: network is down',
  EHOSTDOWN: 'connect: host is down',
  EADDRNOTAVAIL: 'connect: cannot assign requested address',
  EADDRINUSE: 'connect: address already in use',
  EACCES: 'connect: permission denied',
  EPERM: 'connect: operation not permitted',
  EINVAL: 'connect: invalid argument',
  EAFNOSUPPORT: 'socket: address family not supported by protocol',
  EMFILE: 'socket: too many open files',
  ENFILE: 'socket: too many open files in system',
}
