/** Where each field of a ClientHello or ServerHello lies (RFC 8446 sections 4.1.2 and 4.1.3), for the bytes view. */

export interface Field {
  /** From the first octet of the message's 4-octet header. */
  readonly offset: number
  readonly lengthBytes: number
  readonly name: string
  /** Which extension this is, null for all other fields. */
  readonly extension: number | null
}

/** Fields of a hello message with its header, in wire order; what cannot be read any more is one last field. Never throws. */
export function layHelloFields(message: Uint8Array): readonly Field[] {
  const walk = new Walk(message)
  walk.take('Handshake header', 4)
  walk.take('legacy_version', 2)
  walk.take('random', 32)
  walk.takeVector('legacy_session_id', 1)
  if (message[0] === 1) {
    walk.takeVector('cipher_suites', 2)
    walk.takeVector('legacy_compression_methods', 1)
  } else {
    walk.take('cipher_suite', 2)
    walk.take('legacy_compression_method', 1)
  }
  walk.take('extensions length', 2)
  while (walk.hasMore()) walk.takeExtension()
  return walk.fields
}

class Walk {
  readonly fields: Field[] = []
  readonly #octets: Uint8Array
  #at = 0
  constructor(octets: Uint8Array) {
    this.#octets = octets
  }

  hasMore(): boolean {
    return this.#at < this.#octets.length
  }

  take(name: string, lengthBytes: number, extension: number | null = null): void {
    const left = this.#octets.length - this.#at
    if (left <= 0 || lengthBytes <= 0) return
    const isCut = lengthBytes > left
    this.fields.push({ offset: this.#at, lengthBytes: Math.min(lengthBytes, left), name: isCut ? `${name} (cut short)` : name, extension })
    this.#at += Math.min(lengthBytes, left)
  }

  takeVector(name: string, lengthOctets: 1 | 2): void {
    this.take(name, lengthOctets + this.#number(this.#at, lengthOctets))
  }

  takeExtension(): void {
    const id = this.#number(this.#at, 2)
    this.take(`extension ${id}`, 4 + this.#number(this.#at + 2, 2), id)
  }

  #number(at: number, octets: number): number {
    return [...this.#octets.subarray(at, at + octets)].reduce((sum, octet) => sum * 256 + octet, 0)
  }
}
