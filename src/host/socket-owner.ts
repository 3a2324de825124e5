/** Which process holds the other end of a loopback connection (Linux only, processes of the same user only). */
import { closeSync, openSync, readdirSync, readFileSync, readlinkSync, readSync } from 'node:fs'

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

/**
 * Find the process whose TCP socket has this local address. Synchronous on purpose: a client that fails at once is gone some milliseconds later,
 * and the newest processes are looked at first (under a millisecond in the usual case).
 * @param address ip:port of the client's end
 * @param hint pids to try first (the owner of the connection before is most often the owner of the next)
 * @returns null where it is not Linux, not ours, or gone already
 */
export function findSocketOwner(address: string, hint: readonly number[] = []): SocketOwner | null {
  if (process.platform !== 'linux') return null
  const inode = findInode(address)
  if (inode === null) return null
  for (const pid of hint) if (holdsSocket(pid, inode)) return { pid, process: nameOf(pid) }
  for (const pid of listProcesses()) if (holdsSocket(pid, inode)) return { pid, process: nameOf(pid) }
  return null
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
  return pids.sort((a, b) => b - a).slice(0, MOST_PROCESSES)
}

/** The kernel writes the table in pieces, and may skip a row while others come and go. */
const TABLE_READS = 3

function findInode(address: string): string | null {
  const wanted = procAddress(address)
  if (wanted === null) return null
  for (let read = 0; read < TABLE_READS; read += 1) {
    const inode = readInode(wanted)
    if (inode !== null) return inode
  }
  return null
}

/**
 * Read the table up to the row, by some rows at a time: most of its cost is the kernel's walk through all buckets (4 ms where there are many),
 * and it walks only as far as it is asked for.
 */
function readInode(wanted: string): string | null {
  const file = openOrNull('/proc/net/tcp')
  if (file === null) return null
  try {
    for (let text = ''; ; text = text.slice(text.lastIndexOf('\n') + 1)) {
      const length = readSync(file, ROWS)
      if (length === 0) return null
      text += ROWS.toString('latin1', 0, length)
      const inode = inodeIn(text, wanted)
      if (inode !== null) return inode
    }
  } catch {
    return null
  } finally {
    closeSync(file)
  }
}

/** Six rows of 150 octets. */
const ROWS = Buffer.alloc(900)

/** @param text whole rows, and what is there of the last one */
function inodeIn(text: string, wanted: string): string | null {
  const at = text.indexOf(`: ${wanted} `)
  const end = at < 0 ? -1 : text.indexOf('\n', at)
  if (end < 0) return null
  // "sl: local remote st tx:rx tr:when retrnsmt uid timeout inode"
  const row = text.slice(at + 2, end).trim()
  return row.split(/\s+/)[8] ?? null
}

function openOrNull(path: string): number | null {
  try {
    return openSync(path, 'r')
  } catch {
    return null
  }
}

/** An IPv4 address as the kernel's table spells it: little-endian hex, colon, port in hex. */
function procAddress(address: string): string | null {
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+):(\d+)$/.exec(address)
  if (match === null) return null
  const [a = 0, b = 0, c = 0, d = 0, port = 0] = match.slice(1).map(Number)
  const hex = (value: number, width: number) => value.toString(16).toUpperCase().padStart(width, '0')
  return `${hex(d, 2)}${hex(c, 2)}${hex(b, 2)}${hex(a, 2)}:${hex(port, 4)}`
}

function holdsSocket(pid: number, inode: string): boolean {
  const folder = `/proc/${pid}/fd`
  try {
    return readdirSync(folder).some((fd) => readLink(`${folder}/${fd}`) === `socket:[${inode}]`)
  } catch {
    // Another user's process, or it has ended.
    return false
  }
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
