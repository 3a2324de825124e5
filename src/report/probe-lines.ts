/** The lines of `whytls probe` while its stages end. */
import type { RouteHop } from '../contract/handshake.ts'
import { counted, inBytes } from '../diagnosis/units.ts'
import type { HandshakeEvent } from '../handshake/event.ts'
import { escapeText } from './escape.ts'

const NAME = 13
const TIME = 7

export interface ProbeHeadline {
  readonly host: string
  readonly port: number
  readonly route: readonly RouteHop[]
  /** "1.26.8" */
  readonly goVersion: string
}

/** `probing modproxy.example:443 via gw.acme.example:3128, as go 1.26.8` */
export function probeHeadline({ host, port, route, goVersion }: ProbeHeadline): string {
  const target = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
  const via = route.length === 0 ? 'direct' : `via ${route.map(({ address }) => address).join(', ')}`
  return escapeText(`probing ${target} ${via}, as go ${goVersion}`)
}

/** `  ServerHello     23.6 ms  TLS 1.3, TLS_AES_128_GCM_SHA256, x25519`: time since the start; null for events that end no step. */
export function probeStageLine(event: HandshakeEvent): string | null {
  const words = stageWords(event)
  if (words === null) return null
  const [name, text] = words
  return escapeText(`  ${name.padEnd(NAME)}${event.atMs.toFixed(1).padStart(TIME)} ms  ${text}`)
}

function stageWords(event: HandshakeEvent): readonly [string, string] | null {
  switch (event.type) {
    case 'client-hello':
      return ['ClientHello', inBytes(event.hello.wireBytes)]
    case 'server-hello':
      return [event.hello.helloRetryRequest ? 'HelloRetry' : 'ServerHello', chosen(event.hello)]
    case 'certificate':
      return event.from === 'server' ? ['Certificate', sizes(event.chain)] : null
    case 'certificate-request':
      return ['CertRequest', `a client certificate is asked for, ${counted(event.request.certificateAuthorities.length, 'CA name')}`]
    case 'alert':
      return ['Alert', `${event.alert.sender === 'server' ? 'from the server' : 'from whytls'}: ${event.alert.name}`]
    case 'not-tls':
      return ['Not TLS', event.answer.statusLine ?? 'another protocol']
    case 'complete':
      return ['Finished', 'handshake complete']
    default:
      return null
  }
}

function chosen(hello: Extract<HandshakeEvent, { type: 'server-hello' }>['hello']): string {
  const words = [hello.selectedVersion.name, hello.cipherSuite.name, hello.keyShareGroup?.name ?? '', hello.alpn ?? '']
  return words.filter((word) => word !== '').join(', ')
}

function sizes(chain: readonly Uint8Array[]): string {
  return `${counted(chain.length, 'certificate')}, ${inBytes(chain.reduce((sum, der) => sum + der.length, 0))}`
}
