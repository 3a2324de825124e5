/** What an IP packet carries when it is a tunnel's: the IP packet inside. */
import { behindEtherType, behindPpp } from './ether-type.ts'
import type { IpPacket } from './ip.ts'
import { readU16 } from './number.ts'
import { behindWlan } from './wlan.ts'

/** The IP packet that this one carries, as a view; null where it is no tunnel that is read, or carries something else. */
export function findTunnelled({ protocol, payload }: IpPacket): Uint8Array | null {
  if (protocol === IP_IN_IP || protocol === IPV6_IN_IP) return payload
  if (protocol === GRE) return behindGre(payload)
  if (protocol === ETHER_IP) return behindEtherType(payload, 2 + 12)
  if (protocol !== UDP) return null
  const reader = PORTS.get(readU16(payload, 2)) ?? PORTS.get(readU16(payload, 0))
  return reader?.(payload.subarray(UDP_HEADER_BYTES)) ?? null
}

/** RFC 2784 and 2890, PPTP's variant (RFC 2637), and ERSPAN of type I to III. */
function behindGre(octets: Uint8Array): Uint8Array | null {
  const [flags, type] = [readU16(octets, 0), readU16(octets, 2)]
  if ((flags & 0x4000) !== 0) return null
  const words = ((flags & 0x8000) !== 0 ? 1 : 0) + ((flags & 0x2000) !== 0 ? 1 : 0) + ((flags & 0x1000) !== 0 ? 1 : 0)
  const isPptp = (flags & 0x07) === 1
  const inner = 4 + 4 * (words + (isPptp && (octets[1] ?? 0) >= 0x80 ? 1 : 0))
  if (isPptp) return type === PPP ? behindPpp(octets, inner) : null
  if (type === ETHERNET) return behindEtherType(octets, inner + 12)
  if (type === ERSPAN) return behindEtherType(octets, inner + (words > 0 ? 8 : 0) + 12)
  if (type === ERSPAN_III) return behindEtherType(octets, inner + ((octets[inner + 11] ?? 0) % 2 === 1 ? 20 : 12) + 12)
  return behindEtherType(octets, 2, inner)
}

/** User data of mobile networks (3GPP TS 29.281). */
function behindGtp(octets: Uint8Array): Uint8Array | null {
  const flags = octets[0] ?? 0
  if (flags >> 4 !== 3 || octets[1] !== GTP_DATA) return null
  if ((flags & 0x07) === 0) return octets.subarray(8)
  let [at, next] = [12, (flags & 0x04) !== 0 ? (octets[11] ?? 0) : 0]
  for (let headers = 0; next !== 0 && headers < MAX_HEADERS; headers += 1) {
    const length = (octets[at] ?? 0) * 4
    if (length === 0) return null
    at += length
    next = octets[at - 1] ?? 0
  }
  return octets.subarray(at)
}

/** RFC 7348. */
function behindVxlan(octets: Uint8Array): Uint8Array | null {
  return (octets[0] ?? 0) === 0x08 ? behindEtherType(octets, 8 + 12) : null
}

/** RFC 8926. */
function behindGeneve(octets: Uint8Array): Uint8Array | null {
  const inner = 8 + ((octets[0] ?? 0) & 0x3f) * 4
  return readU16(octets, 2) === ETHERNET ? behindEtherType(octets, inner + 12) : behindEtherType(octets, 2, inner)
}

/** RFC 4380: an IPv6 packet, behind an authentication and an origin indication. */
function behindTeredo(octets: Uint8Array): Uint8Array | null {
  let at = 0
  if (readU16(octets, at) === 1) at += 13 + (octets[2] ?? 0) + (octets[3] ?? 0)
  if (readU16(octets, at) === 0) at += 8
  return (octets[at] ?? 0) >> 4 === 6 ? octets.subarray(at) : null
}

/** Frames of wireless stations on their way to the controller (RFC 5415, RFC 5416). */
function behindCapwap(octets: Uint8Array): Uint8Array | null {
  const isPlain = octets[0] === 0
  const [length, flags] = [((octets[1] ?? 0) >> 3) * 4, octets[3] ?? 0]
  const isFragment = (flags & 0x80) !== 0
  if (!isPlain || length < 8 || isFragment) return null
  const isNative = ((octets[2] ?? 0) & 0x01) !== 0
  return isNative ? behindWlan(octets, length) : behindEtherType(octets, length + 12)
}

/** RFC 2661: a header whose parts are announced by flags, then PPP. */
function behindL2tp(octets: Uint8Array): Uint8Array | null {
  const flags = readU16(octets, 0)
  const isControl = (flags & 0x8000) !== 0
  if (isControl || (flags & 0x0f) !== 2) return null
  const at = 6 + ((flags & 0x4000) !== 0 ? 2 : 0) + ((flags & 0x0800) !== 0 ? 4 : 0)
  return behindPpp(octets, (flags & 0x0200) !== 0 ? at + 2 + readU16(octets, at) : at)
}

const IP_IN_IP = 4
const UDP = 17
const IPV6_IN_IP = 41
const GRE = 47
const ETHER_IP = 97
const UDP_HEADER_BYTES = 8
/** G-PDU. */
const GTP_DATA = 255
const MAX_HEADERS = 8

/** EtherTypes inside GRE and Geneve. */
const ETHERNET = 0x6558
const PPP = 0x880b
const ERSPAN = 0x88be
const ERSPAN_III = 0x22eb

const PORTS: ReadonlyMap<number, (octets: Uint8Array) => Uint8Array | null> = new Map([
  [1701, behindL2tp],
  [2152, behindGtp],
  [3544, behindTeredo],
  [4789, behindVxlan],
  [5247, behindCapwap],
  [6081, behindGeneve],
])
