/** The lines of `whytls probe` while it goes on. Pure. */
import type { RouteHop } from '../contract/handshake.ts'
import { counted } from '../diagnosis/units.ts'
import type { HandshakeEvent } from '../handshake/event.ts'
import { escapeText } from './escape.ts'

export interface ProbeTarget {
  readonly host: string
  readonly port: number
  readonly route: readonly RouteHop[]
  readonly goVersion: string
}

/** `probing mods.example:443 via gw.example:3128, as go 1.26.8` */
export function probeHeadline({ host, port, route, goVersion }: ProbeTarget): string {
  const name = host.includes(':') ? `[${host}]` : host
  const via = route.length === 0 ? 'direct' : `via ${route.map(({ address }) => address).join(', ')}`
  return `probing ${escapeText(name)}:${port} ${via}, judged as go ${goVersion} judges`
}

/** One line for an event that ends a stage, null for the others. Times count from the start of the probe. */
export function probeStageLine(event: HandshakeEvent): string | null {
  const said = describe(event)
  return said === null ? null : `  ${said[0].padEnd(12)} ${event.atMs.toFixed(1).padStart(7)} ms  ${said[1]}`
}

function describe(event: HandshakeEvent): readonly [string, string] | null {
  switch (event.type) {
    case 'client-hello':
      return ['ClientHello', `${event.hello.wireBytes.toLocaleString('en')} bytes`]
    case 'server-hello': {
      const { selectedVersion, cipherSuite, keyShareGroup } = event.hello
      return ['ServerHello', [selectedVersion.name, cipherSuite.name, keyShareGroup?.name].filter((part) => part !== undefined).join(', ')]
    }
    case 'certificate': {
      const octets = event.chain.reduce((sum, der) => sum + der.length, 0)
      return event.from === 'server'
        ? ['Certificate', `${counted(event.chain.length, 'certificate')}, ${octets.toLocaleString('en')} bytes`]
        : null
    }
    case 'certificate-request':
      return ['Request', 'the server asks for a client certificate']
    case 'alert':
      return ['Alert', `${event.alert.name} from the ${event.alert.sender}`]
    case 'not-tls':
      return ['Not TLS', escapeText(event.answer.statusLine ?? 'the answer is of another protocol')]
    case 'complete':
      return ['Finished', 'the handshake is complete']
    default:
      return null
  }
}
