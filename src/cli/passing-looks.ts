/** After a command that went well: one look at each host whose certificates TLS 1.3 hid, for warnings alone. */

import { readChain } from '../diagnosis/resigning.ts'
import { HandshakeObserver } from '../handshake/observer.ts'
import { probe } from '../proxy/probe.ts'
import type { Connection } from '../recorder/connection.ts'
import { presentedChain } from '../recorder/judge.ts'
import type { SeenInPassing } from '../recorder/warnings.ts'
import { isPublicAuthority, NOBODY } from './compare-hosts.ts'
import type { Pipeline } from './pipeline.ts'
import { serverNameOf } from './prober.ts'

/** Hosts that are looked at, and how long at most for all. */
const MOST_HOSTS = 4
const LOOKS_MS = 1_500

/** Look at the hosts that passed and whose chain nobody saw, all at once; what does not answer in time is left out. */
export async function lookAtPassed({ proxy, recorder }: Pick<Pipeline, 'proxy' | 'recorder'>): Promise<readonly SeenInPassing[]> {
  const hidden = recorder
    .connections()
    .filter((one) => one.outcome === 'passed' && one.transcript?.isComplete && presentedChain(one) === null)
  const hosts = [...new Map(hidden.map((one) => [`${one.start.host}:${one.start.port}`, one])).values()].slice(0, MOST_HOSTS)
  const signal = AbortSignal.timeout(LOOKS_MS)
  return (await Promise.all(hosts.map((one) => look(one, proxy, signal)))).filter((seen) => seen !== null)
}

async function look(connection: Connection, proxy: Pipeline['proxy'], signal: AbortSignal): Promise<SeenInPassing | null> {
  const { host } = connection.start
  const chain = await ask(connection, serverNameOf(host), proxy, signal)
  const read = chain === null ? null : readChain({ host, chain })
  if (chain === null || read === null) return null
  const isPublic = read.leaf.isLogged || isPublicAuthority(read.authority)
  const forNobody = isPublic ? null : await ask(connection, NOBODY, proxy, signal)
  const names = forNobody === null ? [] : (readChain({ host: NOBODY, chain: forNobody })?.leaf.dnsNames ?? [])
  return { host, chain, read, isPublic, issuesForAnyName: names.some((name) => name.toLowerCase() === NOBODY) }
}

async function ask({ start, transcript }: Connection, serverName: string | null, proxy: Pipeline['proxy'], signal: AbortSignal) {
  const { chain } = await probe({
    host: start.host,
    port: start.port,
    route: await proxy.routeTo(start.host, start.port, start.key),
    resolve: proxy.resolve,
    alpn: transcript?.clientHellos[0]?.alpn ?? ['h2', 'http/1.1'],
    serverName,
    like: transcript?.clientHellos[0] ?? null,
    timeoutMs: LOOKS_MS,
    signal,
    createObserver: (session) => new HandshakeObserver(session),
  })
  return chain
}
