/**
 * Intercept mode of one connection. go's own ClientHello is sent to the origin first and its answer held back. Only when the origin answers it
 * with a ServerHello, and our own handshake shows what go would accept, both legs are ended here; in all other cases go's connection goes on as
 * it is, and whatever fails, fails natively.
 */
import type { Socket } from 'node:net'
import type { ClientHello } from '../../contract/handshake.ts'
import type { Connection, ProxyContext } from '../context.ts'
import type { Dialed } from '../dial.ts'
import { joinHostPort } from '../ip-address.ts'
import type { SessionTap } from '../observe.ts'
import { openTunnel } from '../open-tunnel.ts'
import type { Relay, RelayEnding } from '../relay.ts'
import type { Route } from '../route.ts'
import { attachReader, joinTunnel } from '../tunnel.ts'
import { openClient } from './client-leg.ts'
import type { DecisionSubject } from './decision.ts'
import type { Interception } from './interception.ts'
import { repeatLateMessages } from './late-messages.ts'
import type { Leg } from './leg.ts'
import { maskExchange } from './mask-exchange.ts'
import { createHelloReader, peekClientHello } from './peek.ts'
import type { ServerGate } from './server-gate.ts'
import { openUpstream, type UpstreamOutcome } from './upstream-leg.ts'

/** A tunnel that stands and is to be intercepted: the client has got its 200, nothing was said in it yet. */
export interface InterceptRequest {
  readonly context: ProxyContext
  readonly interception: Interception
  readonly connection: Connection
  readonly client: Socket
  readonly dialed: Dialed
  readonly link: Relay
  readonly gate: ServerGate
  readonly route: Route
  readonly user: string | null
  /** Reads go's own session from here on, as in observe mode. */
  readonly attach: () => SessionTap | null
}

/** Take over a tunnel. Never throws; every way ends in one `closed` event. */
export function intercept(request: InterceptRequest): void {
  const { interception, connection } = request
  if (interception.isDecrypting(connection.target)) void decryptKnown(request)
  else replay(request)
}

/** The first time: go's own hello goes on its way, and what comes back waits for our own look. */
function replay(request: InterceptRequest): void {
  const { link, gate, attach } = request
  const tap = attach()
  passThrough(request, "the server has not answered the client's own ClientHello")
  const reader = createHelloReader()
  let hello: ClientHello | null | undefined
  const pass = (because: string) => {
    passThrough(request, because)
    gate.open()
  }
  link.tap('client-to-server', (octets) => {
    if (hello === undefined) hello = reader.read(octets)
    if (hello === null) pass('the client does not speak TLS')
    return tap?.feed('client-to-server', octets) ?? false
  })
  gate.hold((isServerHello) => {
    if (!isServerHello || hello == null) passThrough(request, "the server does not answer the client's own ClientHello with a ServerHello")
    else void look(request, hello, reader.octets, pass)
  })
}

/** go's hello was answered: look with our own handshake. */
async function look(request: InterceptRequest, hello: ClientHello, octets: Buffer, pass: (because: string) => void): Promise<void> {
  const { interception, dialed, link, client } = request
  const subject = subjectOf(request, hello)
  const known = interception.decisions.find(subject)
  if (known?.kind === 'pass-through') return pass(known.because)
  let isLetGo = false
  /** A server that serves one connection at a time is freed of go's own, whose answer so far was enough. */
  const free = () => {
    isLetGo = true
    letGo(request)
    dialed.socket.destroy()
  }
  const outcome = await dialAndOpen(request, hello, () => {
    if (!client.destroyed && !link.isOver) free()
  })
  if (outcome.kind === 'unfit') {
    if (!client.destroyed) interception.decisions.keep(subject, { kind: 'pass-through', because: outcome.because })
    return isLetGo ? void goAnew(request, octets, outcome.because) : pass(outcome.because)
  }
  if (hasLeft(client) || link.isOver) {
    outcome.leg.reset()
    if (isLetGo) return endForClient(request)
    // What is held back must be read, so that the server's end is noticed.
    request.gate.open()
    return
  }
  interception.decisions.keep(subject, { kind: 'decrypt' })
  interception.noteDecrypting(request.connection.target)
  if (!isLetGo) free()
  client.unshift(octets)
  decrypt(request, hello, outcome)
}

