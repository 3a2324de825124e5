/** What is worth a line although nothing failed, or although the command hid it. Pure. */
import type { Warning } from '../contract/diagnosis.ts'
import { shown, shownHost } from '../diagnosis/captured.ts'
import { settingWords } from '../diagnosis/git-settings.ts'
import { findInspectionProduct } from '../diagnosis/inspection-signs.ts'
import type { GitSettingFact } from '../diagnosis/observation.ts'
import { compareChains, type ReadChain } from '../diagnosis/resigning.ts'
import { counted, inSpan, inTime } from '../diagnosis/units.ts'
import { readGoErrors } from '../diagnosis/witness.ts'
import { summarizeCertificate } from '../x509/summary.ts'
import type { Connection } from './connection.ts'
import { isGits } from './git-client.ts'
import { findInsecureSettings } from './insecure-settings.ts'
import { presentedChain } from './judge.ts'
import { chainOf, isSameWay } from './same-route.ts'

/** A chain that a passing host showed to a look of our own. */
export interface SeenInPassing {
  readonly host: string
  readonly chain: readonly Uint8Array[]
  readonly read: ReadChain
  /** Asked for a name that nobody can have, it had a certificate for that too. */
  readonly issuesForAnyName: boolean
  /** A public authority, as Node's list has it. */
  readonly isPublic: boolean
}

export interface WarningsInput {
  readonly connections: readonly Connection[]
  readonly looks: readonly SeenInPassing[]
  readonly exitCode: number | null
  readonly runId: number
  readonly stderrTail: string
  /** Variables of the child. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** go's settings, null where they are not known. */
  readonly goEnv: Readonly<Record<string, string | undefined>> | null
  readonly now: Date
  /** git's settings for a host, asked only where git went to one or should have; absent: nobody can be asked. */
  readonly gitSettings?: (host: string, port: number) => readonly GitSettingFact[]
}

/** All warnings of a run, the gravest first. */
export function findWarnings(input: WarningsInput): readonly Warning[] {
  return [
    ...hiddenFailures(input),
    ...intercepted(input),
    ...expiringSoon(input),
    ...slowHandshakes(input),
    ...findInsecureSettings(input.env, input.goEnv),
    ...unverifiedByGit(input),
    ...pastWhytls(input),
  ]
}

/** The command ended well and said nothing, but a connection failed. */
export function isHidden({ connections, exitCode }: Pick<WarningsInput, 'connections' | 'exitCode'>): boolean {
  const failed = connections.filter(({ outcome }) => outcome === 'failed')
  return exitCode === 0 && failed.length > 0 && failed.every(({ witness }) => witness === null)
}

function hiddenFailures(input: WarningsInput): readonly Warning[] {
  if (!isHidden(input)) return []
  const byHost = new Map<string, Connection[]>()
  for (const connection of input.connections.filter(({ findings }) => findings.length > 0)) {
    const key = `${connection.start.host}:${connection.start.port} ${connection.findings[0]?.cause}`
    byHost.set(key, [...(byHost.get(key) ?? []), connection])
  }
  return [...byHost.values()].flatMap((group) => {
    const [first] = group
    const cause = first?.findings[0]?.cause
    if (first === undefined || cause === undefined) return []
    const times = group.length === 1 ? '' : ` ${group.length} times`
    const text = `the command ended well, but this connection failed${times} (${cause}); why: whytls show --run ${input.runId}`
    return [{ code: 'hidden-failure', host: shownHost(first.start.host, first.start.port), text }]
  })
}

/** Chains of the connections that passed, by host: read on the wire (TLS 1.2), or by a look. */
function passedChains({ connections, looks }: WarningsInput): readonly SeenInPassing[] {
  const seen = new Map(looks.map((look) => [look.host, look]))
  for (const connection of connections) {
    const [presented, read] = [presentedChain(connection), chainOf(connection)]
    if (connection.outcome !== 'passed' || presented === null || read === null || seen.has(read.host)) continue
    seen.set(read.host, { host: read.host, chain: presented.chain, read, issuesForAnyName: false, isPublic: read.leaf.isLogged })
  }
  return [...seen.values()]
}

/** Hosts behind one private authority that signs for whatever comes: said once for each authority. */
function intercepted(input: WarningsInput): readonly Warning[] {
  const chains = passedChains(input)
  const hosts = new Map<string, Set<string>>()
  for (const one of chains) {
    if (one.isPublic || one.read.leaf.isLogged) continue
    const signs = compareChains(
      one.read,
      chains.filter((other) => other !== one && sameWay(one, other, input)).map(({ read }) => read),
    )
    const product = findInspectionProduct(one.chain)
    const isResigned = product !== null || (signs.alsoIssuedFor.length > 0 && (one.issuesForAnyName || signs.sharesLeafKey === true))
    if (!isResigned) continue
    const authority = one.read.authority.name
    hosts.set(authority, new Set([...(hosts.get(authority) ?? []), one.host, ...signs.alsoIssuedFor]))
  }
  return [...hosts].map(([authority, names]) => ({
    code: 'intercepted',
    host: null,
    text: `${names.size === 1 ? `${shown([...names][0] ?? '')} is` : `${counted(names.size, 'host')} are`} re-signed by "${shown(authority)}", which go trusts here`,
  }))
}

