/** What lies between TCP to a parent proxy and CONNECT: nothing for http, TLS for https; for SOCKS the whole way to the tunnel. */
import type { Socket } from 'node:net'
import type { Ending } from '../diagnosis/observation.ts'
import { answerAndClose } from './answer.ts'
import { hasMetSilence } from './await-reply.ts'
import { withJudge } from './client-route.ts'
import type { Connection, ProxyContext } from './context.ts'
import type { Dialed } from './dial.ts'
import { joinHostPort } from './ip-address.ts'
import { lookForPlainHttp } from './look-plain.ts'
import { negotiateSocks, SocksError } from './negotiate-socks.ts'
import { type OpenParentTls, openParentTls, ParentTlsError } from './parent-tls.ts'
import { postHandshakeText } from './parent-tls-text.ts'
import type { ParentProxy } from './route.ts'
import { watchClient } from './watch-client.ts'

/** A leg on which CONNECT may be sent (http, https) or the origin may be spoken to (SOCKS). */
export interface OpenLeg {
  readonly dialed: Dialed
  /** Calls back with go's words when the proxy ends the TLS session by an alert. */
  readonly onAlert?: (tell: (goText: string) => void) => void
  /** Tell what came in the TLS session behind its handshake. */
  readonly tellMore?: () => void
}

/** Open the leg and tell what happened. @returns undefined when the client has got its answer */
export async function openLeg(
  context: ProxyContext,
  connection: Connection,
  client: Socket,
  dialed: Dialed,
  proxy: ParentProxy,
): Promise<OpenLeg | undefined> {
  if (proxy.kind === 'http-proxy') return { dialed }
  const watch = watchClient(client)
  try {
    return proxy.kind === 'https-proxy'
      ? await shakeHands(context, connection, dialed, proxy, watch.signal)
      : await askSocks(context, connection, dialed, proxy, watch.signal)
  } catch (error) {
    watch.stop()
    dialed.socket.destroy()
    if (error instanceof ParentTlsError) return void failTls(context, connection, client, proxy, error)
    if (error instanceof SocksError) return void failSocks(context, connection, client, dialed, proxy, error)
    leave(context, connection, client)
    return undefined
  } finally {
    watch.stop()
  }
}

async function shakeHands(
  context: ProxyContext,
  connection: Connection,
  dialed: Dialed,
  proxy: ParentProxy,
  signal: AbortSignal,
): Promise<OpenLeg> {
  const { key, atMs } = connection
  const route = withJudge(context, { kind: 'proxy', proxy }, key)
  // Versions of go judge chains differently.
  await context.goVersion()
  const open = await openParentTls({
    dialed,
    proxy: route.kind === 'proxy' ? route.proxy : proxy,
    signal,
    atMs,
    onEvent: (event, transcript) => context.emit({ type: 'parent-handshake', key, event, transcript: transcript() }),
  })
  const tellMore = () => context.emit({ type: 'parent-tls', key, atMs: atMs(), session: open.describe() })
  tellMore()
  return { dialed: open.dialed, tellMore, onAlert: (tell) => listenForAlert(open, tell) }
}

function listenForAlert({ dialed, describe }: OpenParentTls, tell: (goText: string) => void): void {
  dialed.socket.prependListener('error', (error: NodeJS.ErrnoException) => {
    const text = postHandshakeText(describe().transcript, error)
    if (text !== null) tell(text)
  })
}

async function askSocks(
  context: ProxyContext,
  connection: Connection,
  dialed: Dialed,
  proxy: ParentProxy,
  signal: AbortSignal,
): Promise<OpenLeg> {
  const { key, atMs, target } = connection
  const askedAt = atMs()
  const silence = setTimeout(() => tellSocksFailure(context, connection, 'silent', null), context.connectTimeoutMs)
  const tellWaiting = () => {
    const waitedMs = atMs() - askedAt
    if (waitedMs < context.connectTimeoutMs && hasMetSilence(context, waitedMs)) tellSocksFailure(context, connection, 'silent', null)
  }
  signal.addEventListener('abort', tellWaiting)
  try {
    const { step, code } = await negotiateSocks(dialed.socket, target, proxy.login, signal)
    context.emit({
      type: 'socks-answered',
      key,
      atMs: atMs(),
      outcome: { step, code, hasLogin: proxy.login !== undefined, goText: '' },
    })
    return { dialed }
  } finally {
    signal.removeEventListener('abort', tellWaiting)
    clearTimeout(silence)
  }
}

