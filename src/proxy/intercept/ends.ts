/** Ends of an intercepted connection: what one side does, the other meets. */
import type { RelayEnding } from '../relay.ts'
import type { Leg } from './leg.ts'

/** How long after its end a side may take to close. */
const CLOSE_PATIENCE_MS = 5_000

/**
 * Pass on the end of either leg to the other: an orderly end behind all octets, a reset as a reset.
 * @param endOther how an orderly end of one leg is passed to the other; `Leg.end` unless a layer has to wait for something
 */
export function mirrorEnds(client: Leg, upstream: Leg, onEnded: (ending: RelayEnding) => void): void {
  let first: RelayEnding | null = null
  let open = 2
  const note = (ending: RelayEnding) => {
    first ??= ending
  }
  for (const [leg, other, by] of [
    [client, upstream, 'client'],
    [upstream, client, 'server'],
  ] as const) {
    leg.session.once('end', () => {
      note({ by, how: 'fin' })
      other.end()
      closeSoon(leg, other)
    })
    leg.session.once('error', (error: NodeJS.ErrnoException) => {
      note({ by, how: error.code === 'ETIMEDOUT' ? 'timeout' : 'rst' })
      other.reset()
    })
    leg.socket.once('close', () => {
      note({ by, how: leg.socket.readableEnded ? 'fin' : 'rst' })
      if (leg.socket.readableEnded) other.end()
      else other.reset()
      leg.session.destroy()
      open -= 1
      if (open === 0) onEnded(first ?? { by, how: 'fin' })
    })
  }
}

/** A side that ended its own direction ends the other one too, in the end. */
function closeSoon(leg: Leg, other: Leg): void {
  leg.end()
  const patience = setTimeout(() => {
    leg.socket.destroy()
    other.socket.destroy()
  }, CLOSE_PATIENCE_MS)
  let open = [leg, other].filter(({ socket }) => !socket.destroyed).length
  const closed = () => {
    open -= 1
    if (open === 0) clearTimeout(patience)
  }
  for (const { socket } of [leg, other]) if (!socket.destroyed) socket.once('close', closed)
}
