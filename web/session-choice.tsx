/** Which TLS session a tab shows, where there are two: whytls's own with an https parent proxy, and go's with the host inside it. */
import type { ComponentChildren } from 'preact'
import type { HandshakeDetail } from '../src/feed/protocol.ts'
import { goTo, route } from './router.ts'
import { TabRow } from './tab-row.tsx'

interface ChoiceProps {
  readonly detail: HandshakeDetail
  /** "proxy" or "host"; null: the one that the diagnosis speaks of. */
  readonly place: string | null
  readonly draw: (detail: HandshakeDetail, isOfProxy: boolean) => ComponentChildren
}

export function SessionChoice({ detail, place, draw }: ChoiceProps) {
  const proxy = asProxySession(detail)
  if (proxy === null) return <>{draw(detail, false)}</>
  const isOfProxy = place === null ? detail.diagnosis?.leg === 'parent' : place === 'proxy'
  const pick = (at: number): void => {
    if (route.value.view === 'handshake') goTo({ ...route.value, place: at === 0 ? 'proxy' : 'host' }, true)
  }
  return (
    <>
      <TabRow
        name="TLS sessions"
        labels={[`With the proxy ${proxy.handshake.target.host}`, `With ${detail.handshake.target.host}`]}
        picked={isOfProxy ? 0 : 1}
        onPick={pick}
      />
      {isOfProxy ? draw(proxy, true) : draw(withoutDiagnosisOf(detail, 'parent'), false)}
    </>
  )
}

/** The session with the proxy in the shape of a handshake; null where there is none. */
function asProxySession(detail: HandshakeDetail): HandshakeDetail | null {
  const { parentTls, route: hops, target } = detail.handshake
  if (parentTls === undefined) return null
  const address = hops.at(-1)?.address ?? target.host
  const host = address.replace(/:\d+$/, '').replace(/^\[|\]$/g, '')
  const shown = { ...detail, handshake: { ...detail.handshake, ...parentTls, target: { ...target, host } } }
  return detail.diagnosis?.leg === 'parent' ? shown : { ...shown, diagnosis: null }
}

function withoutDiagnosisOf(detail: HandshakeDetail, leg: 'parent'): HandshakeDetail {
  return detail.diagnosis?.leg === leg ? { ...detail, diagnosis: null } : detail
}
