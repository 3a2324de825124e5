/** TLS with an https parent proxy that failed before its chain was judged: what the causes of an origin's TLS say of it, on the proxy's leg. Pure. */
import type { Cause, Finding } from './cause.ts'
import { alert } from './causes/alert.ts'
import { clientCertRequired } from './causes/client-cert-required.ts'
import { notTls } from './causes/not-tls.ts'
import { recordOversized } from './causes/record-oversized.ts'
import { serverVersionTooOld } from './causes/server-version-too-old.ts'
import type { Observation, ParentTls } from './observation.ts'

/** Causes that mean the same with a proxy as with an origin. */
const SHARED: readonly Cause[] = [notTls, recordOversized, serverVersionTooOld, clientCertRequired, alert]

/** What these causes find on the proxy's leg; [] when its TLS stood or there was none. */
export function examineParentTls(seen: Observation): readonly Finding[] {
  const { parentTls } = seen
  if (parentTls == null || seen.outcome !== 'failed' || !failed(seen, parentTls)) return []
  const proxy = asOrigin(seen, parentTls)
  return SHARED.flatMap((cause): Finding[] => {
    const finding = cause.examine(proxy)
    if (finding === undefined) return []
    const goText =
      parentTls.ending === null ? finding.goText : parentTls.goText === null ? undefined : `proxyconnect tcp: ${parentTls.goText}`
    return [{ ...finding, leg: 'parent', fault: 'parent-proxy', goText }]
  })
}

/** The handshake failed, or the proxy ended the session before it answered CONNECT. */
function failed(seen: Observation, parentTls: ParentTls): boolean {
  const endedByAlert = parentTls.transcript.alerts.some(({ sender, code }) => sender === 'server' && code !== 0)
  return parentTls.ending !== null ? parentTls.judged === null : endedByAlert && seen.connect?.kind !== 'answered'
}

/** The same observation as if the proxy were the origin. */
function asOrigin(seen: Observation, { transcript, judged, ending }: ParentTls): Observation {
  const [host, port] = splitAddress(seen.route[0]?.address ?? '')
  const { parentTls: _parent, proxySetting: _setting, ...rest } = seen
  return {
    ...rest,
    target: { host, port, address: null },
    route: [],
    connect: null,
    transcript,
    judged,
    ending: ending ?? seen.ending,
    probe: null,
  }
}

function splitAddress(address: string): readonly [string, number] {
  const found = /^\[?(.*?)\]?:(\d+)$/.exec(address)
  return [found?.[1] ?? address, Number(found?.[2] ?? 443)]
}
