import type { ClientHello, Extension } from '../contract/handshake.ts'
import type { Direction, Source } from '../contract/terms.ts'
import { type CertificateMessage, parseCertificate12, parseCertificate13 } from '../tls/certificate-message.ts'
import { type CertificateRequest, parseCertificateRequest12, parseCertificateRequest13 } from '../tls/certificate-request.ts'
import { parseCertificateStatus } from '../tls/certificate-status.ts'
import { parseClientHello } from '../tls/client-hello.ts'
import { parseCompressedCertificate } from '../tls/compressed-certificate.ts'
import { HANDSHAKE_TYPE, type HandshakeMessage } from '../tls/handshake-message.ts'
import { parseNewSessionTicket12, parseNewSessionTicket13 } from '../tls/new-session-ticket.ts'
import { parseEncryptedExtensions, parseServerHello } from '../tls/server-hello.ts'
import { parseEcdheParameters, parseNamedCurve, usesEcdhe } from '../tls/server-key-exchange.ts'
import { describeName } from './distinguished-name.ts'
import type { HandshakeEvent } from './event.ts'
import { findServerHello, isTls13, type MarkName, markOnce, type SessionFacts } from './facts.ts'

/** A whole handshake message and where it was met. */
export interface MetMessage {
  readonly message: HandshakeMessage
  readonly direction: Direction
  readonly source: Extract<Source, 'wire' | 'decrypted'>
  readonly atMs: number
}

/**
 * Write down what a handshake message says.
 * @returns the events that it stands for, besides the `message` event
 * @throws TlsDecodeError when the message cannot be parsed; the facts then hold what stood before
 */
export function readMessage(met: MetMessage, facts: SessionFacts): readonly HandshakeEvent[] {
  const isFromClient = met.direction === 'client-to-server'
  const readers = isFromClient ? CLIENT_READERS : SERVER_READERS
  return readers[met.message.type]?.(met, facts) ?? []
}

type MessageReader = (met: MetMessage, facts: SessionFacts) => readonly HandshakeEvent[]

const CLIENT_READERS: Readonly<Record<number, MessageReader>> = {
  [HANDSHAKE_TYPE.clientHello]: readClientHello,
  [HANDSHAKE_TYPE.certificate]: readClientCertificate,
  [HANDSHAKE_TYPE.clientKeyExchange]: (met, facts) => mark('clientKeyExchange', met, facts),
  [HANDSHAKE_TYPE.finished]: readClientFinished,
}

const SERVER_READERS: Readonly<Record<number, MessageReader>> = {
  [HANDSHAKE_TYPE.serverHello]: readServerHello,
  [HANDSHAKE_TYPE.encryptedExtensions]: readEncryptedExtensions,
  [HANDSHAKE_TYPE.certificate]: readServerCertificate,
  [HANDSHAKE_TYPE.compressedCertificate]: readCompressedCertificate,
  [HANDSHAKE_TYPE.certificateStatus]: readCertificateStatus,
  [HANDSHAKE_TYPE.newSessionTicket]: readNewSessionTicket,
  [HANDSHAKE_TYPE.serverKeyExchange]: readServerKeyExchange,
  [HANDSHAKE_TYPE.certificateRequest]: readCertificateRequest,
  [HANDSHAKE_TYPE.serverHelloDone]: (met, facts) => mark('serverHelloDone', met, facts),
  [HANDSHAKE_TYPE.certificateVerify]: (met, facts) => mark('certificateVerify', met, facts),
  [HANDSHAKE_TYPE.finished]: (met, facts) => mark('serverFinished', met, facts),
}

function mark(name: MarkName, { atMs, source }: MetMessage, facts: SessionFacts): readonly HandshakeEvent[] {
  markOnce(facts, name, atMs, source)
  return []
}

function readClientHello({ message, atMs }: MetMessage, facts: SessionFacts): readonly HandshakeEvent[] {
  const hello: ClientHello = parseClientHello(message.body, message.recordCount)
  facts.clientHellos.push(hello)
  return [{ type: 'client-hello', atMs, hello }]
}

function readServerHello({ message, atMs }: MetMessage, facts: SessionFacts): readonly HandshakeEvent[] {
  const hello = parseServerHello(message.body)
  facts.serverHellos.push(hello)
  if (!hello.helloRetryRequest) markOnce(facts, 'serverHello', atMs, 'wire')
  keepTimestamps(hello.extensions, facts)
  return [{ type: 'server-hello', atMs, hello }]
}

/** In TLS 1.3 the agreed ALPN name stands here, not in the ServerHello. */
function readEncryptedExtensions({ message }: MetMessage, facts: SessionFacts): readonly HandshakeEvent[] {
  const { alpn } = parseEncryptedExtensions(message.body)
  const at = facts.serverHellos.findIndex((hello) => !hello.helloRetryRequest)
  const hello = facts.serverHellos[at]
  if (hello !== undefined && alpn !== null) facts.serverHellos[at] = { ...hello, alpn }
  return []
}

function readServerCertificate(met: MetMessage, facts: SessionFacts): readonly HandshakeEvent[] {
  return acceptCertificate(met, parseCertificate(met.message.body, facts), facts)
}

