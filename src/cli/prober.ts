/** Second connections that look at a failure, by the route of the first. */
import { isIP } from 'node:net'
import type { ProbeResult } from '../diagnosis/observation.ts'
import type { HandshakeEvent } from '../handshake/event.ts'
import { HandshakeObserver } from '../handshake/observer.ts'
import { sameFlight } from '../handshake/same-flight.ts'
import { createProbeQueue } from '../proxy/probe-queue.ts'
import type { RunningProxy } from '../proxy/start-proxy.ts'
import type { Connection } from '../recorder/connection.ts'
import { probeReason } from '../recorder/probe-reason.ts'

export interface ProberOptions {
  /** Route and resolver of the running proxy: a probe goes the way that go went. */
  readonly proxy: () => Pick<RunningProxy, 'routeTo' | 'resolve'>
  readonly signal: AbortSignal
  readonly onEvent?: (event: HandshakeEvent, connection: Connection) => void
  /** A probe ended, or the result of an earlier one is used again. */
  readonly onProbed?: (result: ProbeResult) => void
}

/** Results are shared by all that ask the same within this time; a longer one would hide that a server was repaired. */
const SHARED_MS = 20_000

/** Make the function that the recorder asks; null when there is nothing to look at, or the program is ending. */
export function makeProber(options: ProberOptions): (connection: Connection) => Promise<ProbeResult | null> {
  const queue = createProbeQueue(sameFlight)
  let freshUntilMs = 0
  return async (connection) => {
    const { start, transcript } = connection
    if (transcript === null || options.signal.aborted) return null
    if (queue.pending === 0 && start.startedAt.getTime() > freshUntilMs) {
      queue.forget()
      freshUntilMs = start.startedAt.getTime() + SHARED_MS
    }
    const hello = transcript.clientHellos.at(0) ?? null
    const proxy = options.proxy()
    const result = await queue.ask(
      {
        host: start.host,
        port: start.port,
        route: await proxy.routeTo(start.host, start.port, start.key),
        resolve: proxy.resolve,
        alpn: hello?.alpn ?? ['h2', 'http/1.1'],
        serverName: hello === null ? serverNameOf(start.host) : hello.serverName,
        like: hello,
        offersAll: probeReason(connection) === 'see-what-it-takes',
        signal: options.signal,
        onEvent: (event) => options.onEvent?.(event, connection),
        createObserver: (session) => new HandshakeObserver(session),
      },
      transcript,
    )
    options.onProbed?.(result)
    return result
  }
}

/** What go would send as server name: none for an address, no trailing dot. */
export function serverNameOf(host: string): string | null {
  return isIP(host) === 0 ? host.replace(/\.$/, '') : null
}
