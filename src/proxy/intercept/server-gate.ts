/** Holds back what a server says until it is decided whether the client shall hear it. */
import type { ReadBuffer } from '../read-buffer.ts'

export interface ServerGate {
  /** Takes the place of the read buffer that it was made for. */
  readonly buffer: ReadBuffer
  /**
   * Keep what comes from here on. `onFirst` is told whether the first octets can be a ServerHello (RFC 8446 section 4.1.3), anything else passes
   * at once.
   */
  hold(onFirst: (isServerHello: boolean) => void): void
  /** Let everything pass, in order. */
  open(): void
}

const HANDSHAKE_RECORD = 22
const SERVER_HELLO = 2
const HEADER_BYTES = 6

/**
 * Make the gate of one connection; it is open at first.
 * @param resume lets the socket read on: while something is held back it does not
 */
export function makeServerGate(below: ReadBuffer, resume: () => void): ServerGate {
  let pass: (octets: Buffer) => boolean = () => false
  let first: ((isServerHello: boolean) => void) | null = null
  let held: Buffer | null = null
  /** Whether whoever is behind the gate took what was let through. */
  let isTaken = true
  const open = () => {
    const kept = held
    held = null
    first = null
    if (kept === null) return
    isTaken = kept.length === 0 || pass(kept)
    if (isTaken) resume()
  }
  const take = (octets: Buffer): boolean => {
    if (held === null) return pass(octets)
    held = Buffer.concat([held, octets])
    const found = first === null ? undefined : isServerHello(held)
    if (found === undefined) return first !== null
    const tell = first
    first = null
    if (!found) open()
    tell?.(found)
    // Who was told may have opened at once: then the socket must not stop behind these octets.
    return held === null && isTaken
  }
  return {
    buffer: {
      onread: below.onread,
      attach(consume) {
        pass = consume
        below.attach(take)
      },
    },
    hold(onFirst) {
      held = Buffer.alloc(0)
      first = onFirst
    },
    open,
  }
}

/** undefined while too little has come to tell. */
function isServerHello(octets: Buffer): boolean | undefined {
  if (octets.length > 0 && octets[0] !== HANDSHAKE_RECORD) return false
  return octets.length < HEADER_BYTES ? undefined : octets[HEADER_BYTES - 1] === SERVER_HELLO
}