/** go's connection was let go and could not be decrypted: another one takes its octets from the first. */
async function goAnew(request: InterceptRequest, octets: Buffer, because: string): Promise<void> {
  const { client } = request
  if (hasLeft(client)) return endForClient(request)
  const again = await dialAgain(request)
  if (hasLeft(client)) {
    again?.socket.destroy()
    return endForClient(request)
  }
  if (again === null) return end(request, { by: 'us', how: 'rst' })
  client.unshift(octets)
  goOn(request, again, because)
}

/** Also where a client that nobody reads has sent its FIN: nothing can be put back then. */
function hasLeft(client: Socket): boolean {
  return client.destroyed || client.readableEnded
}

function endForClient(request: InterceptRequest): void {
  end(request, { by: 'client', how: request.client.readableEnded ? 'fin' : 'rst' })
}

/** The host was decrypted before in this run: this connection becomes our own leg at once. */
async function decryptKnown(request: InterceptRequest): Promise<void> {
  const { context, connection, client, dialed, interception } = request
  context.emit({ type: 'tunnel', key: connection.key, atMs: connection.atMs() })
  letGo(request)
  const peeked = await peekClientHello(client)
  if (peeked === null) return end(request, { by: 'client', how: client.readableEnded ? 'fin' : 'rst' })
  if (peeked.hello === null) return goOn(request, dialed, 'the client does not speak TLS')
  const known = interception.decisions.find(subjectOf(request, peeked.hello))
  // Another kind of client at the same host.
  if (known === undefined) return replay(joinAnew(request, dialed))
  if (known.kind === 'pass-through') return goOn(request, dialed, known.because)
  const outcome = await open(request, peeked.hello, dialed, null)
  if (client.destroyed) {
    if (outcome.kind === 'ready') outcome.leg.reset()
    return end(request, { by: 'client', how: 'rst' })
  }
  if (outcome.kind === 'ready') return decrypt(request, peeked.hello, outcome)
  const again = await dialAgain(request)
  if (again === null) return end(request, { by: 'us', how: 'rst' })
  goOn(request, again, outcome.because)
}

/** go's connection goes on as in observe mode, on a socket where nothing was sent yet. */
function goOn(request: InterceptRequest, dialed: Dialed, because: string): void {
  passThrough(request, because)
  joinAnew(request, dialed).attach()
}

/** Both sockets joined to a relay again. */
function joinAnew(request: InterceptRequest, dialed: Dialed): InterceptRequest {
  const { context, connection, client } = request
  let tap: SessionTap | null = null
  const link = joinTunnel(context, connection, client, dialed, () => tap)
  const attach = () => {
    tap = attachReader(context, connection, link)
    return tap
  }
  return { ...request, link, attach }
}

/** Both legs stand: from here on we are go's server and the origin's client. */
function decrypt(request: InterceptRequest, hello: ClientHello, outcome: Extract<UpstreamOutcome, { kind: 'ready' }>): void {
  const { context, connection, client, interception } = request
  const { key, atMs, target } = connection
  const upstream = outcome.leg
  context.emit({ type: 'intercepted', key, atMs: atMs(), how: { kind: 'decrypted' } })
  for (const event of outcome.seen) context.emit({ type: 'handshake', key, event, transcript: upstream.reading.transcript() })
  const { alpnProtocol } = upstream.session
  const handshake = openClient({
    socket: client,
    authority: interception.authority,
    name: hello.serverName ?? target.host,
    alpn: typeof alpnProtocol === 'string' ? alpnProtocol : null,
    maxVersion: upstream.session.getProtocol() === 'TLSv1.3' ? 'TLSv1.3' : 'TLSv1.2',
    atMs,
    onEvent: (event, transcript) => context.emit({ type: 'client-leg', key, event, transcript: transcript() }),
  })
  const legs: Legs = { client: handshake.leg, upstream }
  if (interception.countsLateMessages?.(key, hello) === true) repeatLateMessages(upstream, handshake.leg, handshake.accepted)
  const pair = { destroy: () => [client, upstream.socket].map((socket) => socket.destroy()) }
  context.relays.add(pair)
  const onEnded = (ending: RelayEnding) => {
    context.relays.delete(pair)
    end(request, ending, legs)
  }
  interception.layerFor(alpnProtocol === 'h2' ? 'h2' : 'http/1.1').join({
    ...legs,
    origin: originOf(request),
    atMs,
    onExchange: (exchange) => context.emit({ type: 'exchange', key, exchange: maskExchange(exchange) }),
    onEnded,
  })
}

