/** Names of stages, legs and sources as people read them. */
import type { Handshake } from '../contract/handshake.ts'
import type { Leg, Source, Stage } from '../contract/terms.ts'
import type { Style } from './style.ts'
import { glyphs } from './style.ts'

/** The message or step of a stage, as the track names it. */
export const STAGE_NAMES: Readonly<Record<Stage, string>> = {
  dns: 'DNS',
  tcp: 'TCP',
  'proxy-connect': 'CONNECT',
  'client-hello': 'ClientHello',
  'server-hello': 'ServerHello',
  certificate: 'Certificate',
  'key-exchange': 'Key exchange',
  finished: 'Finished',
  'application-data': 'App data',
}

/** "whytls ⇄ upstream" */
export function legName(leg: Leg, style: Style): string {
  const { link } = glyphs(style)
  if (leg === 'client') return `go ${link} whytls`
  return leg === 'parent' ? `whytls ${link} proxy` : `whytls ${link} upstream`
}

/** Where a fact comes from, in a word or two. */
export const SOURCE_NAMES: Readonly<Record<Source, string>> = {
  wire: 'wire',
  probe: 'probe',
  bisect: 'bisect',
  decrypted: 'decrypted',
  inferred: 'record lengths',
  verifier: 'verifier',
  store: 'files',
  history: 'history',
  environment: 'environment',
  stderr: "go's text",
  clock: 'clock',
}

/** host:port of a handshake, without the port where it is 443 and `short` is asked for. */
export function targetOf(handshake: Pick<Handshake, 'target'>): string {
  const { host, port } = handshake.target
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

/** "direct" or "via gw.acme.example:3128" */
export function routeOf(handshake: Pick<Handshake, 'route'> | undefined): string {
  const hop = handshake?.route[0]
  if (handshake === undefined) return ''
  return hop === undefined ? 'direct' : `via ${hop.address}`
}
