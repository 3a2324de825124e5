/** In `serve`: whose connection it is, and whose roots therefore count. */
import { findSocketOwner, loadNamedVariables } from '../host/socket-owner.ts'
import type { Connection } from '../recorder/connection.ts'
import type { LoadedRoots } from '../recorder/judge.ts'
import { rootsOf } from './pipeline.ts'

export interface LiveClients {
  /** Look for the process behind a connection that was just opened. */
  readonly find: (connection: Connection) => void
  readonly roots: (connection: Connection) => LoadedRoots | null
}

const OWN = "whytls's own environment"

/** Look up client processes through /proc, remember their variables by pid. */
export function liveClients(env: NodeJS.ProcessEnv): LiveClients {
  const own = rootsOf(env, OWN)
  const byPid = new Map<number, () => LoadedRoots | null>()
  return {
    find: (connection) => findClient(connection, byPid),
    roots: (connection) => {
      const pid = connection.client?.pid ?? null
      const roots = pid === null ? undefined : byPid.get(pid)
      return (roots ?? own)()
    },
  }
}

function findClient(connection: Connection, byPid: Map<number, () => LoadedRoots | null>): void {
  const address = connection.start.clientAddress
  const owner = findSocketOwner(address, [...byPid.keys()].slice(-4).reverse())
  if (owner === null) return
  const variables = loadNamedVariables(owner.pid)
  const whose = `the environment of ${owner.process} (pid ${owner.pid})`
  if (variables !== null && !byPid.has(owner.pid)) byPid.set(owner.pid, rootsOf(variables, whose))
  connection.client = { address, pid: owner.pid, process: owner.process, roots: variables === null ? OWN : 'its own environment' }
}
