/** `whytls probe HOST[:PORT]`: one handshake of our own, judged as go would judge it. */

import type { Document } from '../contract/document.ts'
import type { HandshakeEvent } from '../handshake/event.ts'
import { HandshakeObserver } from '../handshake/observer.ts'
import { goProgram, loadGoEnvironment } from '../host/go-env.ts'
import { type ProbeRequest, probe } from '../proxy/probe.ts'
import { createResolver, type Resolve } from '../proxy/resolve.ts'
import { parseResolveMap } from '../proxy/resolve-mapping.ts'
import { listHops, type Route } from '../proxy/route.ts'
import { jsonText } from '../report/json-text.ts'
import { probeHeadline, probeStageLine } from '../report/probe-lines.ts'
import type { Style } from '../report/style.ts'
import { diagnosisBlocks } from '../report/terminal.ts'
import type { Store } from '../store/store.ts'
import { chooseGo } from './choose-go.ts'
import { chooseHello } from './choose-hello.ts'
import { clockTargets, makeClockAsker } from './clock.ts'
import { makeComparer } from './compare-hosts.ts'
import { EXIT } from './exit-code.ts'
import { fetchIssuers } from './fetch-issuers.ts'
import { gatherDocument } from './gather.ts'
import { chooseOwnRoute } from './judge-parent.ts'
import { openKeyLog } from './key-log.ts'
import { findKnownIntermediates } from './known-intermediates.ts'
import { localFamily, localShell, localSystem } from './local-system.ts'
import { openStoreOrMemory } from './open-store.ts'
import { rootsOf } from './pipeline.ts'
import { bisectHost } from './probe-bisect.ts'
import { compareProbe, needsTime, type ProbeRecord, recordProbe } from './probe-record.ts'
import { serverNameOf } from './prober.ts'
import { untilInterrupted } from './signals.ts'
import { chooseStyle, type StyleChoice } from './style.ts'
import { parseTarget, type Target } from './target-argument.ts'
import { withTrust } from './trust-option.ts'

export interface ProbeOptions extends StyleChoice {
  readonly json?: boolean
  readonly go?: string
  readonly aia?: boolean
  readonly keylog?: string
  readonly bisect?: boolean
  readonly trust?: string
  readonly resolve: readonly string[]
}

/** 0 passes, 1 a problem, 3 could not tell. */
export async function probeCommand(text: string, options: ProbeOptions): Promise<number> {
  const target = parseTarget(text)
  const store = openStoreOrMemory(process.env)
  try {
    const document = await lookAtHost(target, options, store)
    const style = chooseStyle(process.stdout, process.env, options)
    process.stdout.write(options.json === true ? `${jsonText(document, 2)}\n` : `\n${verdictText(document, style)}`)
    if (document.diagnoses.length > 0) return EXIT.problem
    return document.handshakes[0]?.certificates?.verified?.ok === true ? EXIT.fine : EXIT.couldNotTell
  } finally {
    store.close()
  }
}

/** Prints one line; null: nothing to say. */
type Say = (line: string | null) => void

/** One handshake with a host, stored and judged; says nothing with `json`. */
export async function lookAtHost(target: Target, options: ProbeOptions, store: Store): Promise<Document> {
  const writeSecrets = options.keylog === undefined ? null : openKeyLog(options.keylog)
  const say: Say = (line) => void (options.json === true || line === null || process.stdout.write(`${line}\n`))
  const go = await chooseGo(options.go)
  const stop = new AbortController()
  void untilInterrupted().then(() => stop.abort())
  const { host, port } = target
  const roots = rootsOf(withTrust(process.env, options.trust), "whytls's own environment")
  const routeTo = async (to: string, at: number) => chooseOwnRoute(to, at, { roots, go: () => go })
  const route = await routeTo(host, port)
  say(probeHeadline({ host, port, route: listHops(route), goVersion: go.version }))
  const addresses: string[] = []
  const resolve = createResolver({ mapping: parseResolveMap(options.resolve) })
  const result = await probe(requestFor(target, route, timedResolve(resolve, addresses, say), say, stop.signal))
  writeSecrets?.(result.flight)
  const style = chooseStyle(process.stdout, process.env, options)
  const bisected =
    options.bisect === true && result.dialFailure === null && !stop.signal.aborted
      ? await bisectHost(
          { host, port, route, resolve, signal: stop.signal },
          await chooseHello(target, store, go.version, stop.signal),
          style,
          say,
        )
      : null
  const how = { env: process.env, resolve, failingAddress: addresses[0] ?? null, signal: stop.signal }
  const issuers = options.aia === true && result.chain !== null ? await fetchIssuers(result.chain, how, say) : []
  const record: ProbeRecord = {
    host,
    port,
    route: listHops(route),
    result: bisected?.refused ?? result,
    ...(bisected === null ? {} : { trials: bisected.trials }),
    go,
    roots: roots(),
    knownIntermediates: (chain) => [...issuers, ...findKnownIntermediates(store, chain)],
    wasStopped: stop.signal.aborted,
  }
  const ways = { proxy: () => ({ resolve, routeTo }), signal: stop.signal }
  const askClock = makeClockAsker(ways)
  const answers = needsTime(record) ? await askClock(target, clockTargets(await goSettings())) : null
  const resigning = await compareProbe(record, makeComparer({ ...ways, store, goSettings, probes: true }))
  const key = recordProbe(store, { ...record, answers, resigning })
  store.flush()
  const id = store.idOf(key)
  return gatherDocument(store, { handshakeIds: id === undefined ? [] : [id] })
}

/** What go would read here; its version was asked before, this only where the time is in doubt. */
async function goSettings(): Promise<Readonly<Record<string, string>> | null> {
  return (await loadGoEnvironment(goProgram([]), process.env, process.cwd()))?.env ?? null
}

function requestFor({ host, port }: Target, route: Route, resolve: Resolve, say: Say, signal: AbortSignal): ProbeRequest {
  return {
    host,
    port,
    route,
    resolve,
    alpn: ['h2', 'http/1.1'],
    serverName: serverNameOf(host),
    like: null,
    signal,
    createObserver: (session) => new HandshakeObserver(session),
    onEvent: (event: HandshakeEvent) => say(probeStageLine(event)),
  }
}

function verdictText(document: Document, style: Style): string {
  const [handshake] = document.handshakes
  if (document.diagnoses.length > 0) {
    return diagnosisBlocks(
      {
        diagnoses: document.diagnoses,
        handshakes: document.handshakes,
        runId: null,
        os: localSystem(),
        ...localFamily(),
        shell: localShell(process.env),
      },
      style,
    )
  }
  return handshake?.certificates?.verified?.ok === true
    ? 'passes: go would accept this connection\n'
    : 'could not tell: no chain was seen that could be judged\n'
}

/** Says how long the name took, and keeps where it led. */
function timedResolve(resolve: Resolve, addresses: string[], say: Say): Resolve {
  return async (host, port) => {
    const startedMs = performance.now()
    const resolved = await resolve(host, port)
    addresses.push(...resolved.addresses)
    const how = resolved.by === '--resolve' ? 'by --resolve' : resolved.addresses.join(' ')
    say(`  DNS          ${(performance.now() - startedMs).toFixed(1).padStart(7)} ms  ${how}`)
    return resolved
  }
}
