/** From a captured frame to the IP packet in it. */

/** Link types that are read, with their names in tcpdump's registry. */
export const LINK_TYPES: ReadonlyMap<number, string> = new Map([
  [0, 'NULL'],
  [1, 'ETHERNET'],
  [12, 'RAW'],
  [14, 'RAW'],
  [101, 'RAW'],
  [108, 'LOOP'],
  [113, 'LINUX_SLL'],
  [228, 'IPV4'],
  [229, 'IPV6'],
  [276, 'LINUX_SLL2'],
])

/** The IP packet of a frame, as a view; null where the frame holds something else, is too short, or the link type is not read. */
export function findIpPacket(linkType: number, frame: Uint8Array): Uint8Array | null {
  if (linkType === 1) return behindEtherType(frame, 12)
  if (linkType === 113) return behindEtherType(frame, 14)
  if (linkType === 276) return behindEtherType(frame, 0, 20)
  if (linkType === 0 || linkType === 108) return behindFamily(frame)
  return LINK_TYPES.has(linkType) ? frame : null
}

/** @param at where the EtherType stands. @param next where what it names begins, right behind it unless said */
function behindEtherType(frame: Uint8Array, at: number, next = at + 2): Uint8Array | null {
  let [type, payload] = [readU16(frame, at), next]
  for (let tags = 0; TAGS.has(type) && tags < MAX_TAGS; tags += 1) {
    type = readU16(frame, payload + 2)
    payload += 4
  }
  if (type === PPPOE_SESSION) {
    const protocol = readU16(frame, payload + 6)
    return protocol === PPP_IPV4 || protocol === PPP_IPV6 ? frame.subarray(payload + 8) : null
  }
  return type === IPV4 || type === IPV6 ? frame.subarray(payload) : null
}

/** The address family stands in the byte order of the machine that captured; the small numbers are plain in either. */
function behindFamily(frame: Uint8Array): Uint8Array | null {
  const family = (frame[0] ?? 0) | (frame[3] ?? 0)
  return FAMILIES.has(family) ? frame.subarray(4) : null
}

function readU16(octets: Uint8Array, at: number): number {
  return (octets[at] ?? 0) * 256 + (octets[at + 1] ?? 0)
}

const IPV4 = 0x0800
const IPV6 = 0x86dd
const PPPOE_SESSION = 0x8864
const PPP_IPV4 = 0x0021
const PPP_IPV6 = 0x0057

/** 802.1Q, 802.1ad, and QinQ of before the standard. */
const TAGS: ReadonlySet<number> = new Set([0x8100, 0x88a8, 0x9100])
const MAX_TAGS = 4

/** AF_INET everywhere; AF_INET6 of Linux, NetBSD, FreeBSD, macOS. */
const FAMILIES: ReadonlySet<number> = new Set([2, 10, 24, 28, 30])
