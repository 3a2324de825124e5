/** go → whytls → (parent proxy) → upstream, with the guilty node or link marked and what was never reached dashed. */
import type { Diagnosis } from '../src/contract/diagnosis.ts'
import type { RouteHop } from '../src/contract/handshake.ts'
import type { HandshakeDetail } from '../src/feed/protocol.ts'
import { addressOf, meta } from './meta.ts'
import { took } from './time-words.ts'

export interface PathNode {
  readonly name: string
  readonly note: string
  readonly look: 'plain' | 'us' | 'bad' | 'gone'
}

export interface PathLink {
  readonly note: string
  readonly look: 'plain' | 'bad' | 'gone'
}

export interface Path {
  readonly nodes: readonly PathNode[]
  /** `links[i]` lies between `nodes[i]` and `nodes[i + 1]`. */
  readonly links: readonly PathLink[]
}

export function PathDiagram({ detail }: { readonly detail: HandshakeDetail }) {
  const { nodes, links } = layPath(detail, meta.value?.proxyUrl ?? null)
  return (
    <div class="path" role="img" aria-label={describePath({ nodes, links })}>
      {nodes.map((node, at) => (
        <>
          <div key={node.name} class={`node ${node.look}`}>
            <b>
              {node.look === 'bad' && '✕\u00a0'}
              {node.name}
            </b>
            {node.note}
          </div>
          {links[at] && (
            <div class={`link ${links[at].look}`}>
              <span>{links[at].note}</span>
            </div>
          )}
        </>
      ))}
    </div>
  )
}

/** Where the guilt lies: a node, or the link before a node. */
interface Guilt {
  readonly kind: 'node' | 'link'
  readonly at: number
}

/** Lay the path of a handshake; `proxyUrl` is where whytls listens. */
export function layPath(detail: HandshakeDetail, proxyUrl: string | null): Path {
  const { diagnosis } = detail
  const plain = withUnknown(plainNodes(detail, proxyUrl), detail)
  const guilt = diagnosis === null ? null : findGuilt(diagnosis, plain.length, detail.handshake.route.length === 0)
  const reached = guilt === null ? plain.length : lastReached(guilt, detail)
  const nodes = plain.map((node, at): PathNode => {
    if (guilt?.kind === 'node' && guilt.at === at) return { ...node, look: 'bad' }
    return at > reached ? { ...node, look: 'gone' } : node
  })
  const links = plain.slice(1).map((_, at): PathLink => {
    if (guilt?.kind === 'link' && guilt.at === at + 1) return { note: linkWords(detail), look: 'bad' }
    return { note: '', look: at + 1 > reached ? 'gone' : 'plain' }
  })
  return { nodes, links: nameLinks(links, detail) }
}

function plainNodes({ handshake, run }: HandshakeDetail, proxyUrl: string | null): readonly PathNode[] {
  const { client, clientHello, imported, route, target } = handshake
  // What came out of a capture never passed through whytls.
  const isOurs = imported === undefined
  const goName = isOurs ? (run?.go?.version ?? client?.process) : clientHello?.looksLike
  const name = goName?.replace(/^go *(?=\d)/, 'go\u00a0') ?? (isOurs ? 'go' : 'client')
  const note = client?.pid == null ? (client?.address ?? '') : `pid ${client.pid}`
  return [
    ...(isOurs && handshake.mode === 'probe' ? [] : [{ name, note, look: 'plain' } as const]),
    ...(isOurs ? [{ name: 'whytls', note: addressOf(proxyUrl ?? '') || handshake.mode, look: 'us' } as const] : []),
    ...route.map(hopNode),
    { name: target.host, note: target.address ?? `port ${target.port}`, look: 'plain' },
  ]
}

