/** Servers that send more handshake messages behind the handshake than the client takes: OpenSSL, which is between them here, takes any number. */
import { CONTENT_TYPE } from '../../tls/record.ts'
import { type LateRecord, MOST_LATE_MESSAGES } from './late-records.ts'
import type { Leg } from './leg.ts'

/**
 * Send the client as many messages as it refuses, in place of those that the server sent before any data, so that it says so in its own words.
 * @param accepted whether the client's handshake has succeeded, once it is over
 */
export function repeatLateMessages(upstream: Leg, client: Leg, accepted: Promise<boolean>): void {
  let hasData = false
  upstream.session.once('data', () => {
    hasData = true
  })
  upstream.reading.onManyRecords(() =>
    // What these records hold is known once they have gone through TLS.
    setImmediate(() => {
      if (hasData || upstream.session.readableLength > 0) return
      upstream.reading.tapped.seal()
      void accepted.then((isAccepted) => isAccepted && client.endWith(MANY_TICKETS))
    }),
  )
}

/** NewSessionTicket (RFC 8446 section 4.6.1) of no lifetime, so that no client keeps it: lifetime, age_add, nonce, ticket, no extensions. */
const TICKET = [4, 0, 0, 14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0]
const MANY_TICKETS: LateRecord = {
  contentType: CONTENT_TYPE.handshake,
  content: Buffer.from(Array.from({ length: MOST_LATE_MESSAGES + 1 }, () => TICKET).flat()),
}
