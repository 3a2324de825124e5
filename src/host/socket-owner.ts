/** Which process holds the other end of a loopback connection (Linux only, own processes only). */
import { readdir, readFile, readlink } from 'node:fs/promises'

/** A process as /proc shows it. */
export interface SocketOwner {
  readonly pid: number
  /** Name of its program, from /proc/PID/comm. */
  readonly process: string
}

/** Variables that decide how go verifies; nothing else of a foreign environment is looked at. */
const NAMED_VARIABLES = ['SSL_CERT_FILE', 'SSL_CERT_DIR', 'GODEBUG', 'GOPROXY'] as const

/**
 * Find the process whose TCP socket has this local address.
 * @param address ip:port of the client's end
 * @param hint pids to try first (the owner of the connection before is most often the owner of the next)
 * @returns null where it is not Linux, not ours, or gone already
 */
export async function findSocketOwner(address: string, hint: readonly number[] = []): Promise<SocketOwner | null> {
  if (process.platform !== 'linux') return null
  const inode = await findInode(address)
  if (inode === null) return null
  const others = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
  for (const pid of [...hint, ...others.reverse()]) {
    if (await holdsSocket(pid, inode)) return { pid, process: await nameOf(pid) }
  }
  return null
}

/** The named variables of a process of the same user; null when they cannot be read. */
export async function loadNamedVariables(pid: number): Promise<Readonly<Record<string, string>> | null> {
  try {
    const text = await readFile(`/proc/${pid}/environ`, 'utf8')
    const pairs = text.split('\0').map((pair): [string, string] => {
      const sign = pair.indexOf('=')
      return [pair.slice(0, sign), pair.slice(sign + 1)]
    })
    return Object.fromEntries(pairs.filter(([name]) => NAMED_VARIABLES.some((known) => known === name)))
  } catch {
    return null
  }
}

async function findInode(address: string): Promise<string | null> {
  const wanted = procAddress(address)
  if (wanted === null) return null
  try {
    const table = await readFile(wanted.length > 13 ? '/proc/net/tcp6' : '/proc/net/tcp', 'latin1')
    const line = table.split('\n').find((row) => row.trim().split(/\s+/)[1] === wanted)
    return line?.trim().split(/\s+/)[9] ?? null
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

async function holdsSocket(pid: number, inode: string): Promise<boolean> {
  try {
    const folder = `/proc/${pid}/fd`
    for (const fd of await readdir(folder)) {
      if ((await readlink(`${folder}/${fd}`)) === `socket:[${inode}]`) return true
    }
  } catch {
    // Another user's process, or it has ended.
  }
  return false
}

async function nameOf(pid: number): Promise<string> {
  try {
    return (await readFile(`/proc/${pid}/comm`, 'utf8')).trim()
  } catch {
    return 'unknown'
  }
}
