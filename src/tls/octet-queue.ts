/**
 * Octets that came and are not consumed yet: append at the end, drop at the front, both in amortised constant time an octet.
 * It copies what it is given, so the caller may reuse its buffer.
 */
export class OctetQueue {
  #store = new Uint8Array(0)
  #start = 0
  #end = 0

  get length(): number {
    return this.#end - this.#start
  }

  append(octets: Uint8Array): void {
    this.#makeRoom(octets.length)
    this.#store.set(octets, this.#end)
    this.#end += octets.length
  }

  /** A view of what is there; valid until the next `append`. */
  view(): Uint8Array {
    return this.#store.subarray(this.#start, this.#end)
  }

  /** Drop `count` octets at the front. */
  drop(count: number): void {
    this.#start = Math.min(this.#start + count, this.#end)
    if (this.#start === this.#end) this.clear()
  }

  /** Drop everything and give the memory back. */
  clear(): void {
    this.#store = new Uint8Array(0)
    this.#start = 0
    this.#end = 0
  }

  #makeRoom(count: number): void {
    if (this.#end + count <= this.#store.length) return
    const needed = this.length + count
    const grown = needed * 2 <= this.#store.length ? this.#store : new Uint8Array(Math.max(needed, Math.min(this.length * 2, needed * 2)))
    grown.set(this.view())
    this.#store = grown
    this.#end -= this.#start
    this.#start = 0
  }
}
