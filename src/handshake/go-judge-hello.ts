/** Go's checks on a ServerHello and a HelloRetryRequest, in its order. */
import type { ClientHello } from '../contract/handshake.ts'
import { toHex16 } from '../tls/octets.ts'
import { nameCipherSuite, nameVersion } from '../tls/registry.ts'
import { checkRetry, checkShare } from './go-judge-group.ts'
import { type GoServerHello, isUnreadable, readGoServerHello } from './go-messages.ts'
import { type GoRefusal, messageName, refuse, unexpectedText } from './go-refusal.ts'
import type { StepReader } from './go-step-reader.ts'
import type { ServerMessage } from './go-steps.ts'

/** A ServerHello that go accepted. */
export interface OpenedSession {
  readonly kind: 'opened'
  readonly version: number
  readonly hello: GoServerHello
  readonly offered: ClientHello
  /** Octets of further messages in the records of the ServerHello. */
  readonly behindBytes: number
}

/** The session ends here: with a refusal, or because nothing more can be judged. */
export interface Closed {
  readonly kind: 'closed'
  readonly refusal: GoRefusal | undefined
}

/** What the checks compare with. */
export interface HelloCheck {
  readonly reader: StepReader
  readonly first: ClientHello
  readonly second: ClientHello | null
  readonly minor: number
}

const SERVER_HELLO = 2
const [TLS12, TLS13] = [0x0303, 0x0304]

/** Read to the ServerHello that opens the session, through a HelloRetryRequest where there is one. */
export function judgeHello(check: HelloCheck): OpenedSession | Closed {
  const met = readHello(check)
  if (met.kind === 'closed') return met
  const { hello } = met
  const version = hello.supportedVersion === 0 ? hello.legacyVersion : hello.supportedVersion
  const objection = checkVersion(version, hello, check.first)
  if (objection !== undefined) return closed(objection)
  check.reader.agree(version)
  if (version !== TLS13) return conclude(met, version, check.first, check12(hello, check))
  const early = check13(hello, check.first, check.minor, null)
  if (early !== undefined) return closed(early)
  return isRetry(hello) ? judgeRetried(check, hello) : conclude(met, version, check.first, checkShare(hello, check.first, check.minor))
}

/** The second answer, behind a HelloRetryRequest that go followed. */
function judgeRetried(check: HelloCheck, retry: GoServerHello): OpenedSession | Closed {
  const objection = checkRetry(retry, check.first, check.minor)
  if (objection !== undefined) return closed(objection)
  const met = readHello(check)
  if (met.kind === 'closed') return met
  const { hello } = met
  const offered = check.second ?? check.first
  const early = check13(hello, offered, check.minor, retry.cipherSuite)
  if (early !== undefined) return closed(early)
  return conclude(met, TLS13, offered, isRetry(hello) ? refuseSecondRetry() : checkShare(hello, offered, check.minor))
}

interface MetHello {
  readonly kind: 'met'
  readonly hello: GoServerHello
  readonly message: ServerMessage
}

function readHello({ reader, minor }: HelloCheck): MetHello | Closed {
  const message = reader.next(SERVER_HELLO)
  if (message === null) return closed(undefined)
  if ('fault' in message) return closed(message)
  if (message.type !== SERVER_HELLO) return closed(refuseOrder(message, SERVER_HELLO, reader.isTls13))
  const hello = readGoServerHello(message.body, minor)
  // The reader let only readable hellos through.
  return isUnreadable(hello) ? closed(undefined) : { kind: 'met', hello, message }
}

function conclude({ hello, message }: MetHello, version: number, offered: ClientHello, objection: GoRefusal | undefined) {
  return objection === undefined
    ? ({ kind: 'opened', version, hello, offered, behindBytes: message.behindBytes } as const)
    : closed(objection)
}

function closed(refusal: GoRefusal | undefined): Closed {
  return { kind: 'closed', refusal }
}

/** A message where another one belongs. */
export function refuseOrder(message: ServerMessage, wanted: number, isTls13: boolean, parts: Partial<GoRefusal> = {}): GoRefusal {
  return refuse({
    fault: 'order',
    text: unexpectedText(message.type, wanted, isTls13),
    alert: 10,
    isHidden: message.isHidden,
    isAlertHidden: isTls13 && wanted !== SERVER_HELLO,
    message: messageName(wanted),
    field: messageName(wanted),
    seen: messageName(message.type),
    wanted: messageName(wanted),
    ...parts,
  })
}

