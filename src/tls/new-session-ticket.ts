import type { Extension } from '../contract/handshake.ts'
import { Cursor } from './cursor.ts'
import { parseExtensions } from './extension.ts'

/** What a server says of a ticket for later sessions. */
export interface SessionTicket {
  readonly lifetimeSeconds: number
  readonly ticketBytes: number
  /** TLS 1.3 only: empty otherwise. */
  readonly extensions: readonly Extension[]
  /** Octets of early data that the ticket allows, null where it allows none. */
  readonly maxEarlyDataBytes: number | null
}

/** Parse a NewSessionTicket body of TLS 1.2 (RFC 5077 section 3.3). @throws TlsDecodeError when a length runs past the end or octets are left over */
export function parseNewSessionTicket12(body: Uint8Array): SessionTicket {
  const cursor = new Cursor(body)
  const lifetimeSeconds = cursor.u32('ticket_lifetime_hint')
  const ticketBytes = cursor.vector(2, 'ticket').remaining
  cursor.expectEnd('body')
  return { lifetimeSeconds, ticketBytes, extensions: [], maxEarlyDataBytes: null }
}

/** Parse a NewSessionTicket body of TLS 1.3 (RFC 8446 section 4.6.1). @throws TlsDecodeError when a length runs past the end or octets are left over */
export function parseNewSessionTicket13(body: Uint8Array): SessionTicket {
  const cursor = new Cursor(body)
  const lifetimeSeconds = cursor.u32('ticket_lifetime')
  cursor.u32('ticket_age_add')
  cursor.vector(1, 'ticket_nonce')
  const ticketBytes = cursor.vector(2, 'ticket').remaining
  // Unlike in a hello, the block may not be left out.
  if (cursor.isAtEnd) cursor.vector(2, 'extensions')
  const { extensions } = parseExtensions(cursor, {}, 'new-session-ticket')
  cursor.expectEnd('body')
  const allowed = extensions.find(({ id }) => id === EARLY_DATA)?.content?.['maxEarlyDataBytes']
  return { lifetimeSeconds, ticketBytes, extensions, maxEarlyDataBytes: typeof allowed === 'number' ? allowed : null }
}

const EARLY_DATA = 42
