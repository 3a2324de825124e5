/** Judges origins for intercept mode: by the rules of the client's go, with the roots that this client had before us. */

import type { ClientHello } from '../contract/handshake.ts'
import { readRegularFile } from '../host/ca-store/linux.ts'
import { clientSocketOf, findSocketOwner } from '../host/socket-owner.ts'
import type { JudgeRequest } from '../proxy/intercept/options.ts'
import type { Connection } from '../recorder/connection.ts'
import type { GoDescription } from '../recorder/draft.ts'
import type { LoadedRoots } from '../recorder/judge.ts'
import { readCertificateFile } from '../x509/certificate-file.ts'
import { makeRootPool, type RootPool } from '../x509/root-pool.ts'
import { goRules } from '../x509/rules.ts'
import { fingerprint } from '../x509/summary.ts'
import { verifyChain } from '../x509/verify.ts'
import type { ClientBundle } from './client-bundle.ts'

export interface OriginJudgeOptions {
  readonly connection: (key: string) => Connection | undefined
  readonly go: (connection: Connection) => GoDescription
  readonly roots: (connection: Connection) => LoadedRoots | null
  /** Where git and curl read their roots; null where that is go's affair alone (`serve`). */
  readonly files: ClientBundle['files'] | null
}

/** A verdict that says "fine" is kept so long: the many connections of one run show one chain. */
const FRESH_MS = 2_000

interface Fine {
  readonly subject: string
  readonly pool: RootPool
  readonly atMs: number
}

/** Make the function that decides whether a client would accept an origin's chain. */
export function makeOriginJudge(options: OriginJudgeOptions): (request: JudgeRequest) => string | null {
  const pools = new Map<string, RootPool>()
  let fine: Fine | null = null
  return (request) => {
    const connection = options.connection(request.key)
    if (connection === undefined) return 'whytls lost sight of the connection'
    const roots = options.roots(connection)
    if (roots === null) return 'the trusted roots of this system cannot be read'
    const { version, godebug } = options.go(connection)
    const subject = [request.name, request.hello.looksLike ?? '', version, godebug, ...request.chain.map(fingerprint)].join(' ')
    // Another client may have other roots, and one that is not go other lists beside them.
    const isByRootsAlone = isGo(request) || options.files === null
    const isFresh = fine !== null && performance.now() - fine.atMs < FRESH_MS
    if (isByRootsAlone && isFresh && fine?.subject === subject && fine.pool === roots.pool) return null
    const refusal = judge(request, connection, roots, options, pools)
    if (refusal === null && isByRootsAlone) fine = { subject, pool: roots.pool, atMs: performance.now() }
    return refusal
  }
}

/** Make the function that says whether a client counts handshake messages behind the handshake, as {@link GoRules} have it. */
export function makeLateCounter({
  connection,
  go,
}: Pick<OriginJudgeOptions, 'connection' | 'go'>): (key: string, hello: ClientHello) => boolean {
  return (key, hello) => {
    const found = connection(key)
    if (found === undefined || !isGo({ hello })) return false
    const described = go(found)
    return goRules(versionOf(hello.looksLike, described), described.godebug).countsLateMessages
  }
}

function judge(
  request: JudgeRequest,
  connection: Connection,
  roots: LoadedRoots,
  options: OriginJudgeOptions,
  pools: Map<string, RootPool>,
): string | null {
  const trusted = isGo(request) ? [roots] : otherRoots(connection, roots, options, pools)
  for (const each of trusted) {
    const refusal = verify(request, connection, options.go(connection), each)
    if (refusal !== null) return refusal
  }
  return null
}

type Trusted = Pick<LoadedRoots, 'pool'> & { readonly systemRootsError: string | null }

function verify(
  { chain, name, hello }: JudgeRequest,
  { start }: Connection,
  go: GoDescription,
  { pool, systemRootsError }: Trusted,
): string | null {
  const verdict = verifyChain({
    presented: chain,
    roots: pool,
    ...(systemRootsError === null ? {} : { systemRootsError }),
    now: start.startedAt,
    name,
    rules: goRules(versionOf(hello.looksLike, go), go.godebug),
    timeZoneOffsetMinutes: -start.startedAt.getTimezoneOffset(),
  })
  return verdict.ok ? null : verdict.tlsText || verdict.goText
}

function isGo({ hello }: Pick<JudgeRequest, 'hello'>): boolean {
  return hello.looksLike?.startsWith('go ') === true
}

/** A hello that is certainly of another minor version wins over the go command of this environment (a toolchain that go.mod names). */
function versionOf(looksLike: string | null, { version }: GoDescription): string {
  const minor = /^go (1\.\d+)(?: |$)/.exec(looksLike ?? '')?.[1]
  return minor === undefined || version === minor || version.startsWith(`${minor}.`) ? version : minor
}

/** A client that is not go has roots of its own; one that cannot be told must find the chain good with all that it may have. */
function otherRoots(
  connection: Connection,
  own: LoadedRoots,
  { files }: OriginJudgeOptions,
  pools: Map<string, RootPool>,
): readonly Trusted[] {
  if (files === null) return [own]
  const name = findSocketOwner(clientSocketOf(connection.start))?.process ?? ''
  if (name.startsWith('git')) return [{ pool: poolOf(files.git, pools), systemRootsError: null }]
  if (name === 'curl') return [{ pool: poolOf(files.curl, pools), systemRootsError: null }]
  return [own, { pool: poolOf(files.git, pools), systemRootsError: null }, { pool: poolOf(files.curl, pools), systemRootsError: null }]
}

function poolOf(places: readonly string[], pools: Map<string, RootPool>): RootPool {
  const key = places.join('\n')
  const known = pools.get(key)
  if (known !== undefined) return known
  const pool = makeRootPool(places.flatMap(readRoots))
  pools.set(key, pool)
  return pool
}

function readRoots(file: string): readonly Uint8Array[] {
  try {
    return readCertificateFile(readRegularFile(file)).certificates.map(({ der }) => der)
  } catch {
    return []
  }
}
