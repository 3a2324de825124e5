/** The kernel's table of TCP sockets, /proc/net/tcp and tcp6 (Linux only). */
import { closeSync, openSync, readSync } from 'node:fs'

/** The kernel writes the table in pieces, and may skip a row while others come and go. */
const TABLE_READS = 3

/**
 * The inode of a socket that some process holds. A port is given anew while an older connection from it, to elsewhere, still waits for its end
 * (inode 0), or even lives: only both ends together name a connection.
 * @param local ip:port of its own end
 * @param peer ip:port of the far end; without it the socket that listens there
 */
export function findSocketInode(local: string, peer?: string): string | null {
  const rows = spellRows(local, peer)
  for (let read = 0; read < TABLE_READS; read += 1) {
    for (const { file, start } of rows) {
      const inode = readInode(file, start)
      if (inode !== null) return inode
    }
  }
  return null
}

interface WantedRow {
  readonly file: string
  /** Both ends, as its row spells them. */
  readonly start: string
}

/** How the row may begin: a socket of an IPv6 program may speak IPv4, its address then stands mapped in the other table. */
function spellRows(local: string, peer: string | undefined): readonly WantedRow[] {
  const [own, far] = [spellEnd(local), peer === undefined ? null : spellEnd(peer)]
  if (own === null || (peer !== undefined && far === null)) return []
  const row = (file: string, family: 'ipv4' | 'ipv6'): WantedRow[] => {
    const ends = [own[family], far === null ? LISTENS[family] : far[family]]
    return ends.includes(null) ? [] : [{ file, start: `: ${ends.join(' ')} ` }]
  }
  return [...row('/proc/net/tcp', 'ipv4'), ...row('/proc/net/tcp6', 'ipv6')]
}

const LISTENS = { ipv4: '00000000:0000', ipv6: `${'0'.repeat(32)}:0000` }

interface SpelledEnd {
  readonly ipv4: string | null
  readonly ipv6: string
}

/** ip:port as the tables spell it: groups of four octets in the order of the machine (little-endian), hex, then the port in hex. */
function spellEnd(address: string): SpelledEnd | null {
  const [, quad, six, port = ''] = /^(?:(\d+\.\d+\.\d+\.\d+)|\[([0-9a-f:]+)\]):(\d+)$/.exec(address) ?? []
  const at = `:${hex(Number(port), 4)}`
  if (quad !== undefined) {
    const octets = quad.split('.').map(Number)
    return { ipv4: spellGroups(octets) + at, ipv6: spellGroups([...MAPPED, ...octets]) + at }
  }
  return six === undefined ? null : { ipv4: null, ipv6: spellGroups(expandIpv6(six)) + at }
}

/** ::ffff:0:0/96 (RFC 4291 section 2.5.5.2). */
const MAPPED = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]

function spellGroups(octets: readonly number[]): string {
  return octets.map((_, at) => hex(octets[at - (at % 4) + 3 - (at % 4)] ?? 0, 2)).join('')
}

/** @param text an address as a socket tells it: hex groups, at most one "::" */
function expandIpv6(text: string): readonly number[] {
  const [head = [], tail = []] = text.split('::').map((part) => part.split(':').filter((group) => group !== ''))
  const groups = [...head, ...Array.from({ length: Math.max(0, 8 - head.length - tail.length) }, () => '0'), ...tail]
  return groups.slice(0, 8).flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 0xff])
}

function hex(value: number, width: number): string {
  return value.toString(16).toUpperCase().padStart(width, '0')
}

/**
 * Read the table up to the row, by some rows at a time: most of its cost is the kernel's walk through all buckets (4 ms where there are many),
 * and it walks only as far as it is asked for.
 */
function readInode(path: string, start: string): string | null {
  const file = openOrNull(path)
  if (file === null) return null
  try {
    for (let text = ''; ; text = text.slice(text.lastIndexOf('\n') + 1)) {
      const length = readSync(file, ROWS)
      if (length === 0) return null
      text += ROWS.toString('latin1', 0, length)
      const inode = inodeIn(text, start)
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

/** A socket of nobody has inode 0. @param text whole rows, and what is there of the last one */
function inodeIn(text: string, start: string): string | null {
  const at = text.indexOf(start)
  const end = at < 0 ? -1 : text.indexOf('\n', at)
  if (end < 0) return null
  // "sl: local remote st tx:rx tr:when retrnsmt uid timeout inode"
  const inode = text
    .slice(at + 2, end)
    .trim()
    .split(/\s+/)[8]
  return inode === '0' ? null : (inode ?? null)
}

function openOrNull(path: string): number | null {
  try {
    return openSync(path, 'r')
  } catch {
    return null
  }
}
