/** Which process holds the other end of a loopback connection (Linux only, processes of the same user only). */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { findSocketInode } from './socket-table.ts'

/** A process as /proc shows it. */
export interface SocketOwner {
  readonly pid: number
  /** Name of its program, from /proc/PID/comm. */
  readonly process: string
}

/** Variables that decide how go and git verify; nothing else of a foreign environment is looked at. */
const NAMED_VARIABLES = [
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'GODEBUG',
  'GOPROXY',
  'GOSUMDB',
  'GIT_SSL_CAINFO',
  'GIT_SSL_CAPATH',
  'GIT_CONFIG_GLOBAL',
  'HOME',
  'XDG_CONFIG_HOME',
] as const
/** Processes that are looked through, newest first: a client is most often one that was just started. */
const MOST_PROCESSES = 2_000

/** Which socket is meant. */
export interface SocketEnds {
  /** ip:port of its own end ("[::1]:443" for IPv6). */
  readonly local: string
  /** ip:port of the far end; absent for a socket that listens. Several connections may share a local port while their far ends differ. */
  readonly peer?: string
}

/**
 * Find the process that holds a TCP socket. Synchronous on purpose: a client that fails at once is gone some milliseconds later, and the newest
 * processes are looked at first (under a millisecond in the usual case).
 * @param hint pids to try first (the owner of the connection before is most often the owner of the next)
 * @returns null where it is not Linux, not ours, or gone already
 */
export function findSocketOwner(ends: SocketEnds, hint: readonly number[] = []): SocketOwner | null {
  if (process.platform !== 'linux') return null
  const inode = findSocketInode(ends.local, ends.peer)
  if (inode === null) return null
  const noted = recallSocket(inode)
  if (noted !== null) return { pid: noted, process: nameOf(noted) }
  for (const pid of hint) if (holdsSocket(pid, inode)) return { pid, process: nameOf(pid) }
  for (const pid of listProcesses()) if (holdsSocket(pid, inode)) return { pid, process: nameOf(pid) }
  return null
}

/** The socket of a client that we have accepted: its ends are ours, the other way round. */
export function clientSocketOf({
  clientAddress,
  acceptedAt,
}: {
  readonly clientAddress: string
  readonly acceptedAt?: string
}): SocketEnds {
  return acceptedAt === undefined ? { local: clientAddress } : { local: clientAddress, peer: acceptedAt }
}

/** The named variables of a process of the same user; null when they cannot be read. */
export function loadNamedVariables(pid: number): Readonly<Record<string, string>> | null {
  const text = readOrNull(`/proc/${pid}/environ`)
  if (text === null) return null
  const pairs = text.split('\0').map((pair): [string, string] => {
    const sign = pair.indexOf('=')
    return [pair.slice(0, sign), pair.slice(sign + 1)]
  })
  return Object.fromEntries(pairs.filter(([name]) => NAMED_VARIABLES.some((known) => known === name)))
}

function listProcesses(): readonly number[] {
  const pids = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
  // We are a client of ourselves in tests only, and may hold thousands.
  const others = pids.filter((pid) => pid !== process.pid).sort((a, b) => b - a)
  return [...others.slice(0, MOST_PROCESSES), process.pid]
}

function holdsSocket(pid: number, inode: string): boolean {
  const folder = `/proc/${pid}/fd`
  try {
    const fds = readdirSync(folder)
    if (fds.length <= FEW_FILES) return fds.some((fd) => readLink(`${folder}/${fd}`) === `socket:[${inode}]`)
    noteSockets(pid, folder, fds)
    return NOTED.has(inode)
  } catch {
    // Another user's process, or it has ended.
    return false
  }
}

/** Sockets of processes that hold many, by inode: a client that opens a thousand at once is not looked through a thousand times. */
const NOTED = new Map<string, { readonly pid: number; readonly path: string }>()
const FEW_FILES = 64
const MOST_NOTED = 20_000

function noteSockets(pid: number, folder: string, fds: readonly string[]): void {
  if (NOTED.size > MOST_NOTED) NOTED.clear()
  for (const fd of fds) {
    const path = `${folder}/${fd}`
    const inode = /^socket:\[(\d+)\]$/.exec(readLink(path) ?? '')?.[1]
    if (inode !== undefined) NOTED.set(inode, { pid, path })
  }
}

/** Whoever held it when it was noted, if that is still so. */
function recallSocket(inode: string): number | null {
  const noted = NOTED.get(inode)
  if (noted === undefined) return null
  NOTED.delete(inode)
  return readLink(noted.path) === `socket:[${inode}]` ? noted.pid : null
}

function readLink(path: string): string | null {
  try {
    return readlinkSync(path)
  } catch {
    return null
  }
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return null
  }
}

function nameOf(pid: number): string {
  return readOrNull(`/proc/${pid}/comm`)?.trim() ?? 'unknown'
}
