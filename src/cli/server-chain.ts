/** The certificates that a server sends to a handshake of our own. */
import type { OcspStaple, SignedTimestamp } from '../contract/handshake.ts'
import { HandshakeObserver } from '../handshake/observer.ts'
import { probe } from '../proxy/probe.ts'
import { createResolver } from '../proxy/resolve.ts'
import { parseResolveMap } from '../proxy/resolve-mapping.ts'
import { listTimestamps } from '../recorder/judge.ts'
import { readOcspResponse } from '../x509/ocsp.ts'
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
  /** The stapled response, read and unchecked; absent where there was none. */
  readonly ocsp?: OcspStaple
  /** All timestamps that came with the leaf, also those in it. */
  readonly signedTimestamps: readonly SignedTimestamp[]
}

/** Connect by the route that go would take, and keep what the server presents. @throws Problem when no certificate came, or no connection was made */
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
  const { chain, transcript, dialFailure } = result
  if (chain !== null) {
    const { ocspStapled, ocspResponse } = transcript
    const ocsp = ocspResponse === undefined ? {} : { ocsp: readOcspResponse(ocspResponse) }
    return { chain, ocspStapled, ...ocsp, signedTimestamps: listTimestamps(chain[0], transcript) }
  }
  const why = dialFailure === null ? 'sent no certificate' : `cannot be reached: ${dialFailure.goText}`
  throw new Problem('no-certificate', `${text} ${why}`, `whytls probe ${text}`, EXIT.usage)
}
