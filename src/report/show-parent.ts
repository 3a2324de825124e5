/** The TLS session with an https parent proxy, as `show` draws it beneath the connection that went through it. */
import type { Handshake } from '../contract/handshake.ts'
import { printable } from './escape.ts'
import { chainLines, chainSummary } from './show-chain.ts'
import { negotiationLines } from './show-negotiation.ts'
import type { Style } from './style.ts'
import { legName } from './words.ts'

/** Hellos, chain and alerts of the proxy's own session; [] where there is none. */
export function parentTlsLines(handshake: Handshake, full: boolean, style: Style): readonly string[] {
  const { parentTls } = handshake
  if (parentTls === undefined) return []
  const { clientHello, serverHello, certificates, alerts, records } = parentTls
  const session: Handshake = { ...handshake, clientHello, serverHello, certificates, alerts, records }
  const told = alerts.map(({ sender, name, code }) => `${sender === 'client' ? 'whytls' : 'proxy'} ${name} (${code ?? '?'})`)
  return [
    `  ${legName('parent', style)}: TLS with the proxy itself, before CONNECT`,
    ...negotiationLines(session, full, style),
    printable(`  chain     ${chainSummary(session)}`, style),
    ...(told.length === 0 ? [] : [printable(`  alerts    ${told.join('; ')}`, style)]),
    ...(full ? chainLines(session, true, style) : []),
  ]
}

/** Its chain alone, for `--chain`. */
export function parentChainLines(handshake: Handshake, full: boolean, style: Style): readonly string[] {
  const { parentTls } = handshake
  if (parentTls === undefined || parentTls.certificates === null) return []
  return [
    `  ${legName('parent', style)}: the proxy's own chain`,
    ...chainLines({ ...handshake, certificates: parentTls.certificates }, full, style),
  ]
}
