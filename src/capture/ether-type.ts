/** From an EtherType or a PPP protocol number to the IP packet behind it: VLAN tags, PPPoE, MPLS and SNAP are looked through. */
import { readU16 } from './number.ts'

/**
 * The IP packet behind an EtherType (IEEE 802 numbers), as a view; null where it names something else or the octets are too short.
 * @param at where the EtherType stands. @param next where what it names begins, right behind it unless said
 */
export function behindEtherType(frame: Uint8Array, at: number, next = at + 2): Uint8Array | null {
  let [type, payload] = [readU16(frame, at), next]
  for (let tags = 0; TAG_BYTES.has(type) && tags < MAX_TAGS; tags += 1) {
    payload += TAG_BYTES.get(type) ?? 0
    type = readU16(frame, payload - 2)
  }
  if (type === IPV4 || type === IPV6) return frame.subarray(payload)
  if (type === PPPOE_SESSION) return behindPpp(frame, payload + 6)
  if (type === MPLS || type === MPLS_MULTICAST) return behindLabels(frame, payload)
  return type <= MAX_LENGTH ? behindLlc(frame, payload) : null
}

/** The IP packet of a PPP frame (RFC 1661); address and control octets, and the short form of the protocol number, are allowed for. */
export function behindPpp(frame: Uint8Array, start: number): Uint8Array | null {
  const at = frame[start] === 0xff && frame[start + 1] === 0x03 ? start + 2 : start
  const isShort = ((frame[at] ?? 0) & 1) === 1
  const protocol = isShort ? (frame[at] ?? 0) : readU16(frame, at)
  if (protocol === PPP_IPV4 || protocol === PPP_IPV6) return frame.subarray(at + (isShort ? 1 : 2))
  return protocol === PPP_MPLS ? behindLabels(frame, at + 2) : null
}

/** The IP packet behind an LLC header with SNAP (IEEE 802.2); null behind any other. */
export function behindLlc(frame: Uint8Array, at: number): Uint8Array | null {
  const isSnap = frame[at] === 0xaa && frame[at + 1] === 0xaa && frame[at + 2] === 0x03
  return isSnap && readU16(frame, at + 6) > MAX_LENGTH ? behindEtherType(frame, at + 6) : null
}

/** The label at the bottom of the stack does not say what follows: an IP packet says it itself (RFC 4928). */
function behindLabels(frame: Uint8Array, start: number): Uint8Array | null {
  for (let at = start; at < start + 4 * MAX_LABELS && at + 4 < frame.length; at += 4) {
    if (((frame[at + 2] ?? 0) & 1) === 0) continue
    const version = (frame[at + 4] ?? 0) >> 4
    return version === 4 || version === 6 ? frame.subarray(at + 4) : null
  }
  return null
}

const IPV4 = 0x0800
const IPV6 = 0x86dd
const PPPOE_SESSION = 0x8864
const MPLS = 0x8847
const MPLS_MULTICAST = 0x8848
const PPP_IPV4 = 0x0021
const PPP_IPV6 = 0x0057
const PPP_MPLS = 0x0281
const MAX_LABELS = 8

/** Smaller numbers are a length: an LLC header follows. */
const MAX_LENGTH = 1500

/** 802.1Q, 802.1ad, QinQ of before the standard, and VN-Tag: octets from a tag's begin to what follows its EtherType. */
const TAG_BYTES: ReadonlyMap<number, number> = new Map([
  [0x8100, 4],
  [0x88a8, 4],
  [0x9100, 4],
  [0x8926, 6],
])
const MAX_TAGS = 4
