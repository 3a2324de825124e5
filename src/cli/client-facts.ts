/** In `serve`: whose connection it is, and whose roots therefore count. */
import { clientSocketOf, findSocketOwner, loadNamedVariables, type SocketOwner } from '../host/socket-owner.ts'
import type { Connection } from '../recorder/connection.ts'
import type { GoDescription } from '../recorder/draft.ts'
import type { LoadedRoots } from '../recorder/judge.ts'
import type { GitEnvironment } from './git-roots.ts'
import { rootsOf } from './pipeline.ts'

export interface LiveClients {
  /** Look for the process behind a connection that was just opened. */
  readonly find: (connection: Connection) => void
  readonly roots: (connection: Connection) => LoadedRoots | null
  /** Whose settings git goes by, where the connection is git's. */
  readonly git: (connection: Connection) => GitEnvironment
  /** The go behind a connection: by its ClientHello where that is of another version than the go of this environment, and with its own GODEBUG. */
  readonly go: (connection: Connection, own: GoDescription) => GoDescription
  /** GOPROXY and GOSUMDB of the client's own environment, where they are set. */
  readonly settings: (connection: Connection) => Readonly<Record<string, string>>
}

const OWN = "whytls's own environment"

/** Look up client processes through /proc, remember their variables by pid. */
export function liveClients(env: NodeJS.ProcessEnv): LiveClients {
  const own = rootsOf(env, OWN)
  const assumed = () => assumeRoots(own())
  const byPid: KnownProcesses = new Map()
  return {
    find: (connection) => findClient(connection, byPid),
    roots: (connection) => {
      const pid = connection.client?.pid ?? null
      const roots = pid === null ? undefined : byPid.get(pid)?.roots
      return (roots ?? assumed)()
    },
    git: (connection) => {
      const pid = connection.client?.pid ?? null
      const found = pid === null ? undefined : byPid.get(pid)?.gitEnv
      return found === undefined ? { env, isAssumed: true } : { env: { PATH: env['PATH'], ...found }, isAssumed: false }
    },
    go: (connection, described) => {
      const pid = connection.client?.pid ?? null
      const godebug = (pid === null ? undefined : byPid.get(pid))?.godebug ?? described.godebug
      return byHello(connection, { ...described, godebug })
    },
    settings: (connection) => byPid.get(connection.client?.pid ?? -1)?.settings ?? {},
  }
}

/** Processes that were seen, by pid; a pid that comes back with other variables is another process. */
type KnownProcesses = Map<
  number,
  {
    readonly variables: string
    readonly roots: () => LoadedRoots | null
    readonly godebug: string
    readonly settings: Readonly<Record<string, string>>
    /** Variables by which git finds its settings and its roots. */
    readonly gitEnv: Readonly<Record<string, string>>
  }
>

const MOST_PROCESSES = 64

function assumeRoots(roots: LoadedRoots | null): LoadedRoots | null {
  return roots === null ? null : { ...roots, facts: { ...roots.facts, isAssumed: true } }
}

function findClient(connection: Connection, known: KnownProcesses): void {
  const address = connection.start.clientAddress
  const owner = findSocketOwner(clientSocketOf(connection.start), [...known.keys()].slice(-4).reverse())
  if (owner === null) return
  const variables = loadNamedVariables(owner.pid)
  if (variables !== null) remember(known, owner, variables)
  connection.client = { address, pid: owner.pid, process: owner.process, roots: variables === null ? OWN : 'its own environment' }
}

function remember(known: KnownProcesses, owner: SocketOwner, variables: Readonly<Record<string, string>>): void {
  const text = JSON.stringify(variables)
  if (known.get(owner.pid)?.variables === text) return
  known.delete(owner.pid)
  known.set(owner.pid, {
    variables: text,
    roots: rootsOf(variables, `the environment of ${owner.process} (pid ${owner.pid})`),
    godebug: variables['GODEBUG'] ?? '',
    settings: Object.fromEntries(Object.entries(variables).filter(([name, value]) => /^GO(?:PROXY|SUMDB)$/.test(name) && value !== '')),
    gitEnv: Object.fromEntries(Object.entries(variables).filter(([name]) => /^(?:GIT_|HOME$|XDG_)/.test(name))),
  })
  for (const pid of [...known.keys()].slice(0, -MOST_PROCESSES)) known.delete(pid)
}

/** A hello that is certainly of another minor version wins over the go command that whytls would start itself. */
function byHello({ transcript }: Connection, described: GoDescription): GoDescription {
  const looksLike = transcript?.clientHellos[0]?.looksLike ?? ''
  const minor = /^go (1\.\d+)(?: |$)/.exec(looksLike)?.[1]
  const go = looksLike.includes('(fips140') ? { ...described, godebug: withFips(described.godebug) } : described
  if (minor === undefined || go.version === minor || go.version.startsWith(`${minor}.`)) return go
  return { ...go, version: minor, isKnown: true }
}

/** Only FIPS mode offers no X25519 by itself, wherever it was switched on. */
function withFips(godebug: string): string {
  return /(?:^|,)fips140=/.test(godebug) ? godebug : [godebug, 'fips140=on'].filter((part) => part !== '').join(',')
}
