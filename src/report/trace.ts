/** `run --trace`: one line for each thing that happens on a connection, with all that was offered and chosen. */
import type { ClientHello, ServerHello } from '../contract/handshake.ts'
import { type Direction, type Named, STAGES, type Stage } from '../contract/terms.ts'
import { inBytes, inCount, inTime } from '../diagnosis/units.ts'
import type { HandshakeEvent } from '../handshake/event.ts'
import type { ConnectionStart, ProxyEvent } from '../proxy/event.ts'
import { summarizeCertificate } from '../x509/summary.ts'
import { escapeText, toAscii } from './escape.ts'
import { STAGE_NAMES } from './words.ts'

/** HandshakeTypes (RFC 8446 section 4) that come as an event with all their fields: ClientHello, ServerHello, Certificate, CertificateRequest. */
const HAS_LINE_OF_ITS_OWN = new Set([1, 2, 11, 13])

/** Whose line it is. */
export type TraceContext = Pick<ConnectionStart, 'host' | 'port' | 'key'>

/**
 * One line, ASCII, without line break: `whytls trace: modproxy.example:443 #3 +10.2 ms ClientHello -> 1,526 bytes; versions TLS 1.3 …`. `->` is go to server.
 * Times count from the connection's start.
 * @returns null for events that say nothing new
 */
export function traceLine(event: ProxyEvent | HandshakeEvent, connection: TraceContext): string | null {
  const words = 'key' in event ? proxyWords(event) : handshakeWords(event)
  if (words === null) return null
  const atMs = eventTime(event)
  const time = atMs === null ? '' : ` +${inTime(atMs)}`
  return toAscii(escapeText(`whytls trace: ${connection.host}:${connection.port} #${connection.key}${time} ${words}`))
}

function eventTime(event: ProxyEvent | HandshakeEvent): number | null {
  if ('atMs' in event) return event.atMs
  return 'event' in event ? event.event.atMs : null
}

function proxyWords(event: ProxyEvent): string | null {
  switch (event.type) {
    case 'opened':
      return `${event.connection.method} from ${event.connection.clientAddress}`
    case 'routed':
      return event.route.length === 0 ? 'goes direct' : `goes via ${event.route.map(({ address }) => address).join(', ')}`
    case 'dialed':
      return `TCP to ${event.address} (DNS ${inTime(event.dnsMs)}, TCP ${inTime(event.tcpMs)})`
    case 'dial-failed':
      return `stage ${event.failure.stage} failed: ${event.failure.goText}`
    case 'connect-answered':
      return `proxy answered CONNECT: ${event.reply.status} ${event.reply.reason}`
    case 'connect-failed':
      return `stage proxy-connect failed: ${event.kind}, ${inBytes(event.receivedBytes)} received`
    case 'socks-answered':
      return event.outcome.goText === '' ? 'SOCKS proxy opened the tunnel' : `stage proxy-connect failed: ${event.outcome.goText}`
    case 'parent-handshake': {
      const words = handshakeWords(event.event)
      return words === null ? null : `proxy's TLS: ${words}`
    }
    case 'parent-tls':
      return event.session.ending === null ? null : `TLS with the proxy failed: ${event.session.goText ?? event.session.ending.how}`
    case 'tunnel':
      return 'tunnel stands'
    case 'handshake':
      return handshakeWords(event.event)
    case 'intercepted':
      return event.how.kind === 'decrypted' ? 'decrypted: both legs end here' : `not decrypted, because ${event.how.because}`
    case 'client-leg':
      return inLeg(handshakeWords(event.event))
    case 'exchange':
      return `HTTP ${event.exchange.method} ${event.exchange.url} ${event.exchange.status ?? 'without an answer'}`
    case 'closed':
      return `closed by ${event.ending.by} (${event.ending.how})${event.transcript?.pending ? `, stage ${event.transcript.pending} not passed` : ''}`
    case 'refused':
      return `refused: ${event.status} ${event.why}`
    default:
      return event satisfies never
  }
}

/** Of the session between the client and us. */
function inLeg(words: string | null): string | null {
  return words === null ? null : `client leg: ${words}`
}

