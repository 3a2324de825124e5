/** From a captured frame to the IP packet in it. */
import { behindEtherType, behindPpp } from './ether-type.ts'
import { readU16 } from './number.ts'
import { behindRadiotap, behindWlan } from './wlan.ts'

/** Link types that are read, with their names in tcpdump's registry. */
export const LINK_TYPES: ReadonlyMap<number, string> = new Map([
  [0, 'NULL'],
  [1, 'ETHERNET'],
  [9, 'PPP'],
  [12, 'RAW'],
  [14, 'RAW'],
  [50, 'PPP_HDLC'],
  [51, 'PPP_ETHER'],
  [101, 'RAW'],
  [104, 'C_HDLC'],
  [105, 'IEEE802_11'],
  [108, 'LOOP'],
  [113, 'LINUX_SLL'],
  [127, 'IEEE802_11_RADIOTAP'],
  [228, 'IPV4'],
  [229, 'IPV6'],
  [239, 'NFLOG'],
  [276, 'LINUX_SLL2'],
])

/** The IP packet of a frame, as a view; null where the frame holds something else, is too short, or the link type is not read. */
export function findIpPacket(linkType: number, frame: Uint8Array): Uint8Array | null {
  return (READERS.get(linkType) ?? (() => null))(frame)
}

/** The address family stands in the byte order of the machine that captured; the small numbers are plain in either. */
function behindFamily(frame: Uint8Array): Uint8Array | null {
  const family = (frame[0] ?? 0) | (frame[3] ?? 0)
  return FAMILIES.has(family) ? frame.subarray(4) : null
}

/** Netfilter's log: a header of four octets, then fields with length and type in the capturing machine's byte order. */
function behindNetfilterFields(frame: Uint8Array): Uint8Array | null {
  // The first field is shorter than 256 octets.
  const isLittle = frame[4] !== 0
  for (let at = 4; at + 4 <= frame.length; ) {
    const [first, second] = [readU16(frame, at), readU16(frame, at + 2)]
    const length = isLittle ? swap(first) : first
    const type = isLittle ? swap(second) : second
    if (length < 4) return null
    if ((type & 0x7fff) === NETFILTER_PAYLOAD) return frame.subarray(at + 4, at + length)
    at += (length + 3) & ~3
  }
  return null
}

function swap(value: number): number {
  return ((value & 0xff) << 8) | (value >> 8)
}

const NETFILTER_PAYLOAD = 9

/** AF_INET everywhere; AF_INET6 of Linux, NetBSD, FreeBSD, macOS. */
const FAMILIES: ReadonlySet<number> = new Set([2, 10, 24, 28, 30])

const READERS: ReadonlyMap<number, (frame: Uint8Array) => Uint8Array | null> = new Map([
  ...([12, 14, 101, 228, 229] as const).map((type) => [type, (frame: Uint8Array) => frame] as const),
  ...([0, 108] as const).map((type) => [type, behindFamily] as const),
  ...([9, 50] as const).map((type) => [type, (frame: Uint8Array) => behindPpp(frame, 0)] as const),
  [1, (frame) => behindEtherType(frame, 12)],
  [51, (frame) => behindPpp(frame, 6)],
  [104, (frame) => behindEtherType(frame, 2)],
  [105, (frame) => behindWlan(frame)],
  [113, (frame) => behindEtherType(frame, 14)],
  [127, behindRadiotap],
  [239, behindNetfilterFields],
  [276, (frame) => behindEtherType(frame, 0, 20)],
])