function sameWay(one: SeenInPassing, other: SeenInPassing, { connections }: WarningsInput): boolean {
  const [own, theirs] = [one, other].map(({ host }) => connections.find(({ start }) => start.host === host))
  return own === undefined || theirs === undefined || isSameWay(own, theirs)
}

/** Two weeks before the end, sooner for what is made for days: renewal is late by then. */
function expiringSoon(input: WarningsInput): readonly Warning[] {
  return passedChains(input).flatMap(({ host, chain }) => {
    const soon = chain.map((der) => summarizeCertificate(der)).find(({ notBefore, notAfter }) => isEnding(notBefore, notAfter, input.now))
    if (soon?.notAfter == null) return []
    const which =
      chain[0] !== undefined && summarizeCertificate(chain[0]).sha256 === soon.sha256 ? 'certificate' : `issuer "${shown(soon.subject)}"`
    const left = inSpan(new Date(soon.notAfter).getTime() - input.now.getTime())
    return [{ code: 'expires-soon', host: shown(host), text: `${which} ends in ${left} (${soon.notAfter.slice(0, 16)}Z)` }]
  })
}

function isEnding(notBefore: string | null, notAfter: string | null, now: Date): boolean {
  const [start, end] = [notBefore, notAfter].map((text) => (text === null ? Number.NaN : new Date(text).getTime()))
  if (start === undefined || end === undefined) return false
  const left = end - now.getTime()
  return left > 0 && left < Math.min(SOON_MS, (end - start) / 5)
}

const SOON_MS = 14 * 24 * 60 * 60 * 1000

/** The slowest step of each host that took a second or more. */
function slowHandshakes({ connections }: WarningsInput): readonly Warning[] {
  const slowest = new Map<string, { readonly step: string; readonly ms: number }>()
  for (const connection of connections.filter(({ outcome }) => outcome === 'passed')) {
    const host = shownHost(connection.start.host, connection.start.port)
    for (const [step, ms] of stepsOf(connection)) {
      if (ms >= SLOW_MS && ms > (slowest.get(host)?.ms ?? 0)) slowest.set(host, { step, ms })
    }
  }
  return [...slowest].map(([host, { step, ms }]) => ({ code: 'slow-handshake', host, text: `${step} took ${inTime(ms)}` }))
}

const SLOW_MS = 1_000

function stepsOf({ dialed, connect, transcript, route }: Connection): readonly (readonly [step: string, ms: number])[] {
  const reached = (name: string) => transcript?.stages.find(({ stage }) => stage === name)?.atMs ?? null
  const [hello, answer, finished] = [reached('client-hello'), reached('server-hello'), reached('finished')]
  const whose = route.length > 0 ? "the proxy's" : 'the'
  return [
    [`looking up ${whose} name (DNS)`, dialed?.dnsMs ?? 0],
    ['the TCP connection', dialed?.tcpMs ?? 0],
    ["the proxy's answer to CONNECT", connect?.kind === 'answered' ? connect.afterMs : 0],
    ["the server's answer to the ClientHello", hello === null || answer === null ? 0 : answer - hello],
    ['the handshake behind the ServerHello', answer === null || finished === null ? 0 : finished - answer],
  ]
}

/** go names a host that never came through here. */
function pastWhytls({ connections, stderrTail, gitSettings }: WarningsInput): readonly Warning[] {
  const known = new Set(connections.map(({ start }) => start.host.toLowerCase()))
  const failing = readGoErrors(stderrTail).filter(({ host, url }) => host !== '' && !known.has(host) && url?.startsWith('https:') === true)
  return [...new Map(failing.map(({ host, kind }) => [host, kind]))].slice(0, 3).map(([host, kind]) => ({
    code: 'not-proxied',
    host: shown(host),
    text: `the command's words name it, but it did not come through whytls (${kind === 'git' ? ownProxyOfGit(host, gitSettings) : 'localhost, or a variable of its own'})`,
  }))
}

function ownProxyOfGit(host: string, gitSettings: WarningsInput['gitSettings']): string {
  const proxy = gitSettings?.(host, 443).find(({ key }) => key.endsWith('.proxy'))
  return proxy === undefined ? "git's own proxy setting" : `git goes by its own ${settingWords(proxy)}, which wins over HTTPS_PROXY`
}

/** git was told to look at no certificate, and went to a host of this run: what it fetched there may be anybody's. */
function unverifiedByGit({ connections, gitSettings }: WarningsInput): readonly Warning[] {
  const ofGit = connections.filter(isGits).map(({ start }) => start)
  const hosts = new Map(ofGit.map(({ host, port }) => [`${host}:${port}`, { host, port }]))
  return [...hosts.values()].flatMap(({ host, port }) => {
    const off = gitSettings?.(host, port).find(({ key, value }) => key.endsWith('.sslverify') && /^(?:false|no|off|0|)$/i.test(value))
    if (off === undefined) return []
    const text = `${settingWords(off)}: git checks no certificate of this host, so source code may come from anyone on the path`
    return [{ code: 'insecure-setting', host: shownHost(host, port), text }]
  })
}
