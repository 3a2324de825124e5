/** What the recorder knows of one connection while it lives. Mutable; one per client connection or probe. */
import type { ClientProcess, HttpExchange, Interception, RouteHop } from '../contract/handshake.ts'
import type { Outcome } from '../contract/terms.ts'
import type { DiagnosisDraft } from '../diagnosis/draft.ts'
import type {
  ClockFacts,
  ConnectOutcome,
  DialFailure,
  Ending,
  HelloTrial,
  JudgedChain,
  ParentTls,
  ProbeResult,
  ProxySetting,
  ResigningSigns,
  RootsFacts,
  Witness,
} from '../diagnosis/observation.ts'
import type { Flight } from '../handshake/flight.ts'
import type { Transcript } from '../handshake/transcript.ts'
import type { ConnectionStart } from '../proxy/event.ts'
import type { ClockAnswers } from './clock.ts'
import type { Returns } from './returns.ts'

/** One name resolution and TCP connection that succeeded. */
export interface Dialed {
  readonly leg: 'parent' | 'upstream'
  readonly address: string
  readonly dnsMs: number
  readonly tcpMs: number
  /** When TCP stood. */
  readonly atMs: number
}

export interface Connection {
  readonly start: ConnectionStart
  readonly runId: number | null
  route: readonly RouteHop[]
  resolvedBy: '--resolve' | null
  dialed: Dialed | null
  dialFailure: DialFailure | null
  /** When the dial failed. */
  dialFailedAtMs: number | null
  /** The TLS session with an https parent proxy, null without one. */
  parentTls: ParentTls | null
  /** When it stood or had failed; null while it goes on. */
  parentTlsAtMs: number | null
  proxySetting: ProxySetting | null
  connect: ConnectOutcome | null
  connectAtMs: number | null
  tunnelAtMs: number | null
  transcript: Transcript | null
  ending: Ending | null
  closedAtMs: number | null
  outcome: Outcome
  client: ClientProcess | null
  probe: ProbeResult | null
  /** A probe or a trial was started and has not ended. */
  isProbing: boolean
  /** What changed copies of its ClientHello met; [] where none was sent. */
  trials: readonly HelloTrial[]
  judged: JudgedChain | null
  roots: RootsFacts | null
  /** What chains of other hosts and earlier ones of this host tell; null where nobody compared. */
  resigning: ResigningSigns | null
  /** It is one of many alike that ended without an answer; null where it is none. */
  returns: Returns | null
  witness: Witness | null
  findings: readonly DiagnosisDraft[]
  /** What others said about the time; null while nobody was asked. */
  answers: ClockAnswers | null
  clock: ClockFacts | null
  /** What intercept mode did; null in observe mode. */
  interception: Interception | null
  /** The session between client and whytls, where both legs were ended here; `transcript` is then the origin's. */
  clientTranscript: Transcript | null
  /** Octets and secrets of both handshakes, once they are over. */
  legs: { readonly clientFlight: Flight; readonly upstreamFlight: Flight } | null
  readonly exchanges: HttpExchange[]
}

/** A connection of which only its start is known. */
export function openConnection(start: ConnectionStart, runId: number | null): Connection {
  return {
    start,
    runId,
    route: [],
    resolvedBy: null,
    dialed: null,
    dialFailure: null,
    dialFailedAtMs: null,
    parentTls: null,
    parentTlsAtMs: null,
    proxySetting: null,
    connect: null,
    connectAtMs: null,
    tunnelAtMs: null,
    transcript: null,
    ending: null,
    closedAtMs: null,
    outcome: 'open',
    client: { address: start.clientAddress, pid: null, process: null, roots: null },
    probe: null,
    isProbing: false,
    trials: [],
    judged: null,
    roots: null,
    resigning: null,
    returns: null,
    witness: null,
    findings: [],
    answers: null,
    clock: null,
    interception: null,
    clientTranscript: null,
    legs: null,
    exchanges: [],
  }
}

/** The address that was dialled, without port and brackets; null before. */
export function bareAddress({ dialed }: Connection): string | null {
  return dialed === null ? null : dialed.address.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1')
}