function handshakeWords(event: HandshakeEvent): string | null {
  switch (event.type) {
    case 'client-hello':
      return clientHelloWords(event.hello)
    case 'server-hello':
      return serverHelloWords(event.hello)
    case 'certificate':
      return `Certificate ${event.from === 'server' ? '<-' : '->'} ${chainWords(event.chain)}`
    case 'certificate-request':
      return `CertificateRequest <- (${event.request.how}) ${event.request.certificateAuthorities.length} CA names: ${event.request.certificateAuthorities.join(' | ')}`
    case 'ocsp-staple':
      return `OCSP staple <- ${inBytes(event.lengthBytes)} (go does not check it)`
    case 'message':
      return HAS_LINE_OF_ITS_OWN.has(event.message.type)
        ? null
        : `${event.message.name} ${arrow(event.message.dir)} ${inBytes(event.message.lengthBytes)}${event.message.source === 'decrypted' ? ', decrypted' : ''}`
    case 'alert':
      return `Alert ${event.alert.sender === 'client' ? '->' : '<-'} ${event.alert.level ?? 'level unknown'} ${event.alert.name} (${event.alert.code ?? 'number unknown'}), ${event.alert.how}`
    case 'encrypted-from-here':
      return `${arrow(event.dir)} encrypted from here`
    case 'client-finished':
      return `Finished -> (${event.how})`
    case 'stage-passed':
      return `stage ${event.stage} passed (${stageNumber(event.stage)})`
    case 'not-tls':
      return `not TLS ${arrow(event.dir)} ${event.answer.kind === 'http' ? (event.answer.statusLine ?? 'HTTP') : `${event.answer.head.length} bytes of another protocol`}`
    case 'unreadable':
      return `unreadable ${arrow(event.dir)} at byte ${event.offset}: ${event.why}`
    case 'complete':
      return 'handshake complete'
    default:
      return event satisfies never
  }
}

function clientHelloWords(hello: ClientHello): string {
  const shares = hello.keyShares.map(({ group, lengthBytes }) => `${group.name} ${inCount(lengthBytes)} B`)
  return [
    `ClientHello -> ${inBytes(hello.wireBytes)}`,
    `server name ${hello.serverName ?? 'none'}`,
    `versions ${named(hello.supportedVersions) || hello.legacyVersion}`,
    `cipher suites ${named(hello.cipherSuites)}`,
    `groups ${named(hello.supportedGroups)}`,
    `key shares ${shares.join(' ') || 'none'}`,
    `signature algorithms ${named(hello.signatureAlgorithms)}`,
    `ALPN ${hello.alpn.join(' ') || 'none'}`,
    `JA4 ${hello.ja4}${hello.looksLike === null ? '' : ` (${hello.looksLike})`}`,
  ].join('; ')
}

function serverHelloWords(hello: ServerHello): string {
  return [
    `${hello.helloRetryRequest ? 'HelloRetryRequest' : 'ServerHello'} <- ${hello.selectedVersion.name}`,
    `cipher suite ${hello.cipherSuite.name}`,
    `key exchange ${hello.keyShareGroup?.name ?? 'see ServerKeyExchange'}`,
    ...(hello.alpn === null ? [] : [`ALPN ${hello.alpn}`]),
  ].join('; ')
}

function chainWords(chain: readonly Uint8Array[]): string {
  const bytes = chain.reduce((sum, der) => sum + der.length, 0)
  const each = chain.map((der, index) => {
    const { subject, issuer, notBefore, notAfter, publicKey, dnsNames } = summarizeCertificate(der)
    return `[${index + 1}] ${subject || dnsNames[0] || 'no subject'} by ${issuer} (${publicKey}, ${notBefore ?? '?'} to ${notAfter ?? '?'})`
  })
  return `${chain.length} certificates, ${inBytes(bytes)}${each.length === 0 ? '' : `: ${each.join(' ')}`}`
}

function named(list: readonly Named[]): string {
  return list.map(({ name, id }) => (name === 'unknown' || name === 'GREASE' ? `0x${id.toString(16).padStart(4, '0')}` : name)).join(' ')
}

function arrow(dir: Direction): string {
  return dir === 'client-to-server' ? '->' : '<-'
}

function stageNumber(stage: Stage): string {
  return `${STAGES.indexOf(stage) + 1} of ${STAGES.length}, ${STAGE_NAMES[stage]}`
}
