/** Turn what is known of a connection into the row that the store keeps. Pure. */

import type { Handshake } from '../contract/handshake.ts'
import { STAGES, type Stage } from '../contract/terms.ts'
import type { Elsewhere, Ending, Observation } from '../diagnosis/observation.ts'
import { HandshakeObserver } from '../handshake/observer.ts'
import type { HandshakeDraft } from '../store/store.ts'
import { bareAddress, type Connection } from './connection.ts'
import { describeChain } from './judge.ts'
import { describeParentTls } from './parent-session.ts'
import { proveServer } from './prove.ts'
import { stageStates } from './stage-states.ts'
import { describeTrials } from './trials.ts'

export interface GoDescription {
  readonly version: string
  readonly isKnown: boolean
  readonly godebug: string
}

/** The row of a client connection, as far as it is known now. */
export function draftHandshake(connection: Connection, goVersion: string): HandshakeDraft {
  const { start, transcript } = connection
  const first = connection.findings[0]
  const failing = first?.stage && first.leg ? { stage: first.stage, leg: first.leg } : null
  return {
    key: start.key,
    probeOfKey: null,
    runId: connection.runId,
    mode: connection.interception === null ? 'observe' : 'intercept',
    startedAt: start.startedAt.toISOString(),
    durationMs: connection.closedAtMs,
    outcome: connection.outcome,
    target: { host: start.host, port: start.port, address: connection.route.length > 0 ? null : bareAddress(connection) },
    route: connection.route,
    client: connection.client,
    proxyConnect: connection.connect?.kind === 'answered' ? connection.connect.reply : null,
    trials: describeTrials(connection.trials),
    stages: stageStates(connection, failing),
    waitingFor: waitingFor(connection),
    certificates: describeChain(connection, goVersion),
    ...(connection.parentTls === null ? {} : { parentTls: describeParentTls(connection.parentTls, connection, goVersion) }),
    closed: connection.ending === null ? null : closedBy(connection.ending),
    ...(connection.resolvedBy === null ? {} : { resolvedBy: connection.resolvedBy }),
    ...seenOnTheWire(transcript),
    http: connection.exchanges,
    ...(connection.interception === null ? {} : { interception: connection.interception }),
    messages: connection.outcome === 'open' ? [] : (transcript?.messages ?? []),
    findings: connection.findings,
    ...(connection.legs === null ? {} : { flight: connection.legs.upstreamFlight }),
  }
}

/** The row of the session between the client and us, where intercept mode ended both legs; `draftHandshake` is then the origin's. */
export function draftClientLeg(connection: Connection, goVersion: string): HandshakeDraft | null {
  const { clientTranscript, start, legs } = connection
  if (clientTranscript === null) return null
  const own = { ...connection, transcript: clientTranscript, probe: null, judged: null, findings: [], exchanges: [] }
  const stages = stageStates(own, null).map((state) => (isTls(state.stage) ? { ...state, leg: 'client' as const } : state))
  return {
    ...draftHandshake(own, goVersion),
    key: `${start.key}/client`,
    probeOfKey: start.key,
    outcome: connection.outcome === 'open' || clientTranscript.isComplete ? connection.outcome : 'failed',
    stages: stages.filter(({ leg }) => leg === 'client'),
    waitingFor: connection.outcome === 'open' ? clientTranscript.waitingFor : null,
    messages: connection.outcome === 'open' ? [] : clientTranscript.messages,
    ...(legs === null ? {} : { flight: legs.clientFlight }),
  }
}

function isTls(stage: Stage): boolean {
  return STAGES.indexOf(stage) >= STAGES.indexOf('client-hello')
}

/** The row of the probe that repeats a failed connection. */
export function draftProbe(connection: Connection, goVersion: string): HandshakeDraft | null {
  const { probe, start } = connection
  if (probe === null) return null
  const passed = probe.transcript.isComplete
  return {
    ...draftHandshake(
      { ...connection, parentTls: null, transcript: probe.transcript, ending: probe.ending, findings: [], witness: null, trials: [] },
      goVersion,
    ),
    key: `${start.key}/probe`,
    probeOfKey: start.key,
    mode: 'probe',
    stages: withoutClient(stageStates({ ...connection, transcript: probe.transcript }, null)),
    startedAt: probe.startedAt.toISOString(),
    durationMs: probe.durationMs,
    outcome: passed ? 'passed' : 'failed',
    client: null,
    waitingFor: null,
    messages: probe.transcript.messages,
    ...(probe.flight === undefined ? {} : { flight: probe.flight }),
  }
}

