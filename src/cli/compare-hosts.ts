/** Compares a refused chain with other hosts' by the same route, with earlier connections, and with what the peer shows for a name that nobody has. */
import { rootCertificates } from 'node:tls'
import type { Handshake } from '../contract/handshake.ts'
import type { ResigningSigns } from '../diagnosis/observation.ts'
import { isHost } from '../diagnosis/remedy.ts'
import { compareChains, isOtherIssuer, joinSigns, type ReadChain, readChain } from '../diagnosis/resigning.ts'
import { isPublicLooking, mayBelongTogether } from '../diagnosis/unrelated.ts'
import { HandshakeObserver } from '../handshake/observer.ts'
import { listNamedHosts } from '../host/go-hosts.ts'
import { probe } from '../proxy/probe.ts'
import type { RunningProxy } from '../proxy/start-proxy.ts'
import type { Connection } from '../recorder/connection.ts'
import { chainOf, isSameWay } from '../recorder/same-route.ts'
import type { Store } from '../store/store.ts'
import { readCertificateFile } from '../x509/certificate-file.ts'
import type { IssuingAuthority } from '../x509/issuing-authority.ts'
import { readNames } from '../x509/names.ts'

export interface CompareOptions {
  readonly store: Store
  /** Route and resolver: a look goes the way that go went. */
  readonly proxy: () => Pick<RunningProxy, 'routeTo' | 'resolve'>
  /** go's settings for a connection, once they are known. */
  readonly goSettings: (connection: Connection) => Promise<Readonly<Record<string, string | undefined>> | null>
  /** False: nothing is sent; history and this run alone count. */
  readonly probes: boolean
  readonly signal: AbortSignal
}

/** Make the function that the recorder asks; one look per host and route is shared by all that ask. */
export function makeComparer(options: CompareOptions): (connection: Connection) => Promise<ResigningSigns | null> {
  const looks = new Map<string, Promise<readonly ReadChain[]>>()
  return async (connection) => {
    const own = chainOf(connection)
    if (own === null) return null
    const past = fromHistory(connection, own, options.store)
    if (!options.probes || options.signal.aborted) return past
    const key = [connection.start.host, connection.start.port, own.authority.rawName, JSON.stringify(connection.route)].join(' ')
    const others = listNamedHosts((await options.goSettings(connection)) ?? {}).filter(({ host }) => isElsewhere(host, own.host))
    const look = looks.get(key) ?? lookAround(connection, others.slice(0, MOST_HOSTS), options)
    if (looks.size < MOST_LOOKS) looks.set(key, look)
    return joinSigns(past, { ...judgeLook(own, await look), comparable: others.map(({ host }) => host) })
  }
}

/** A name under `.invalid` exists nowhere (RFC 6761 section 6.4). */
export const NOBODY = 'whytls-asks-for-nobody.invalid'
const MOST_HOSTS = 2
const MOST_LOOKS = 64
const LOOK_MS = 4_000
/** Rows of history that are read. */
const MOST_ROWS = 200
const MOST_READ = 24

/** Worth a look: a public-looking name of another domain, also where the failing host's own name is a private one. */
function isElsewhere(host: string, own: string): boolean {
  return isPublicLooking(host) && (!isPublicLooking(own) || !mayBelongTogether(host, own))
}

function judgeLook(own: ReadChain, seen: readonly ReadChain[]): ResigningSigns {
  const forNobody = seen.find(({ host }) => host === NOBODY)
  const isNamed = forNobody?.leaf.dnsNames.some((name) => name.toLowerCase() === NOBODY) === true
  return {
    ...compareChains(
      own,
      seen.filter(({ host }) => host !== NOBODY),
    ),
    issuesForAnyName: isNamed,
    isPublicAuthority: isPublicAuthority(own.authority),
  }
}

interface Place {
  readonly host: string
  readonly port: number
}

/** Look at up to two other hosts, and at the same one under a name that nobody can have: at most three handshakes, all at once. */
async function lookAround(connection: Connection, others: readonly Place[], options: CompareOptions): Promise<readonly ReadChain[]> {
  const { host, port } = connection.start
  const looks = [
    lookAt(connection, { host, port }, NOBODY, options),
    ...others.map((other) => lookAt(connection, other, other.host, options)),
  ]
  return (await Promise.all(looks)).filter((chain) => chain !== null)
}

async function lookAt(connection: Connection, target: Place, name: string, options: CompareOptions): Promise<ReadChain | null> {
  const proxy = options.proxy()
  const hello = connection.transcript?.clientHellos.at(0) ?? null
  const { chain } = await probe({
    host: target.host,
    port: target.port,
    route: await proxy.routeTo(target.host, target.port, connection.start.key),
    resolve: proxy.resolve,
    alpn: hello?.alpn ?? ['h2', 'http/1.1'],
    serverName: name,
    like: hello,
    timeoutMs: LOOK_MS,
    signal: options.signal,
    createObserver: (session) => new HandshakeObserver(session),
  })
  return chain === null ? null : readChain({ host: name, chain })
}

/** Earlier connections: another issuer of this host that go accepted, and the same authority for unrelated hosts. Imported captures do not count. */
function fromHistory(connection: Connection, own: ReadChain, store: Store): ResigningSigns {
  const ofHost = isHost(own.host) ? store.rows({ limit: MOST_ROWS, filter: `host:${own.host}` }) : []
  const earlier = readRows(ofHost, store).find(
    ({ handshake, chain }) => wasAccepted(handshake) && isOtherIssuer(chain.authority, own.authority),
  )
  const others = store.rows({ limit: MOST_ROWS }).filter(({ host }) => isElsewhere(host, own.host))
  const byRoute = readRows(others, store).filter(({ handshake }) => isSameWay(connection, handshake))
  const compared = compareChains(
    own,
    byRoute.map(({ chain }) => chain),
  )
  return { ...compared, earlierIssuer: earlier?.chain.authority.name ?? null, isPublicAuthority: isPublicAuthority(own.authority) }
}

interface PastChain {
  readonly handshake: Handshake
  readonly chain: ReadChain
}

function readRows(rows: readonly { readonly id: number; readonly issuer: string | null }[], store: Store): readonly PastChain[] {
  return rows
    .filter(({ issuer }) => issuer !== null)
    .slice(0, MOST_READ)
    .flatMap(({ id }) => {
      const handshake = store.handshake(id)
      if (handshake?.certificates == null || handshake.imported !== undefined) return []
      const chain = readChain({
        host: handshake.target.host,
        chain: handshake.certificates.chain.map(({ der }) => Buffer.from(der, 'base64')),
      })
      return chain === null ? [] : [{ handshake, chain }]
    })
}

function wasAccepted({ certificates }: Handshake): boolean {
  return certificates?.verified?.ok === true
}

let publicNames: ReadonlySet<string> | undefined

/** On the list of public roots that Node brings along, by name. */
export function isPublicAuthority(authority: IssuingAuthority): boolean {
  publicNames ??= new Set(
    rootCertificates.flatMap((pem) =>
      readCertificateFile(Buffer.from(pem)).certificates.map(({ der }) => Buffer.from(readNames(der)?.subject ?? []).toString('hex')),
    ),
  )
  return publicNames.has(authority.rawName)
}
