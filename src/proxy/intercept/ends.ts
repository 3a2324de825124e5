/** Ends of an intercepted connection: what one side does, the other meets. */
import { CONTENT_TYPE } from '../../tls/record.ts'
import type { RelayEnding } from '../relay.ts'
import type { LateRecord } from './late-records.ts'
import type { Leg } from './leg.ts'

/** How long after its end a side may take to close. */
const CLOSE_PATIENCE_MS = 5_000

/** Pass on the end of either leg to the other: an orderly end behind all octets, a reset as a reset. */
export function mirrorEnds(client: Leg, upstream: Leg, onEnded: (ending: RelayEnding) => void): void {
  let first: RelayEnding | null = null
  let open = 2
  const note = (ending: RelayEnding) => {
    first ??= ending
  }
  upstream.reading.onHelloRequest(() => client.renegotiate())
  for (const [leg, other, by] of [
    [client, upstream, 'client'],
    [upstream, client, 'server'],
  ] as const) {
    let hasFailed = false
    const finish = () => {
      note({ by, how: 'fin' })
      other.end()
      closeSoon(leg, other)
    }
    leg.session.once('end', () => {
      if (by === 'client') return finish()
      // A reset that comes with the last octets libuv calls an end; the next write, our own close_notify, is told the truth.
      leg.end()
      setImmediate(() => setImmediate(() => hasFailed || finish()))
    })
    leg.session.once('error', (error: NodeJS.ErrnoException) => {
      hasFailed = true
      note({ by, how: error.code === 'ETIMEDOUT' ? 'timeout' : 'rst' })
      if (by === 'server') repeatFailure(error, leg, other)
      else other.reset()
    })
    leg.socket.once('close', () => {
      const isOrderly = !hasFailed && (leg.session.readableEnded || leg.socket.readableEnded)
      note({ by, how: isOrderly ? 'fin' : 'rst' })
      if (isOrderly) other.end()
      else other.reset()
      leg.session.destroy()
      open -= 1
      if (open === 0) onEnded(first ?? { by, how: 'fin' })
    })
  }
}

/** What broke the origin's session behind its handshake breaks the client's in the same way, so that the client says so in its own words. */
function repeatFailure({ code = '', message }: NodeJS.ErrnoException, upstream: Leg, client: Leg): void {
  const [, alert] = /SSL alert number (\d+)/.exec(message) ?? []
  const { malformed } = upstream.reading
  if (alert !== undefined) client.endWith({ contentType: CONTENT_TYPE.alert, content: Buffer.from([FATAL, Number(alert)]) })
  else if (!/^ERR_(?:SSL|OSSL)_/.test(code)) client.reset()
  else if (malformed !== null) client.damage(malformed)
  else if (code === 'ERR_SSL_DATA_LENGTH_TOO_LONG') client.endWith(OVERLONG)
  else if (/_UNEXPECTED_(?:MESSAGE|RECORD)$/.test(code)) client.endWith(UNEXPECTED)
  // All that is left: our own OpenSSL could not open a record. It has many words for that.
  else client.damage()
}

const FATAL = 2
/** One octet more than a record may hold (RFC 8446 section 5.4). */
const OVERLONG: LateRecord = { contentType: CONTENT_TYPE.applicationData, content: Buffer.alloc(16385) }
/** A handshake message of a type that does not exist. */
const UNEXPECTED: LateRecord = { contentType: CONTENT_TYPE.handshake, content: Buffer.from([254, 0, 0, 0]) }

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