function checkVersion(version: number, hello: GoServerHello, { supportedVersions }: ClientHello): GoRefusal | undefined {
  const offered = supportedVersions.length > 0 ? supportedVersions.map(({ id }) => id) : [TLS12]
  if (!offered.includes(version)) {
    return refuse({
      fault: 'version',
      text: `tls: server selected unsupported protocol version ${version.toString(16)}`,
      alert: 70,
      field: hello.supportedVersion === 0 ? 'legacy_version' : 'supported_versions',
      seen: `${nameVersion(version).name} (${toHex16(version)})`,
      wanted: 'a version that was offered',
    })
  }
  if (version === TLS13 || !offered.includes(TLS13) || !DOWNGRADE_MARK.test(hello.random)) return undefined
  return refuse({
    fault: 'downgrade',
    text: 'tls: downgrade attempt detected, possibly due to a MitM attack or a broken middlebox',
    alert: 47,
    field: 'random',
    seen: hello.random.slice(-16),
    wanted: 'TLS 1.3, which both sides speak',
  })
}

/** checkServerHelloOrHRR of handshake_client_tls13.go. */
function check13(hello: GoServerHello, offered: ClientHello, minor: number, retried: number | null): GoRefusal | undefined {
  const message = isRetry(hello) ? 'HelloRetryRequest' : 'ServerHello'
  const illegal = (text: string, field: string, seen: string, wanted: string, alert = 47) =>
    refuse({ fault: 'illegal', text, alert, message, field, seen, wanted })
  if (hello.supportedVersion === 0)
    return illegal('tls: server selected TLS 1.3 using the legacy version field', 'legacy_version', 'TLS 1.3', 'supported_versions', 109)
  if (hello.supportedVersion !== TLS13) {
    const text = 'tls: server selected an invalid version after a HelloRetryRequest'
    return illegal(text, 'supported_versions', toHex16(hello.supportedVersion), '0x0304, as in the HelloRetryRequest')
  }
  if (hello.legacyVersion !== TLS12)
    return illegal('tls: server sent an incorrect legacy version', 'legacy_version', toHex16(hello.legacyVersion), '0x0303')
  if (hello.forbiddenIn13 !== null) {
    const text = 'tls: server sent a ServerHello extension forbidden in TLS 1.3'
    return illegal(text, 'extensions', hello.forbiddenIn13, 'key_share and supported_versions', 110)
  }
  if (hello.sessionId !== offered.legacySessionId.toLowerCase()) {
    const seen = hello.sessionId === '' ? 'an empty one' : hello.sessionId
    return illegal('tls: server did not echo the legacy session ID', 'legacy_session_id_echo', seen, "the ClientHello's own")
  }
  if (hello.compressionMethod !== 0) return refuseCompression13(hello.compressionMethod, minor, message)
  return checkSuite13(hello, offered, retried, message)
}

function refuseCompression13(method: number, minor: number, message: string): GoRefusal {
  const text =
    minor >= 25 ? 'tls: server sent non-zero legacy TLS compression method' : 'tls: server selected unsupported compression format'
  const alert = minor >= 25 ? 50 : 47
  return refuse({ fault: 'illegal', text, alert, message, field: 'legacy_compression_method', seen: String(method), wanted: '0' })
}

function checkSuite13(hello: GoServerHello, offered: ClientHello, retried: number | null, message: string): GoRefusal | undefined {
  const isOffered = offered.cipherSuites.some(({ id }) => id === hello.cipherSuite)
  const fits = isOffered && TLS13_SUITES.has(hello.cipherSuite)
  const seen = describeSuite(hello.cipherSuite)
  if (retried !== null && hello.cipherSuite !== retried) {
    const text = 'tls: server changed cipher suite after a HelloRetryRequest'
    return refuse({ fault: 'illegal', text, alert: 47, message, field: 'cipher_suite', seen, wanted: describeSuite(retried) })
  }
  if (fits) return undefined
  return refuse({
    fault: isOffered ? 'illegal' : 'suite',
    text: 'tls: server chose an unconfigured cipher suite',
    alert: 47,
    message,
    field: 'cipher_suite',
    seen,
    wanted: isOffered ? 'a suite of TLS 1.3' : 'a suite that was offered',
  })
}

