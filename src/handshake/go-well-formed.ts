/** What keeps Go from reading a message (`unmarshal` of crypto/tls); both hellos and EncryptedExtensions are read where they are judged. */
import { parseCertificate12, parseCertificate13 } from '../tls/certificate-message.ts'
import { parseCertificateRequest12, parseCertificateRequest13 } from '../tls/certificate-request.ts'
import { parseClientHello } from '../tls/client-hello.ts'
import { Cursor } from '../tls/cursor.ts'
import { TlsDecodeError } from '../tls/decode-error.ts'
import { isUnreadable, readGoEncryptedExtensions, readGoServerHello, type Unreadable } from './go-messages.ts'
import { messageName } from './go-refusal.ts'
import type { ServerMessage } from './go-steps.ts'

/** What the readers depend on. */
export interface ReadingRules {
  readonly isTls13: boolean
  readonly minor: number
}

/** Where a message breaks off or says too much, null where Go can read it. Go looks at this before it looks at the order of messages. */
export function findFlaw({ type, body }: Pick<ServerMessage, 'type' | 'body'>, rules: ReadingRules): Unreadable | null {
  try {
    const read = READERS[type]?.(body, rules) ?? true
    if (typeof read === 'object') return read
    return read ? null : { field: messageName(type), why: `its ${body.length} octets do not make one` }
  } catch (error) {
    if (!(error instanceof TlsDecodeError)) throw error
    return { field: error.field, why: error.message }
  }
}

type Reader = (body: Uint8Array, rules: ReadingRules) => boolean | Unreadable

const isEmpty: Reader = (body) => body.length === 0

const READERS: Readonly<Record<number, Reader>> = {
  0: isEmpty,
  1: (body) => parseClientHello(body, 1).cipherSuites.length >= 0,
  2: (body, { minor }) => orTrue(readGoServerHello(body, minor)),
  4: (body, { isTls13 }) => (isTls13 ? isTicket13(body) : body.length >= 6 && body.length - 6 === (body[4] ?? 0) * 256 + (body[5] ?? 0)),
  5: isEmpty,
  8: (body, { minor }) => orTrue(readGoEncryptedExtensions(body, minor)),
  11: (body, { isTls13 }) => (isTls13 ? parseCertificate13(body) : parseCertificate12(body)).chain.length >= 0,
  13: (body, { isTls13 }) =>
    (isTls13 ? parseCertificateRequest13(body) : parseCertificateRequest12(body, true)).signatureAlgorithms.length >= 0,
  14: isEmpty,
  15: (body) => isSignature(body),
  22: (body) => isStaple(body),
  24: (body) => body.length === 1 && (body[0] ?? 2) <= 1,
}

function orTrue(read: object): true | Unreadable {
  return isUnreadable(read) ? read : true
}

function isTicket13(body: Uint8Array): boolean {
  const cursor = new Cursor(body)
  cursor.take(8, 'ticket_lifetime')
  cursor.vector(1, 'ticket_nonce')
  cursor.vector(2, 'ticket')
  cursor.vector(2, 'extensions')
  return cursor.isAtEnd
}

function isSignature(body: Uint8Array): boolean {
  const cursor = new Cursor(body)
  cursor.u16('algorithm')
  cursor.vector(2, 'signature')
  return cursor.isAtEnd
}

function isStaple(body: Uint8Array): boolean {
  const cursor = new Cursor(body)
  return cursor.u8('status_type') === 1 && !cursor.vector(3, 'response').isAtEnd && cursor.isAtEnd
}
