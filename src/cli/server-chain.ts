/** The certificates that a server sends to a handshake of our own. */
import { HandshakeObserver } from '../handshake/observer.ts'
import { probe } from '../proxy/probe.ts'
import { createResolver } from '../proxy/resolve.ts'
import { parseResolveMap } from '../proxy/resolve-mapping.ts'
import { EXIT } from './exit-code.ts'
import { describeGo } from './go-facts.ts'
import { chooseOwnRoute } from './judge-parent.ts'
import { rootsOf } from './pipeline.ts'
import { serverNameOf } from './prober.ts'
import { Problem } from './problem.ts'
import { parseTarget } from './target-argument.ts'

/** A chain as it was sent, leaf first, unjudged. */
export interface ServerChain {
  readonly chain: readonly Uint8Array[]
  readonly ocspStapled: boolean | null
}

/** Connect by the route that go would take, and keep what the server presents. @throws Problem when no certificate came */
export async function fetchServerChain(text: string, resolve: readonly string[]): Promise<ServerChain> {
  const { host, port } = parseTarget(text)
  const stop = new AbortController()
  const onInterrupt = () => stop.abort()
  process.once('SIGINT', onInterrupt)
  const result = await probe({
    host,
    port,
    route: chooseOwnRoute(host, port, {
      roots: rootsOf(process.env, "whytls's own environment"),
      go: () => describeGo(null, process.env),
    }),
    resolve: createResolver({ mapping: parseResolveMap(resolve) }),
    alpn: ['h2', 'http/1.1'],
    serverName: serverNameOf(host),
    like: null,
    signal: stop.signal,
    createObserver: (session) => new HandshakeObserver(session),
    onEvent: () => {},
  })
  process.removeListener('SIGINT', onInterrupt)
  if (result.chain !== null) return { chain: result.chain, ocspStapled: result.transcript.ocspStapled }
  throw new Problem('no-certificate', `${text} sent no certificate`, `whytls probe ${text}`, EXIT.usage)
}