/** go offers no compression: only other clients are answered so. */
function readCompressedCertificate(met: MetMessage, facts: SessionFacts): readonly HandshakeEvent[] {
  const compressed = parseCompressedCertificate(met.message.body)
  markOnce(facts, 'certificate', met.atMs, met.source)
  const unpacked = facts.unpack?.(compressed) ?? null
  const { algorithm, announcedBytes, packed } = compressed
  facts.compressedCertificate ??= { algorithm, announcedBytes, packedBytes: packed.length, isUnpacked: unpacked !== null }
  return unpacked === null ? [] : acceptCertificate(met, parseCertificate13(unpacked), facts)
}

function acceptCertificate(
  { source, atMs }: MetMessage,
  { chain, ocspResponse, extensions }: CertificateMessage,
  facts: SessionFacts,
): readonly HandshakeEvent[] {
  markOnce(facts, 'certificate', atMs, source)
  const events: HandshakeEvent[] = [{ type: 'certificate', atMs, from: 'server', chain }]
  if (facts.chain !== null) return events
  facts.chain = chain
  facts.chainSource = source
  facts.ocspStapled = ocspResponse !== null
  facts.ocspResponse = ocspResponse
  keepTimestamps(extensions[0] ?? [], facts)
  if (ocspResponse !== null) events.push({ type: 'ocsp-staple', atMs, lengthBytes: ocspResponse.length })
  return events
}

/** TLS 1.2 has them in the ServerHello, TLS 1.3 beside the leaf. */
function keepTimestamps(extensions: readonly Extension[], facts: SessionFacts): void {
  const found = extensions.find(({ id }) => id === SIGNED_CERTIFICATE_TIMESTAMP)
  if (found !== undefined && found.raw !== '') facts.timestampList ??= new Uint8Array(Buffer.from(found.raw, 'base64'))
}

function readClientCertificate({ message, atMs }: MetMessage, facts: SessionFacts): readonly HandshakeEvent[] {
  const { chain } = parseCertificate(message.body, facts)
  facts.sentEmptyCertificate = chain.length === 0
  return [{ type: 'certificate', atMs, from: 'client', chain }]
}

function parseCertificate(body: Uint8Array, facts: SessionFacts) {
  return isTls13(facts) ? parseCertificate13(body) : parseCertificate12(body)
}

function readCertificateStatus({ message, atMs }: MetMessage, facts: SessionFacts): readonly HandshakeEvent[] {
  const response = parseCertificateStatus(message.body)
  if (response === null) return []
  facts.ocspStapled = true
  facts.ocspResponse ??= response
  return [{ type: 'ocsp-staple', atMs, lengthBytes: response.length }]
}

function readServerKeyExchange(met: MetMessage, facts: SessionFacts): readonly HandshakeEvent[] {
  mark('serverKeyExchange', met, facts)
  const hello = findServerHello(facts)
  if (!usesEcdhe(hello?.cipherSuite.name ?? '')) return []
  facts.serverKeyExchangeGroup ??= parseNamedCurve(met.message.body)
  facts.ecdheParameters ??= parseEcdheParameters(met.message.body, hello?.selectedVersion.id === TLS12)
  return []
}

function readNewSessionTicket({ message: { body } }: MetMessage, facts: SessionFacts): readonly HandshakeEvent[] {
  const ticket = isTls13(facts) ? parseNewSessionTicket13(body) : parseNewSessionTicket12(body)
  if (facts.sessionTickets.length < MAX_TICKETS) facts.sessionTickets.push(ticket)
  return []
}

function readCertificateRequest({ message, source, atMs }: MetMessage, facts: SessionFacts): readonly HandshakeEvent[] {
  const parsed = parseRequest(message.body, facts)
  const request = {
    how: source === 'wire' ? ('clear' as const) : ('decrypted' as const),
    certificateTypes: parsed.certificateTypes,
    signatureAlgorithms: parsed.signatureAlgorithms,
    certificateAuthorities: parsed.certificateAuthorities.map(describeName),
  }
  facts.certificateRequest = request
  return [{ type: 'certificate-request', atMs, request }]
}

function parseRequest(body: Uint8Array, facts: SessionFacts): CertificateRequest {
  if (isTls13(facts)) return parseCertificateRequest13(body)
  return parseCertificateRequest12(body, findServerHello(facts)?.selectedVersion.id === TLS12)
}

/** Decrypted only: TLS 1.2 hides it behind ChangeCipherSpec, where it is inferred. */
function readClientFinished({ atMs, source }: MetMessage, facts: SessionFacts): readonly HandshakeEvent[] {
  if (facts.marks.clientFinished?.source === 'decrypted') return []
  const isKnown = facts.marks.clientFinished !== undefined
  facts.marks.clientFinished = { atMs, source }
  facts.clientAnswer = facts.sentEmptyCertificate ? 'empty-certificate-and-finished' : 'finished'
  return isKnown ? [] : [{ type: 'client-finished', atMs, how: 'decrypted' }]
}

const TLS12 = 0x0303
const MAX_TICKETS = 16
const SIGNED_CERTIFICATE_TIMESTAMP = 18
