import type { ProbeResult } from '../diagnosis/observation.ts'
import { otherFlight, sameFlight } from '../handshake/same-flight.ts'
import type { Transcript } from '../handshake/transcript.ts'
import { describeShape } from './hello-shape.ts'
import { joinHostPort } from './ip-address.ts'
import { type ProbeRequest, probe } from './probe.ts'
import { listHops } from './route.ts'

/** So many looks at most at one host that shows go another certificate than the probe. */
const MOST_LOOKS = 4
/** A look that takes longer is not repeated. */
const QUICK_MS = 2_000

/** Probes of one run: one at a time for each host, and one result for all that ask the same. */
export interface ProbeQueue {
  /**
   * Look at a host, or take the look that is under way or done for the same host, port, route and shape of hello.
   * Where several servers share a name, a look may meet another one than go did: then a few more are made, until one meets the same.
   * @param seen what go's own connection showed; decides `sameAsGoSaw`
   */
  ask(request: ProbeRequest, seen: Transcript): Promise<ProbeResult>
  /** Probes that have begun or wait. */
  readonly pending: number
  /** Resolves when nothing is pending. */
  idle(): Promise<void>
  /** Forget results, so that the next question looks again. */
  forget(): void
}

/**
 * Make a queue for one run.
 * @param isSameFlight compares go's record lengths with the probe's (`sameFlight` of room handshake)
 * @param look does one probe; replaced by tests
 * @param isOtherFlight whether go certainly met another flight than the probe (`otherFlight`)
 */
export function createProbeQueue(
  isSameFlight: (go: Transcript, probed: Transcript) => boolean = sameFlight,
  look: (request: ProbeRequest) => Promise<ProbeResult> = probe,
  isOtherFlight: (go: Transcript, probed: Transcript) => boolean = otherFlight,
): ProbeQueue {
  const results = new Map<string, Promise<ProbeResult>[]>()
  const lastOfHost = new Map<string, Promise<unknown>>()
  let pending = 0
  const waiting: (() => void)[] = []
  const settle = () => {
    pending -= 1
    if (pending === 0) for (const wake of waiting.splice(0)) wake()
  }
  const start = (request: ProbeRequest): Promise<ProbeResult> => {
    const host = joinHostPort(request.host.toLowerCase(), request.port)
    const before = lastOfHost.get(host) ?? Promise.resolve()
    pending += 1
    const result = before.then(() => look(request)).finally(settle)
    lastOfHost.set(
      host,
      result.catch(() => {}),
    )
    return result
  }
  const begin = (looks: Promise<ProbeResult>[], request: ProbeRequest): Promise<ProbeResult> => {
    const look = start(request)
    looks.push(look)
    return look
  }
  return {
    async ask(request, seen) {
      const key = describeRequest(request)
      const looks = results.get(key) ?? []
      results.set(key, looks)
      for (let at = 0; ; at += 1) {
        const found = await (looks[at] ?? begin(looks, request))
        const isComparable = found.chain !== null && request.offersAll !== true
        const sameAsGoSaw = isComparable && isSameFlight(seen, found.transcript)
        const isOther = isComparable && isOtherFlight(seen, found.transcript)
        const mayLookAgain = at + 1 < MOST_LOOKS && found.durationMs < QUICK_MS && request.signal?.aborted !== true
        if (sameAsGoSaw) return { ...found, sameAsGoSaw }
        if (!isOther || !mayLookAgain) return { ...((await looks[0]) ?? found), sameAsGoSaw }
      }
    },
    get pending() {
      return pending
    },
    idle: () => (pending === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
    forget: () => results.clear(),
  }
}

function describeRequest(request: ProbeRequest): string {
  const hops = listHops(request.route).map((hop) => `${hop.kind} ${hop.address}`)
  const parts = [
    request.host.toLowerCase(),
    request.port,
    ...hops,
    request.serverName ?? '',
    request.alpn.join(','),
    request.offersAll === true ? 'all' : describeShape(request.like),
  ]
  return parts.join('|')
}
