/** Ends of an intercepted connection: what one side does, the other meets. */
import type { RelayEnding } from '../relay.ts'
import type { Leg } from './leg.ts'

/** How long after its end a side may take to close. */
const CLOSE_PATIENCE_MS = 5_000

/**
 * Pass on the end of either leg to the other: an orderly end behind all octets, a reset as a reset.
 * @param whenClientMayEnd called with what ends the client's leg in order; a layer may have to write something before
 */
export function mirrorEnds(
  client: Leg,
  upstream: Leg,
  onEnded: (ending: RelayEnding) => void,
  whenClientMayEnd: (end: () => void) => void = (end) => end(),
): void {
  const endOf = (leg: Leg) => (leg === client ? whenClientMayEnd(() => client.end()) : leg.end())
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
      endOf(other)
      closeSoon(leg, other)
    })
    leg.session.once('error', (error: NodeJS.ErrnoException) => {
      note({ by, how: error.code === 'ETIMEDOUT' ? 'timeout' : 'rst' })
      // What arrived damaged goes on damaged: the client says so in its own words.
      if (by === 'server' && DAMAGED.has(error.code ?? '')) other.damage()
      else other.reset()
    })
    leg.socket.once('close', () => {
      const isOrderly = leg.session.readableEnded || leg.socket.readableEnded
      note({ by, how: isOrderly ? 'fin' : 'rst' })
      if (isOrderly) endOf(other)
      else other.reset()
      leg.session.destroy()
      open -= 1
      if (open === 0) onEnded(first ?? { by, how: 'fin' })
    })
  }
}

/** Our own OpenSSL could not open a record. */
const DAMAGED: ReadonlySet<string> = new Set(['ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC', 'ERR_SSL_BAD_DECRYPT'])

/** A side that ended its own direction ends the other one too; the other side may take its time to read what is still on its way to it. */
function closeSoon(leg: Leg, other: Leg): void {
  leg.end()
  destroyLater(leg)
  if (other.session.writableFinished) destroyLater(other)
  else other.session.once('finish', () => destroyLater(other))
}

function destroyLater({ socket }: Leg): void {
  if (socket.destroyed) return
  const patience = setTimeout(() => socket.destroy(), CLOSE_PATIENCE_MS)
  socket.once('close', () => clearTimeout(patience))
}
