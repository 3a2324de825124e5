/** The part of `doctor` that sends: handshakes with the hosts that go names, by go's route, and their clocks. */
import type { Check, Document } from '../contract/document.ts'
import type { ClockFacts } from '../diagnosis/observation.ts'
import type { NtpState } from '../host/clock/ntp-state.ts'
import { listNamedHosts, type NamedHost, proxyEntries } from '../host/go-hosts.ts'
import { check } from '../host/settings/check.ts'
import { checkClockOnline, summarizeClock } from '../host/settings/clock.ts'
import { createResolver } from '../proxy/resolve.ts'
import { parseResolveMap } from '../proxy/resolve-mapping.ts'
import { weighClocks } from '../recorder/clock.ts'
import type { GoDescription } from '../recorder/draft.ts'
import { formatDuration } from '../report/units.ts'
import type { Store } from '../store/store.ts'
import { makeClockAsker } from './clock.ts'
import type { NetworkFacts } from './doctor.ts'
import { chooseOwnRoute } from './judge-parent.ts'
import { rootsOf } from './pipeline.ts'
import { lookAtHost } from './probe.ts'
import { untilInterrupted } from './signals.ts'

export interface NetworkInput {
  /** As `go env` prints them; null where there is no go. */
  readonly settings: Readonly<Record<string, string | undefined>> | null
  readonly go: GoDescription
  readonly ntp: NtpState | null
  readonly resolve: readonly string[]
  readonly store: Store
}

/** Probe each host of GOPROXY and GOSUMDB once, and ask all of them for the time. */
export async function lookAtNamedHosts(input: NetworkInput): Promise<NetworkFacts> {
  const hosts = listNamedHosts(input.settings ?? {})
  if (hosts.length === 0) return { checks: [], clock: null, diagnoses: [], handshakes: [] }
  const [facts, ...documents] = await Promise.all([askClocks(hosts, input), ...hosts.map((host) => look(host, input))])
  return {
    checks: [
      ...checkClockOnline(new Date(), facts),
      ...documents.map((document, at) => judgeHost(document, hosts[at], input.settings ?? {})),
    ],
    clock: summarizeClock([facts]),
    diagnoses: documents.flatMap(({ diagnoses }) => diagnoses),
    handshakes: documents.flatMap(({ handshakes }) => handshakes),
  }
}

function look({ host, port }: NamedHost, { store, resolve }: NetworkInput): Promise<Document> {
  return lookAtHost({ host, port }, { json: true, resolve }, store)
}

async function askClocks(hosts: readonly NamedHost[], { go, ntp, resolve }: NetworkInput): Promise<ClockFacts> {
  const stop = new AbortController()
  void untilInterrupted().then(() => stop.abort())
  const resolver = createResolver({ mapping: parseResolveMap(resolve) })
  const ownRoots = rootsOf(process.env, "whytls's own environment")
  const routeTo = async (host: string, port: number) => chooseOwnRoute(host, port, { roots: ownRoots, go: () => go })
  const ask = makeClockAsker({ proxy: () => ({ resolve: resolver, routeTo }), signal: stop.signal, ntp: async () => ntp })
  const [first, ...others] = hosts
  const roots = ownRoots()
  if (first === undefined || roots === null) return { ntp, others: [] }
  const answers = await ask(first, others)
  return weighClocks(answers, { roots, goVersion: go.version, godebug: go.godebug, timeZoneOffsetMinutes: -new Date().getTimezoneOffset() })
}

/** go asks the checksum database through its module mirrors first, unless GOSUMDB names a URL of its own. */
function isAskedThroughMirror(named: NamedHost | undefined, settings: Readonly<Record<string, string | undefined>>): boolean {
  if (named?.setting !== 'GOSUMDB' || proxyEntries(settings['GOPROXY'] ?? '').length === 0) return false
  return (settings['GOSUMDB'] ?? '').trim().split(/\s+/).length === 1
}

function judgeHost(
  { diagnoses, handshakes }: Document,
  named: NamedHost | undefined,
  settings: Readonly<Record<string, string | undefined>>,
): Check {
  const name = named === undefined ? '' : `${named.host}:${named.port}`
  const [diagnosis] = diagnoses
  const [handshake] = handshakes
  const route =
    handshake === undefined || handshake.route.length === 0 ? 'direct' : `via ${handshake.route.map(({ address }) => address).join(', ')}`
  const subject = named?.setting ?? 'host'
  if (diagnosis !== undefined) {
    const where = `${diagnosis.stage ?? 'no'} stage, ${diagnosis.leg ?? 'no'} leg, ${diagnosis.confidence}`
    const isMirrored = isAskedThroughMirror(named, settings)
    return check(isMirrored ? 'warning' : 'problem', subject, `${name} ${route}: ${diagnosis.title} (${where})`, {
      code: diagnosis.cause,
      advice: isMirrored ? 'harmless while the module mirror answers for it: go asks there first' : null,
      commands: handshake === undefined ? [] : [`whytls show ${handshake.id}`],
    })
  }
  if (handshake?.certificates?.verified?.ok !== true)
    return check('unknown', subject, `${name} ${route}: no chain was seen that could be judged`)
  const { selectedVersion } = handshake.serverHello ?? {}
  const spent = handshake.durationMs === null ? '' : `, ${formatDuration(handshake.durationMs)}`
  return check('fine', subject, `${name} ${route}: passes, ${selectedVersion?.name ?? 'TLS'}${spent}`)
}
