/** Why go refuses what a server answers: the value, and the messages by their names in Go's texts. */
import { nameHandshakeType } from '../tls/registry.ts'

/** What is wrong, for causes to choose by. */
export type GoFault =
  /** A version that was not offered. */
  | 'version'
  /** A cipher suite that was not offered. */
  | 'suite'
  /** A group that was not offered. */
  | 'group'
  /** A protocol that was not offered. */
  | 'alpn'
  | 'downgrade'
  | 'repeated-retry'
  /** A message, or a record, where another one belongs. */
  | 'order'
  /** Octets that cannot be read as this message. */
  | 'malformed'
  /** A value that the protocol does not allow here. */
  | 'illegal'
  /** go refuses it for what other rules judge: an empty chain, a record's version. */
  | 'elsewhere'

/** One refusal by Go's rules. */
export interface GoRefusal {
  readonly fault: GoFault
  /** What go prints, byte for byte; undefined where it is told elsewhere. */
  readonly text: string | undefined
  /** The alert that go sends, null for none. */
  readonly alert: number | null
  /** go has its keys already, so that its alert is encrypted (TLS 1.3, or TLS 1.2 behind its ChangeCipherSpec). */
  readonly isAlertHidden: boolean
  /** The refused message came out of encryption, so that only a probe, or secrets, can show it. */
  readonly isHidden: boolean
  /** go judges the certificate before it comes to this. */
  readonly isBehindCertificate: boolean
  /** The message that was refused, or awaited, as RFC 8446 names it. */
  readonly message: string
  /** Its field, as RFC 8446 names it. */
  readonly field: string
  /** What stood there. */
  readonly seen: string
  /** What would have been right. */
  readonly wanted: string
}

/** The parts of a refusal that differ from the usual. */
export type RefusalParts = Pick<GoRefusal, 'fault' | 'text' | 'alert' | 'field' | 'seen' | 'wanted'> &
  Partial<Pick<GoRefusal, 'message' | 'isAlertHidden' | 'isHidden' | 'isBehindCertificate'>>

/** A refusal with what is left out filled in: a ServerHello in clear. */
export function refuse(parts: RefusalParts): GoRefusal {
  return { message: 'ServerHello', isAlertHidden: false, isHidden: false, isBehindCertificate: false, ...parts }
}

/** Go's text for an alert that it raises without words of its own. */
export function localError(alert: number): string {
  return `local error: tls: ${LOCAL_TEXTS[alert] ?? `alert(${alert})`}`
}

/** Go's text for a message of one type where another belongs. */
export function unexpectedText(got: number, wanted: number, isTls13: boolean): string {
  return `tls: received unexpected handshake message of type ${goTypeName(got, isTls13)} when waiting for ${goTypeName(wanted, isTls13)}`
}

/** Whether Go knows this type at all; others it refuses unread. */
export function isKnownType(type: number): boolean {
  return TYPE_NAMES[type] !== undefined
}

/** The message's name in RFC 8446, or its number where it has none. */
export function messageName(type: number): string {
  const name = nameHandshakeType(type)
  return name === 'unknown' ? `a message of type ${type}` : name
}

/** The Go type behind `%T`; some have another one for TLS 1.3. */
function goTypeName(type: number, isTls13: boolean): string {
  return `*tls.${TYPE_NAMES[type] ?? 'unknown'}${isTls13 && HAS_TLS13_TYPE.has(type) ? 'TLS13' : ''}`
}

const TYPE_NAMES: Readonly<Record<number, string>> = {
  0: 'helloRequestMsg',
  1: 'clientHelloMsg',
  2: 'serverHelloMsg',
  4: 'newSessionTicketMsg',
  5: 'endOfEarlyDataMsg',
  8: 'encryptedExtensionsMsg',
  11: 'certificateMsg',
  12: 'serverKeyExchangeMsg',
  13: 'certificateRequestMsg',
  14: 'serverHelloDoneMsg',
  15: 'certificateVerifyMsg',
  16: 'clientKeyExchangeMsg',
  20: 'finishedMsg',
  22: 'certificateStatusMsg',
  24: 'keyUpdateMsg',
}

const HAS_TLS13_TYPE: ReadonlySet<number> = new Set([4, 11, 13])

const LOCAL_TEXTS: Readonly<Record<number, string>> = { 10: 'unexpected message', 50: 'error decoding message' }
