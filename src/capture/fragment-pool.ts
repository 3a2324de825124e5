import type { Fragment, IpPacket } from './ip.ts'

/**
 * Joins IP packets that were cut up on the way, in any order; of octets that were sent twice the first copy counts.
 * Bounded: 1,024 packets and 4 MiB at one time, 64 parts a packet, 30 seconds; what is beyond is let go, the oldest first.
 */
export class FragmentPool {
  readonly #open = new Map<string, Parts>()
  #heldBytes = 0
  #lost = 0

  /** Take in one part. @returns the whole packet once every part is there, in a buffer of its own; null before */
  join(packet: IpPacket, fragment: Fragment, atMs: number): IpPacket | null {
    const key = keyOf(packet, fragment)
    const known = this.#open.get(key)
    if (known !== undefined && atMs - known.atMs > LIFETIME_MS) this.#drop(key, known)
    const parts = this.#open.get(key) ?? { atMs, parts: [], heldBytes: 0, totalBytes: null, protocol: packet.protocol }
    this.#open.set(key, parts)
    this.#keep(parts, packet, fragment)
    const payload = parts.totalBytes === null || parts.heldBytes < parts.totalBytes ? null : join(parts.parts, parts.totalBytes)
    if (payload === null) {
      if (parts.parts.length >= MAX_PARTS) this.#drop(key, parts)
      this.#makeRoom()
      return null
    }
    this.#forget(key, parts)
    return { source: packet.source, destination: packet.destination, protocol: parts.protocol, payload, fragment: null }
  }

  /** The capture is over. @returns how many parts were never joined */
  end(): number {
    for (const [key, parts] of this.#open) this.#drop(key, parts)
    return this.#lost
  }

  #keep(parts: Parts, { payload, protocol }: IpPacket, { offset, isLast }: Fragment): void {
    parts.parts.push({ offset, octets: payload.slice() })
    parts.heldBytes += payload.length
    this.#heldBytes += payload.length
    if (isLast) parts.totalBytes ??= offset + payload.length
    // Only the first part has the extension headers behind the fragment header of IPv6.
    if (offset === 0) parts.protocol = protocol
  }

  #makeRoom(): void {
    for (const [key, parts] of this.#open) {
      if (this.#open.size <= MAX_PACKETS && this.#heldBytes <= MAX_HELD_BYTES) return
      this.#drop(key, parts)
    }
  }

  #drop(key: string, parts: Parts): void {
    this.#lost += parts.parts.length
    this.#forget(key, parts)
  }

  #forget(key: string, parts: Parts): void {
    this.#heldBytes -= parts.heldBytes
    this.#open.delete(key)
  }
}

interface Part {
  readonly offset: number
  readonly octets: Uint8Array
}

interface Parts {
  /** When the first of them came. */
  readonly atMs: number
  readonly parts: Part[]
  heldBytes: number
  /** Known once the last part is there. */
  totalBytes: number | null
  protocol: number
}

/** @returns null while there is a hole */
function join(parts: readonly Part[], totalBytes: number): Uint8Array | null {
  if (totalBytes > MAX_PACKET_BYTES) return null
  const whole = new Uint8Array(totalBytes)
  let filled = 0
  // The sort is stable: of two parts with one offset the first that came stands first.
  for (const { offset, octets } of parts.toSorted((left, right) => left.offset - right.offset)) {
    if (offset > filled) return null
    const fresh = octets.subarray(filled - offset, totalBytes - offset)
    whole.set(fresh, filled)
    filled += fresh.length
  }
  return filled === totalBytes ? whole : null
}

function keyOf({ source, destination, protocol }: IpPacket, { identification }: Fragment): string {
  return String.fromCharCode(...source, ...destination, source.length === 4 ? protocol : 0, identification >>> 16, identification & 0xffff)
}

const MAX_PACKETS = 1024
const MAX_HELD_BYTES = 4 * 1024 * 1024
const MAX_PARTS = 64
const LIFETIME_MS = 30_000
const MAX_PACKET_BYTES = 65_535
