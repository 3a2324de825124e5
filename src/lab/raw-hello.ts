/** ServerHellos by hand, right unless a case says otherwise (RFC 8446 section 4.1.3). */
import { createPublicKey, diffieHellman, generateKeyPairSync, randomBytes } from 'node:crypto'
import { HandshakeKeys } from './raw-keys.ts'
import { block, handshakeMessage, type RawClientHello, record } from './raw-messages.ts'

/** Fields of a ServerHello; what is left out is right. */
export interface HelloParts {
  readonly legacyVersion?: number
  readonly random?: Buffer
  /** Default: the ClientHello's own in TLS 1.3, none in TLS 1.2. */
  readonly sessionId?: Buffer
  readonly suite?: number
  readonly compression?: number
  /** Whole extensions; default: those that the version needs. */
  readonly extensions?: readonly Buffer[]
  /** Octets behind the extensions, still in the message. */
  readonly tail?: Buffer
}

/** A ServerHello message of TLS 1.3 with an X25519 share. */
export function serverHello13(hello: RawClientHello, parts: HelloParts = {}): Buffer {
  return composeHello({
    suite: 0x1301,
    sessionId: hello.sessionId,
    extensions: [extension(43, u16(0x0304)), keyShare(29, rawX25519())],
    ...parts,
  })
}

/** A ServerHello message of TLS 1.2 with ECDHE and an ECDSA certificate to come. */
export function serverHello12(parts: HelloParts = {}): Buffer {
  return composeHello({ suite: 0xc02b, extensions: [extension(0xff01, block(1)), extension(11, Buffer.from([1, 0]))], ...parts })
}

/** A HelloRetryRequest message; for a group, or with the extensions that a case gives. */
export function retryRequest(hello: RawClientHello, group: number, parts: HelloParts = {}): Buffer {
  return serverHello13(hello, { random: RETRY_RANDOM, extensions: [extension(43, u16(0x0304)), extension(51, u16(group))], ...parts })
}

/** ServerHello and ChangeCipherSpec, then messages of the case's making under the handshake keys; null where the client sent no X25519 share. */
export function encryptedFlight(hello: RawClientHello, compose: (keys: HandshakeKeys) => readonly Buffer[]): Buffer | null {
  if (hello.x25519Share === null) return null
  const own = generateKeyPairSync('x25519')
  const share = own.publicKey.export({ type: 'spki', format: 'der' }).subarray(-32)
  const serverHello = serverHello13(hello, { extensions: [extension(43, u16(0x0304)), keyShare(29, share)] })
  const theirs = createPublicKey({ key: Buffer.concat([X25519_PREFIX, hello.x25519Share]), format: 'der', type: 'spki' })
  const keys = new HandshakeKeys(diffieHellman({ privateKey: own.privateKey, publicKey: theirs }), [hello.message, serverHello])
  const messages = compose(keys)
  return Buffer.concat([record(22, serverHello), record(20, Buffer.from([1])), ...messages.map((message) => keys.encrypt(22, message))])
}

/** An extension with its data. */
export function extension(id: number, data: Buffer): Buffer {
  return Buffer.concat([u16(id), block(2, data)])
}

/** key_share with one share. */
export function keyShare(group: number, share: Buffer): Buffer {
  return extension(51, Buffer.concat([u16(group), block(2, share)]))
}

/** The ALPN extension of a server that chose this protocol. */
export function chosenProtocol(name: string): Buffer {
  return extension(16, block(2, block(1, Buffer.from(name, 'latin1'))))
}

/** A fresh X25519 public key. */
export function rawX25519(): Buffer {
  return generateKeyPairSync('x25519').publicKey.export({ type: 'spki', format: 'der' }).subarray(-32)
}

/** A 16-bit number. */
export function u16(value: number): Buffer {
  return Buffer.from([value >> 8, value & 0xff])
}

function composeHello(parts: HelloParts): Buffer {
  const chosen = Buffer.concat([u16(parts.suite ?? 0x1301), Buffer.from([parts.compression ?? 0])])
  const random = parts.random ?? randomBytes(32)
  const head = [u16(parts.legacyVersion ?? 0x0303), random, block(1, parts.sessionId ?? Buffer.alloc(0)), chosen]
  return handshakeMessage(2, Buffer.concat([...head, block(2, ...(parts.extensions ?? [])), parts.tail ?? Buffer.alloc(0)]))
}

const X25519_PREFIX = Buffer.from('302a300506032b656e032100', 'hex')

/** SHA-256 of "HelloRetryRequest". */
const RETRY_RANDOM = Buffer.from('cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c', 'hex')
