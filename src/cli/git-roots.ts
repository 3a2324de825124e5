/** git reads other roots than go: where a connection is git's, its chain is judged with those. */
import type { RootsFacts } from '../diagnosis/observation.ts'
import { loadList } from '../host/ca-store/client-place.ts'
import { type ClientsMachine, describeMachine, type LoadedPlace, loadClientRoots, loadGitPlaces } from '../host/ca-store/clients.ts'
import { findHeldFiles, findHeldIntermediates, loadBundle } from '../host/ca-store/held-roots.ts'
import { joinHostPort } from '../proxy/ip-address.ts'
import type { Connection } from '../recorder/connection.ts'
import { isGits } from '../recorder/git-client.ts'
import type { HeldPool, LoadedRoots } from '../recorder/judge.ts'
import { makeRootPool } from '../x509/root-pool.ts'
import { bundledList, holdsPublicRoots, systemList } from './public-roots.ts'
import { rememberBriefly } from './remember-briefly.ts'

/** Where git's settings are read from. */
export interface GitEnvironment {
  readonly env: NodeJS.ProcessEnv
  /** It is another process's or another machine's: this machine's own stands in for it. */
  readonly isAssumed: boolean
}

/**
 * The roots of whoever made a connection: git's where it is known to be git's, else go's.
 * @param gitEnvironment whose settings git goes by, for each connection
 */
export function rootsByClient(
  gitEnvironment: (connection: Connection) => GitEnvironment,
  ofGo: (connection: Connection) => LoadedRoots | null,
): (connection: Connection) => LoadedRoots | null {
  const remember = rememberBriefly<LoadedRoots>()
  return (connection) => {
    const go = ofGo(connection)
    if (go === null || !isGits(connection)) return go
    const { host, port } = connection.start
    const { env, isAssumed } = gitEnvironment(connection)
    const name = `${connection.client?.pid ?? ''} ${host.toLowerCase()}:${port}`
    const url = `https://${joinHostPort(host, port)}/`
    return remember(name, () => gitRoots(describeMachine(env, url), go, isAssumed))
  }
}

/** What git reads, as the verifier takes it. Its libcurl falls back to nothing: a file that cannot be read is no list. */
function gitRoots(machine: ClientsMachine, go: LoadedRoots, isAssumed: boolean): LoadedRoots {
  const places = loadGitPlaces(machine)
  const certificates = places.flatMap((place) => place.certificates)
  const pool = makeRootPool(certificates)
  return {
    pool,
    facts: { ...describe(places, pool.size), ...(isAssumed ? { isAssumed: true as const } : {}) },
    systemRootsError: null,
    othersWith: (rawName) =>
      loadClientRoots(machine)
        .filter(({ client, hasSubject }) => client !== 'git' && hasSubject(rawName))
        .map(({ client, places: read }) => `${client} (${read.map(({ path }) => path).join(', ')})`),
    heldBy: (rawName) => findHeld(machine, rawName, { go, places, certificates }),
    intermediatesHere: (rawName) => findHeldIntermediates(machine, rawName),
    publicRoots: () => [...(places.some(({ setBy }) => setBy !== 'default') ? systemList() : []), bundledList()],
  }
}

function describe(places: readonly LoadedPlace[], count: number): RootsFacts {
  const own = places.find(({ setBy }) => setBy !== 'default') ?? places[0]
  return {
    whose: 'git',
    reader: 'git',
    ...(own === undefined ? {} : { setBy: own.setBy }),
    places: places.map(({ path, count, problem }) => ({ path, count, problem })),
    count,
    sslCertFile: '',
    sslCertDir: '',
  }
}

interface GitLists {
  readonly go: LoadedRoots
  readonly places: readonly LoadedPlace[]
  readonly certificates: readonly Uint8Array[]
}

/** Files that git does not read and that have this name: those of go first. */
function findHeld(machine: ClientsMachine, rawName: Uint8Array, { go, places, certificates: own }: GitLists): readonly HeldPool[] {
  const ofGo = go.facts.places.filter(({ count }) => count > 0).flatMap(({ path }) => loadBundle(path, 'go', rawName))
  const found = [...ofGo, ...findHeldFiles(machine, rawName)].filter(({ path }) => !places.some((place) => place.path === path))
  const once = found.filter(({ path }, at) => found.findIndex((other) => other.path === path) === at)
  return once.map(({ certificates, ...held }) => ({
    ...held,
    pool: makeRootPool(
      // What git itself would take from the file: GnuTLS and OpenSSL read no DER, and nothing of a file with a damaged block.
      held.kind === 'anchors' ? [...own, ...certificates] : loadList(held.path, held.client, machine.gitTls ?? 'openssl').certificates,
    ),
    bringsPublicRoots: holdsPublicRoots(certificates) && !holdsPublicRoots(own),
  }))
}