/** A probe has no client: whytls itself is the client. */
export function withoutClient(stages: Handshake['stages']): Handshake['stages'] {
  return stages.filter(({ leg }) => leg !== 'client')
}

/** What the causes may know of this connection. */
export function observe(connection: Connection, go: GoDescription, wentTo?: readonly string[], elsewhere?: Elsewhere): Observation {
  const { start, transcript } = connection
  return {
    target: { host: start.host, port: start.port, address: bareAddress(connection) },
    route: connection.route,
    dialFailure: connection.dialFailure,
    connect: connection.connect,
    transcript: transcript ?? EMPTY_TRANSCRIPT,
    ending: connection.ending,
    outcome: connection.outcome,
    probe: connection.probe,
    judged: connection.judged,
    roots: connection.roots,
    go,
    witness: connection.witness,
    now: start.startedAt,
    ...(isRemote(connection) ? { isClientRemote: true as const } : {}),
    ...(connection.interception === null
      ? {}
      : { interception: connection.interception, clientLeg: connection.clientTranscript, exchanges: connection.exchanges }),
    ...(connection.clock === null ? {} : { clock: connection.clock }),
    ...(connection.outcome === 'failed' ? { proof: proveServer(transcript, connection.probe) } : {}),
    ...(wentTo === undefined ? {} : { wentTo }),
    ...(elsewhere === undefined ? {} : { elsewhere }),
    ...(connection.resigning === null ? {} : { resigning: connection.resigning }),
    ...(connection.returns === null ? {} : { cameBack: { times: connection.returns.times, overMs: connection.returns.overMs } }),
    ...(connection.trials.length === 0 ? {} : { trials: connection.trials }),
    ...(connection.parentTls === null ? {} : { parentTls: connection.parentTls }),
    ...(connection.proxySetting === null ? {} : { proxySetting: connection.proxySetting }),
  }
}

/** An address that is known and not of loopback, of which no process of this machine is known either: it may have come by an address of its own. */
export function isRemote({ start: { clientAddress }, client }: Connection): boolean {
  return (client?.pid ?? null) === null && clientAddress !== '' && !/^(?:127\.|\[::1\]|\[::ffff:127\.)/.test(clientAddress)
}

function seenOnTheWire(
  transcript: Connection['transcript'],
): Pick<Handshake, 'records' | 'clientHello' | 'serverHello' | 'alerts' | 'bytes'> {
  return {
    records: transcript?.records ?? [],
    clientHello: transcript?.clientHellos.at(-1) ?? null,
    serverHello: transcript?.serverHellos.at(-1) ?? null,
    alerts: transcript?.alerts.map(({ sender, level, code, name, how }) => ({ sender, level, code, name, how })) ?? [],
    bytes: {
      clientToServer: transcript?.bytes['client-to-server'] ?? 0,
      serverToClient: transcript?.bytes['server-to-client'] ?? 0,
    },
  }
}

function waitingFor(connection: Connection): string | null {
  if (connection.outcome !== 'open') return connection.isProbing ? WAITS_FOR_PROBE : null
  if (connection.dialed === null) return connection.route.length > 0 ? 'the parent proxy' : 'a TCP connection'
  if (connection.parentTls !== null && connection.parentTlsAtMs === null)
    return `${connection.parentTls.transcript.waitingFor} of the proxy`
  if (connection.tunnelAtMs === null)
    return connection.route[0]?.kind === 'socks5-proxy' ? 'the answer of the SOCKS proxy' : 'the answer to CONNECT'
  if (connection.transcript === null) return 'ClientHello'
  return connection.transcript.waitingFor
}

function closedBy(ending: Ending): Handshake['closed'] {
  return { by: ending.by, how: ending.how, atMs: ending.atMs }
}

/** `waitingFor` of a handshake that is over, and at whose server somebody still looks: the answer may change. */
export const WAITS_FOR_PROBE = 'the probe'

/** The transcript of a connection on which nothing was said. */
const EMPTY_TRANSCRIPT = new HandshakeObserver().transcript()
