import type { Readable, Writable } from 'node:stream'
import { mirrorEnds } from './ends.ts'
import type { HttpLayer } from './http-layer.ts'

/** Relays decrypted octets unchanged, both ways, with backpressure. */
export const relayLayer: HttpLayer = {
  join({ client, upstream, onEnded }) {
    pump(client.session, upstream.session)
    pump(upstream.session, client.session)
    mirrorEnds(client, upstream, onEnded)
  },
}

/** Octets that may wait for the other side before no more are read: what one read of a socket brings, and its records. */
const MOST_WAITING_BYTES = 64 * 1024

/**
 * Pass on all octets. The records that one read brought are written together: each write is a call of the system and a record of its own.
 * @param tap sees the octets once they are on their way
 */
export function pump(from: Readable, to: Writable, tap: (octets: Buffer) => void = () => {}): void {
  let batch: Buffer[] = []
  const send = () => {
    const sent = batch
    batch = []
    to.uncork()
    for (const octets of sent) tap(octets)
  }
  from.on('data', (octets: Buffer) => {
    if (batch.length === 0) {
      to.cork()
      process.nextTick(send)
    }
    batch.push(octets)
    if (!to.writable) return
    to.write(octets)
    if (to.writableNeedDrain && to.writableLength >= MOST_WAITING_BYTES) from.pause()
  })
  to.on('drain', () => void from.resume())
  to.once('close', () => void from.resume())
}
