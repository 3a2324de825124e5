import type { ProbeResult } from '../diagnosis/observation.ts'
import { sameFlight } from '../handshake/same-flight.ts'
import type { Transcript } from '../handshake/transcript.ts'
import { describeShape } from './hello-shape.ts'
import { joinHostPort } from './ip-address.ts'
import { type ProbeRequest, probe } from './probe.ts'
import { listHops } from './route.ts'

/** Probes of one run: one at a time for each host, and one result for all that ask the same. */
export interface ProbeQueue {
  /**
   * Look at a host, or take the look that is under way or done for the same host, port, route and shape of hello.
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
 */
export function createProbeQueue(
  isSameFlight: (go: Transcript, probed: Transcript) => boolean = sameFlight,
  look: (request: ProbeRequest) => Promise<ProbeResult> = probe,
): ProbeQueue {
  const results = new Map<string, Promise<ProbeResult>>()
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
  return {
    async ask(request, seen) {
      const key = describeRequest(request)
      const result = results.get(key) ?? start(request)
      results.set(key, result)
      const found = await result
      return { ...found, sameAsGoSaw: found.chain !== null && request.offersAll !== true && isSameFlight(seen, found.transcript) }
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