/** The client gets go's words at once; a proxy that did not answer in TLS is then asked once without. */
function failTls(context: ProxyContext, connection: Connection, client: Socket, proxy: ParentProxy, error: ParentTlsError): void {
  const { key, atMs } = connection
  answerAndClose(client, { status: 502, reason: error.message, body: error.message })
  const at = atMs()
  const ending: Ending = error.session.ending ?? { by: 'us', how: 'fin', atMs: at, afterHelloMs: null }
  const look = plainAnswer(context, proxy, error).then((answersPlainHttp) => {
    context.emit({ type: 'parent-tls', key, atMs: at, session: { ...error.session, answersPlainHttp } })
    context.emit({ type: 'closed', key, atMs: at, ending, transcript: null })
    context.looks.delete(look)
  })
  context.looks.add(look)
}

async function plainAnswer(context: ProxyContext, proxy: ParentProxy, { session }: ParentTlsError): Promise<boolean | null> {
  const { transcript } = session
  if (transcript.notTls?.kind === 'http') return true
  const spokeTls = transcript.serverHellos.length > 0 || transcript.alerts.some(({ sender }) => sender === 'server')
  return spokeTls || !context.looksAgain ? null : lookForPlainHttp(proxy, context.resolve)
}

function failSocks(
  context: ProxyContext,
  connection: Connection,
  client: Socket,
  dialed: Dialed,
  proxy: ParentProxy,
  error: SocksError,
): void {
  const { key, atMs, target } = connection
  const goText = `socks connect tcp ${dialed.address}->${joinHostPort(target.host, target.port)}: ${error.message}`
  answerAndClose(client, { status: 502, reason: goText, body: goText })
  if (error.kind === 'answered' && error.progress !== null) {
    const outcome = { ...error.progress, hasLogin: proxy.login !== undefined, goText }
    context.emit({ type: 'socks-answered', key, atMs: atMs(), outcome })
  } else {
    const kind = error.kind === 'closed' || error.kind === 'reset' ? error.kind : 'not-http'
    tellSocksFailure(context, connection, kind, { received: error.received, goText })
  }
  context.emit({ type: 'closed', key, atMs: atMs(), ending: endOf(error.kind, atMs()), transcript: null })
}

function endOf(kind: SocksError['kind'], atMs: number): Ending {
  const isTheirs = kind === 'closed' || kind === 'reset'
  return { by: isTheirs ? 'server' : 'us', how: kind === 'reset' ? 'rst' : 'fin', atMs, afterHelloMs: null }
}

function tellSocksFailure(
  context: ProxyContext,
  { key, atMs }: Connection,
  kind: 'closed' | 'reset' | 'silent' | 'not-http',
  seen: { readonly received: Buffer; readonly goText: string } | null,
): void {
  const head = seen?.received.subarray(0, 256).toString('latin1') ?? ''
  context.emit({
    type: 'connect-failed',
    key,
    atMs: atMs(),
    kind,
    receivedBytes: seen?.received.length ?? 0,
    head,
    ...(seen === null ? {} : { goText: seen.goText }),
  })
}

/** The client left while the leg was opened. */
function leave(context: ProxyContext, connection: Connection, client: Socket): void {
  const { key, atMs } = connection
  client.destroy()
  const ending: Ending = { by: 'client', how: 'fin', atMs: atMs(), afterHelloMs: null }
  context.emit({ type: 'closed', key, atMs: atMs(), ending, transcript: null })
}