interface Legs {
  readonly client: Leg
  readonly upstream: Leg
}

function end(request: InterceptRequest, end: RelayEnding, legs?: Legs): void {
  const { context, connection, client, dialed } = request
  const { key, atMs } = connection
  if (legs === undefined) for (const socket of [client, dialed.socket]) socket.destroy()
  const at = atMs()
  const helloAtMs = legs?.client.reading.helloAtMs ?? null
  const ending = { ...end, atMs: at, afterHelloMs: helloAtMs === null ? null : at - helloAtMs }
  const transcript = legs?.upstream.reading.transcript() ?? null
  const clientLeg = legs?.client.reading
  context.emit({
    type: 'closed',
    key,
    atMs: at,
    ending,
    transcript,
    ...(transcript === null ? {} : { bytes: transcript.bytes }),
    ...(legs === undefined || clientLeg === undefined
      ? {}
      : { legs: { client: clientLeg.transcript(), clientFlight: clientLeg.flight(), upstreamFlight: legs.upstream.reading.flight() } }),
  })
}

function passThrough({ context, connection }: InterceptRequest, because: string): void {
  const { key, atMs } = connection
  context.emit({ type: 'intercepted', key, atMs: atMs(), how: { kind: 'passed-through', because } })
}

/** The relay that stood until now lets both sockets go. */
function letGo({ context, link }: InterceptRequest): void {
  link.detach()
  context.relays.delete(link)
}

async function dialAndOpen(request: InterceptRequest, hello: ClientHello, onSilence: () => void): Promise<UpstreamOutcome> {
  const dialed = await dialAgain(request)
  if (dialed !== null) return open(request, hello, dialed, onSilence)
  return { kind: 'unfit', because: 'a second connection to the server was not made' }
}

function open(
  { interception, connection, client }: InterceptRequest,
  hello: ClientHello,
  dialed: Dialed,
  onSilence: (() => void) | null,
): Promise<UpstreamOutcome> {
  const { key, target, atMs } = connection
  const left = new AbortController()
  const onClose = () => left.abort()
  client.once('close', onClose)
  const name = hello.serverName ?? target.host
  const outcome = openUpstream({
    socket: dialed.socket,
    readBuffer: dialed.readBuffer,
    hello,
    atMs,
    judge: (chain) => interception.judge({ key, name, hello, chain }),
    signal: left.signal,
    listensOn: onSilence !== null,
    ...(onSilence === null ? {} : { onSilence }),
  }).finally(() => client.off('close', onClose))
  // The leaf is made while the origin computes.
  if (onSilence !== null) interception.authority.contextFor(name)
  return outcome
}

async function dialAgain({ context, connection, route, client }: InterceptRequest): Promise<Dialed | null> {
  const { host, port } = connection.target
  const signal = AbortSignal.timeout(DIAL_MS)
  const dialed = await openTunnel({ host, port, route, resolve: context.resolve, signal }).catch(() => null)
  if (dialed === null || !client.destroyed) return dialed
  dialed.socket.destroy()
  return null
}

/** go waits for its handshake while we dial a second time. */
const DIAL_MS = 8_000

function subjectOf({ connection, route, user }: InterceptRequest, hello: ClientHello): DecisionSubject {
  return { ...connection.target, route, user, hello }
}

function originOf({ connection }: InterceptRequest): string {
  const { host, port } = connection.target
  const name = joinHostPort(host, port)
  return `https://${port === 443 ? name.slice(0, -4) : name}`
}
