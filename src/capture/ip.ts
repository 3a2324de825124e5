/** IPv4 (RFC 791) and IPv6 (RFC 8200) headers. */
import { readU16 } from './number.ts'

/** What an IP packet carries; octets are views. */
export interface IpPacket {
  readonly source: Uint8Array
  readonly destination: Uint8Array
  /** IANA protocol number: 6 TCP, 17 UDP. */
  readonly protocol: number
  readonly payload: Uint8Array
  /** Which part of a packet this is that was cut up on the way; null when it is whole. */
  readonly fragment: Fragment | null
}

/** A part of an IP packet (RFC 791 section 3.2, RFC 8200 section 4.5). */
export interface Fragment {
  /** Equal in all parts of one packet between the same addresses. */
  readonly identification: number
  /** Where the part begins in the packet's payload. */
  readonly offset: number
  readonly isLast: boolean
}

/** Parse an IP packet of either version. Null where the octets are none. */
export function parseIp(octets: Uint8Array): IpPacket | null {
  const version = (octets[0] ?? 0) >> 4
  return version === 4 ? parseIpv4(octets) : version === 6 ? parseIpv6(octets) : null
}

/** An address as people write it; of IPv6 the form of RFC 5952. */
export function formatAddress(octets: Uint8Array): string {
  if (octets.length === 4) return octets.join('.')
  const groups = Array.from({ length: 8 }, (_, at) => ((octets[at * 2] ?? 0) * 256 + (octets[at * 2 + 1] ?? 0)).toString(16))
  const zeros = [...groups.join(':').matchAll(/(?:^|:)0(?::0)+(?=:|$)/g)].sort((left, right) => right[0].length - left[0].length)[0]
  if (zeros === undefined) return groups.join(':')
  const text = groups.join(':')
  const before = text.slice(0, zeros.index)
  const after = text.slice(zeros.index + zeros[0].length).replace(/^:/, '')
  return `${before}::${after}`
}

function parseIpv4(octets: Uint8Array): IpPacket | null {
  const headerBytes = ((octets[0] ?? 0) & 0x0f) * 4
  if (headerBytes < 20 || octets.length < headerBytes) return null
  const announced = readU16(octets, 2)
  // 0: the network card was left to cut the packet (segmentation offload).
  const end = announced === 0 ? octets.length : Math.min(announced, octets.length)
  if (end < headerBytes) return null
  return {
    source: octets.subarray(12, 16),
    destination: octets.subarray(16, 20),
    protocol: octets[9] ?? 0,
    payload: octets.subarray(headerBytes, end),
    fragment: readFragment(octets),
  }
}

function readFragment(octets: Uint8Array): Fragment | null {
  const field = readU16(octets, 6)
  if ((field & 0x3fff) === 0) return null
  return { identification: readU16(octets, 4), offset: (field & 0x1fff) * 8, isLast: (field & 0x2000) === 0 }
}

function parseIpv6(octets: Uint8Array): IpPacket | null {
  if (octets.length < 40) return null
  const announced = readU16(octets, 4)
  const end = announced === 0 ? octets.length : Math.min(40 + announced, octets.length)
  let [protocol, at] = [octets[6] ?? 0, 40]
  let fragment: Fragment | null = null
  for (let headers = 0; EXTENSIONS.has(protocol) && headers < MAX_EXTENSIONS; headers += 1) {
    if (at + 8 > end) return null
    if (protocol === FRAGMENT) fragment ??= readFragmentHeader(octets, at)
    const length = lengthOfExtension(protocol, octets[at + 1] ?? 0)
    protocol = octets[at] ?? 0
    at += length
    if (fragment !== null && fragment.offset > 0) break
  }
  if (at > end) return null
  return { source: octets.subarray(8, 24), destination: octets.subarray(24, 40), protocol, payload: octets.subarray(at, end), fragment }
}

function readFragmentHeader(octets: Uint8Array, at: number): Fragment | null {
  const field = readU16(octets, at + 2)
  if ((field & 0xfff9) === 0) return null
  return { identification: readU16(octets, at + 4) * 65536 + readU16(octets, at + 6), offset: field & 0xfff8, isLast: (field & 1) === 0 }
}

function lengthOfExtension(protocol: number, length: number): number {
  if (protocol === FRAGMENT) return 8
  return protocol === AUTHENTICATION ? (length + 2) * 4 : (length + 1) * 8
}

const FRAGMENT = 44
const AUTHENTICATION = 51
const MAX_EXTENSIONS = 8

/** Hop-by-hop options, routing, fragment, authentication, destination options, mobility. */
const EXTENSIONS: ReadonlySet<number> = new Set([0, 43, FRAGMENT, AUTHENTICATION, 60, 135])
