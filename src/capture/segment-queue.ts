/**
 * Puts the octets of one TCP direction in order: retransmissions and overlaps are taken once (the first copy counts), early segments wait.
 * Numbers are compared modulo 2^32 (RFC 9293 section 3.4).
 */
export class SegmentQueue {
  #next: number | null = null
  #waiting: Waiting[] = []
  #waitingBytes = 0
  #finAt: number | null = null
  readonly #beginnings: number[] = []
  #isBegun = false

  /** What it costs to keep the octets that wait for earlier ones. */
  get waitingBytes(): number {
    return this.#waitingBytes + this.#waiting.length * ENTRY_BYTES
  }

  /** So many segments wait that sorting them would take more than linear time. */
  get isOverfull(): boolean {
    return this.#waiting.length >= MAX_WAITING
  }

  /** Octets between what was delivered and the first that waits; 0 when nothing waits. */
  get gapBytes(): number {
    const [first] = this.#waiting
    return first === undefined || this.#next === null ? 0 : distance(first.sequence, this.#next)
  }

  /** The first octet that is awaited; null before any segment. */
  get next(): number | null {
    return this.#next
  }

  /** FIN came, and everything before it. */
  get isEnded(): boolean {
    return this.#finAt !== null && this.#next !== null && distance(this.#next, this.#finAt) >= 0
  }

  /** A SYN with this number: the first octet is the one behind it. Where several SYNs disagree, the one that the first octets fit counts. */
  synchronize(sequence: number): void {
    const first = (sequence + 1) >>> 0
    this.#next ??= first
    if (!this.#isBegun && this.#beginnings.length < MAX_BEGINNINGS) this.#beginnings.push(first)
  }

  /** The octet behind the last one. */
  finish(sequence: number): void {
    this.#finAt ??= sequence
  }

  /** Take in a segment and deliver what is in order now; delivered octets are views or own copies, valid inside `deliver` only. */
  accept(sequence: number, octets: Uint8Array, deliver: (octets: Uint8Array) => void): void {
    if (this.#next === null || (!this.#isBegun && this.#beginnings.includes(sequence))) this.#next = sequence
    const ahead = distance(sequence, this.#next)
    if (ahead > 0) {
      this.#wait(sequence, octets)
      return
    }
    this.#deliver(-ahead, octets, deliver)
    while (this.#waiting.length > 0) {
      const [first] = this.#waiting
      if (first === undefined || distance(first.sequence, this.#next) > 0) return
      this.#waiting.shift()
      this.#waitingBytes -= first.octets.length
      this.#deliver(distance(this.#next, first.sequence), first.octets, deliver)
    }
  }

  /** Let go of what waits. */
  clear(): void {
    this.#waiting = []
    this.#waitingBytes = 0
  }

  #deliver(known: number, octets: Uint8Array, deliver: (octets: Uint8Array) => void): void {
    if (known >= octets.length || this.#next === null) return
    const fresh = octets.subarray(known)
    this.#isBegun = true
    this.#next = (this.#next + fresh.length) >>> 0
    deliver(fresh)
  }

  /** Sorted by number; mostly a segment belongs at the end. One that is there already, as long or longer, is not kept twice. */
  #wait(sequence: number, octets: Uint8Array): void {
    let at = this.#waiting.length
    for (
      let before = this.#waiting[at - 1];
      before !== undefined && distance(before.sequence, sequence) > 0;
      before = this.#waiting[at - 1]
    )
      at -= 1
    const before = this.#waiting[at - 1]
    if (before !== undefined && before.sequence === sequence && before.octets.length >= octets.length) return
    this.#waiting.splice(at, 0, { sequence, octets: octets.slice() })
    this.#waitingBytes += octets.length
  }
}

interface Waiting {
  readonly sequence: number
  readonly octets: Uint8Array
}

/** Memory of an entry besides its octets. */
const ENTRY_BYTES = 128
const MAX_WAITING = 4096
const MAX_BEGINNINGS = 4

/** How far `left` is ahead of `right`, negative when behind. */
function distance(left: number, right: number): number {
  return (left - right) | 0
}
