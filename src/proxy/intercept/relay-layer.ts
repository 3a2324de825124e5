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

/** Pass on all octets; `tap` sees them before they go on. */
export function pump(from: Readable, to: Writable, tap: (octets: Buffer) => void = () => {}): void {
  from.on('data', (octets: Buffer) => {
    tap(octets)
    if (to.writable && !to.write(octets)) from.pause()
  })
  to.on('drain', () => void from.resume())
  to.once('close', () => void from.resume())
}
