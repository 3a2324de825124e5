/** `whytls probe HOST[:PORT]`: one handshake of our own, judged as go would judge it. */

import type { HandshakeEvent } from '../handshake/event.ts'
import { HandshakeObserver } from '../handshake/observer.ts'
import { goProgram, loadGoEnvironment } from '../host/go-env.ts'
import { probe } from '../proxy/probe.ts'
import { createResolver, type Resolve } from '../proxy/resolve.ts'
import { parseResolveMap } from '../proxy/resolve-mapping.ts'
import { chooseRoute, listHops } from '../proxy/route.ts'
import { probeHeadline, probeStageLine } from '../report/probe-lines.ts'
import { diagnosisBlocks } from '../report/terminal.ts'
import { EXIT } from './exit-code.ts'
import { gatherDocument } from './gather.ts'
import { describeGo } from './go-facts.ts'
import { findKnownIntermediates } from './known-intermediates.ts'
import { localShell, localSystem } from './local-system.ts'
import { openStoreOrMemory } from './open-store.ts'
import { rootsOf } from './pipeline.ts'
import { recordProbe } from './probe-record.ts'
import { serverNameOf } from './prober.ts'
import { chooseStyle, type StyleChoice } from './style.ts'
import { parseTarget } from './target-argument.ts'

export interface ProbeOptions extends StyleChoice {
  readonly json?: boolean
  readonly go?: string
  readonly resolve: readonly string[]
}

/** 0 passes, 1 a problem, 3 could not tell. */
export async function probeCommand(text: string, options: ProbeOptions): Promise<number> {
  const { host, port } = parseTarget(text)
  const store = openStoreOrMemory(process.env)
  const style = chooseStyle(process.stdout, process.env, options)
  const found = options.go === undefined ? await loadGoEnvironment(goProgram([]), process.env, process.cwd()) : null
  const go = {
    ...describeGo(found, process.env),
    ...(options.go === undefined ? {} : { version: options.go.replace(/^go/, ''), isKnown: true }),
  }
  const say = (line: string | null) => void (options.json === true || line === null || process.stdout.write(`${line}\n`))
  const route = chooseRoute(process.env, 'https', host, port)
  say(probeHeadline({ host, port, route: listHops(route), goVersion: go.version }))
  const stop = new AbortController()
  process.once('SIGINT', () => stop.abort())
  try {
    const resolve = timedResolve(createResolver({ mapping: parseResolveMap(options.resolve) }), say)
    const result = await probe({
      host,
      port,
      route,
      resolve,
      alpn: ['h2', 'http/1.1'],
      serverName: serverNameOf(host),
      like: null,
      signal: stop.signal,
      createObserver: (session) => new HandshakeObserver(session),
      onEvent: (event: HandshakeEvent) => say(probeStageLine(event)),
    })
    const key = recordProbe(store, {
      host,
      port,
      route: listHops(route),
      result,
      go,
      roots: rootsOf(process.env, "whytls's own environment")(),
      knownIntermediates: (chain) => findKnownIntermediates(store, chain),
    })
    store.flush()
    const id = store.idOf(key)
    const document = gatherDocument(store, { handshakeIds: id === undefined ? [] : [id] })
    if (options.json === true) process.stdout.write(`${JSON.stringify(document, null, 2)}\n`)
    else process.stdout.write(`\n${verdictText(document, style)}`)
    if (document.diagnoses.length > 0) return EXIT.problem
    return result.transcript.isComplete && document.handshakes[0]?.certificates?.verified?.ok === true ? EXIT.fine : EXIT.couldNotTell
  } finally {
    store.close()
  }
}

function verdictText(document: ReturnType<typeof gatherDocument>, style: ReturnType<typeof chooseStyle>): string {
  const [handshake] = document.handshakes
  if (document.diagnoses.length > 0) {
    return diagnosisBlocks(
      { diagnoses: document.diagnoses, handshakes: document.handshakes, runId: null, os: localSystem(), shell: localShell(process.env) },
      style,
    )
  }
  return handshake?.certificates?.verified?.ok === true
    ? 'passes: go would accept this connection\n'
    : 'could not tell: no chain was seen that could be judged\n'
}

/** Says how long the name took. */
function timedResolve(resolve: Resolve, say: (line: string) => void): Resolve {
  return async (host, port) => {
    const startedMs = performance.now()
    const resolved = await resolve(host, port)
    const how = resolved.by === '--resolve' ? 'by --resolve' : resolved.addresses.join(' ')
    say(`  DNS          ${(performance.now() - startedMs).toFixed(1).padStart(7)} ms  ${how}`)
    return resolved
  }
}
