/** IPv4 (RFC 791) and IPv6 (RFC 8200) headers. */

/** What an IP packet carries; octets are views. */
export interface IpPacket {
  readonly source: Uint8Array
  readonly destination: Uint8Array
  /** IANA protocol number: 6 TCP, 17 UDP. */
  readonly protocol: number
  readonly payload: Uint8Array
  /** Part of a packet that was cut up on the way; fragments are not joined. */
  readonly isFragment: boolean
}

/** Parse an IP packet of either version; tunnels (IP in IP, GTP-U) are looked through. Null where the octets are none. */
export function parseIp(octets: Uint8Array, depth = 0): IpPacket | null {
  const version = (octets[0] ?? 0) >> 4
  const packet = version === 4 ? parseIpv4(octets) : version === 6 ? parseIpv6(octets) : null
  const inner = packet === null || packet.isFragment || depth >= MAX_TUNNELS ? null : findInnerPacket(packet)
  return inner === null ? packet : (parseIp(inner, depth + 1) ?? packet)
}

/** The IP packet that this one carries: IP in IP, or GTP-U of mobile networks (3GPP TS 29.281); null where it carries something else. */
function findInnerPacket({ protocol, payload }: IpPacket): Uint8Array | null {
  if (protocol === IP_IN_IP || protocol === IPV6_IN_IP) return payload
  if (protocol !== UDP || readU16(payload, 2) !== GTP_PORT || (payload[8] ?? 0) >> 4 !== 3 || payload[9] !== GTP_DATA) return null
  const hasOptions = ((payload[8] ?? 0) & 0x07) !== 0
  return payload.subarray(8 + (hasOptions ? 12 : 8))
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
    isFragment: (readU16(octets, 6) & 0x3fff) !== 0,
  }
}

function parseIpv6(octets: Uint8Array): IpPacket | null {
  if (octets.length < 40) return null
  const announced = readU16(octets, 4)
  const end = announced === 0 ? octets.length : Math.min(40 + announced, octets.length)
  let [protocol, at, isFragment] = [octets[6] ?? 0, 40, false]
  for (let headers = 0; EXTENSIONS.has(protocol) && headers < MAX_EXTENSIONS; headers += 1) {
    if (at + 8 > end) return null
    if (protocol === FRAGMENT) isFragment ||= (readU16(octets, at + 2) & 0xfff9) !== 0
    const length = lengthOfExtension(protocol, octets[at + 1] ?? 0)
    protocol = octets[at] ?? 0
    at += length
  }
  if (at > end) return null
  return { source: octets.subarray(8, 24), destination: octets.subarray(24, 40), protocol, payload: octets.subarray(at, end), isFragment }
}

function lengthOfExtension(protocol: number, length: number): number {
  if (protocol === FRAGMENT) return 8
  return protocol === AUTHENTICATION ? (length + 2) * 4 : (length + 1) * 8
}

function readU16(octets: Uint8Array, at: number): number {
  return (octets[at] ?? 0) * 256 + (octets[at + 1] ?? 0)
}

const IP_IN_IP = 4
const IPV6_IN_IP = 41
const UDP = 17
const GTP_PORT = 2152
/** G-PDU. */
const GTP_DATA = 255
const MAX_TUNNELS = 3
const FRAGMENT = 44
const AUTHENTICATION = 51
const MAX_EXTENSIONS = 8

/** Hop-by-hop options, routing, fragment, authentication, destination options, mobility. */
const EXTENSIONS: ReadonlySet<number> = new Set([0, 43, FRAGMENT, AUTHENTICATION, 60, 135])