/** A device that nobody named stands between whytls and the host where the diagnosis is about one. */
function withUnknown(nodes: readonly PathNode[], { diagnosis, handshake }: HandshakeDetail): readonly PathNode[] {
  const resigns = diagnosis?.cause === 'inspection-ca-untrusted'
  if (handshake.route.length > 0 || diagnosis?.leg !== 'upstream' || !(resigns || diagnosis.fault === 'middlebox')) return nodes
  const unknown: PathNode = resigns
    ? { name: 'unknown gateway', note: 're-signs TLS', look: 'plain' }
    : { name: 'unknown device', note: 'on the path', look: 'plain' }
  const [host] = nodes.slice(-1)
  const beyond: readonly PathNode[] = host === undefined ? [] : [resigns ? { ...host, note: 'real certificate unseen' } : host]
  return [...nodes.slice(0, -1), unknown, ...beyond]
}

function hopNode(hop: RouteHop): PathNode {
  const [, host = hop.address, port] = /^(.*):(\d+)$/.exec(hop.address) ?? []
  const kind = hop.kind.replace('-', ' ')
  return { name: host, note: port === undefined ? kind : `${kind} :${port}`, look: 'plain' }
}

const DEAD_ENDS: ReadonlySet<string> = new Set(['network', 'middlebox'])

function findGuilt({ fault, leg, stage, cause }: Diagnosis, count: number, hasUnknown: boolean): Guilt | null {
  const last = count - 1
  if (fault === 'nobody' || stage === null) return null
  if (cause === 'inspection-ca-untrusted') return { kind: 'node', at: last - 1 }
  if (leg === 'parent') return stage === 'proxy-connect' ? { kind: 'node', at: last - 1 } : { kind: 'link', at: last - 1 }
  if (leg === 'client') return { kind: 'link', at: 1 }
  if (fault === 'client-machine' || fault === 'client-config') return { kind: 'node', at: 0 }
  const isDial = stage === 'dns' || stage === 'tcp'
  if (fault === 'middlebox' && hasUnknown) return { kind: 'link', at: last - 1 }
  return DEAD_ENDS.has(fault) || isDial ? { kind: 'link', at: last } : { kind: 'node', at: last }
}

/** Index of the last node that an answer came from. */
function lastReached(guilt: Guilt, { diagnosis, handshake }: HandshakeDetail): number {
  if (diagnosis?.cause === 'inspection-ca-untrusted' || diagnosis?.leg === 'parent') return guilt.kind === 'link' ? guilt.at - 1 : guilt.at
  if (guilt.kind === 'node') return Number.POSITIVE_INFINITY
  return handshake.serverHello === null ? guilt.at - 1 : Number.POSITIVE_INFINITY
}

function linkWords({ diagnosis, handshake }: HandshakeDetail): string {
  if (diagnosis?.stage === 'dns') return 'no address'
  const how = handshake.closed?.how
  const isSilent = handshake.bytes.serverToClient === 0 && handshake.closed?.by === 'client' && how !== 'rst'
  if (how === 'timeout' || isSilent || diagnosis?.cause.endsWith('silent')) return `silence, ${took(handshake.durationMs)}`
  if (how === 'rst') return 'reset'
  return diagnosis?.stage === 'tcp' ? 'no connection' : 'broken here'
}

/** The links before whytls and before the origin say how far the tunnel came. */
function nameLinks(links: readonly PathLink[], { handshake }: HandshakeDetail): readonly PathLink[] {
  const status = handshake.proxyConnect?.status
  return links.map((link, at) => {
    if (link.look === 'gone' && link.note === '') return at === links.length - 1 ? { ...link, note: 'not reached' } : link
    if (link.look !== 'plain') return link
    if (at === 0 && handshake.mode !== 'probe' && handshake.imported === undefined) return { ...link, note: 'CONNECT' }
    return at === links.length - 2 && status !== undefined ? { ...link, note: `CONNECT ${status}` } : link
  })
}

function describePath({ nodes, links }: Path): string {
  const parts = nodes.map((node, at) => {
    const mark = { plain: '', us: '', bad: ' (the reason lies here)', gone: ' (not reached)' }[node.look]
    const link = links[at]
    return `${node.name}${mark}${link?.look === 'bad' ? `, broken here: ${link.note}` : ''}`
  })
  return `Path: ${parts.join(', then ')}`
}