/** handshake and processServerHello of handshake_client.go. */
function check12(hello: GoServerHello, { first, minor }: HelloCheck): GoRefusal | undefined {
  const echoes = hello.sessionId !== '' && hello.sessionId === first.legacySessionId.toLowerCase()
  if (minor >= 25 && echoes) {
    const text = 'tls: server echoed TLS 1.3 compatibility session ID in TLS 1.2'
    return illegal12(text, 47, 'session_id', "the ClientHello's own", 'a new one, or none: no session was resumed')
  }
  const isOffered = first.cipherSuites.some(({ id }) => id === hello.cipherSuite)
  if (!isOffered || TLS13_SUITES.has(hello.cipherSuite)) {
    return refuse({
      fault: isOffered ? 'illegal' : 'suite',
      text: 'tls: server chose an unconfigured cipher suite',
      alert: 40,
      field: 'cipher_suite',
      seen: describeSuite(hello.cipherSuite),
      wanted: isOffered ? 'a suite of TLS 1.2' : 'a suite that was offered',
    })
  }
  if (hello.compressionMethod !== 0) {
    const text = 'tls: server selected unsupported compression format'
    return illegal12(text, minor >= 25 ? 47 : 10, 'compression_method', String(hello.compressionMethod), '0')
  }
  return check12Extensions(hello, first, minor)
}

function check12Extensions(hello: GoServerHello, offered: ClientHello, minor: number): GoRefusal | undefined {
  if (minor >= 25 && hello.pointFormats.length > 0 && !hello.pointFormats.includes(0)) {
    const text = 'tls: server offered only incompatible point formats'
    return illegal12(text, null, 'ec_point_formats', hello.pointFormats.join(', '), '0 (uncompressed) among them')
  }
  if (hello.renegotiationBytes !== null && hello.renegotiationBytes > 0) {
    const text = 'tls: initial handshake had non-empty renegotiation extension'
    return illegal12(text, 40, 'renegotiation_info', `${hello.renegotiationBytes} octets`, 'none in a first handshake')
  }
  return checkAlpn(hello.alpn, offered, 110)
}

/** checkALPN of handshake_client.go. */
export function checkAlpn(
  chosen: string | null,
  { alpn }: ClientHello,
  alert: number,
  parts: Partial<GoRefusal> = {},
): GoRefusal | undefined {
  if (chosen === null || alpn.includes(chosen)) return undefined
  return refuse({
    fault: 'alpn',
    text: alpn.length === 0 ? 'tls: server advertised unrequested ALPN extension' : 'tls: server selected unadvertised ALPN protocol',
    alert,
    field: 'application_layer_protocol_negotiation',
    seen: chosen,
    wanted: alpn.length === 0 ? 'no such extension: none was offered' : alpn.join(' or '),
    ...parts,
  })
}

function illegal12(text: string, alert: number | null, field: string, seen: string, wanted: string): GoRefusal {
  return refuse({ fault: 'illegal', text, alert, field, seen, wanted })
}

function refuseSecondRetry(): GoRefusal {
  return refuse({
    fault: 'repeated-retry',
    text: 'tls: server sent two HelloRetryRequest messages',
    alert: 10,
    field: 'random',
    seen: 'a second HelloRetryRequest',
    wanted: 'a ServerHello',
  })
}

function isRetry(hello: GoServerHello): boolean {
  return hello.random === RETRY_RANDOM
}

function describeSuite(id: number): string {
  return `${nameCipherSuite(id).name} (${toHex16(id)})`
}

const TLS13_SUITES: ReadonlySet<number> = new Set([0x1301, 0x1302, 0x1303])

/** Last 8 octets of the random of a server that speaks a newer version than it chose (RFC 8446 section 4.1.3). */
const DOWNGRADE_MARK = /444f574e475244(?:00|01)$/

/** SHA-256 of "HelloRetryRequest". */
const RETRY_RANDOM = 'cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c'
