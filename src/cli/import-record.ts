/** From a captured TLS session to the row that the store keeps, judged as a live one. */
import type { TcpStream } from '../capture/tcp-stream.ts'
import { diagnose, toDraft } from '../diagnosis/diagnose.ts'
import type { Ending, ProbeResult } from '../diagnosis/observation.ts'
import { sameFlight } from '../handshake/same-flight.ts'
import type { Transcript } from '../handshake/transcript.ts'
import { type Connection, openConnection } from '../recorder/connection.ts'
import { draftHandshake, observe, withoutClient } from '../recorder/draft.ts'
import { judgeChain, type LoadedRoots } from '../recorder/judge.ts'
import { judgeOutcome } from '../recorder/outcome.ts'
import type { HandshakeDraft } from '../store/store.ts'
import type { SessionResult } from './import-session.ts'
import type { Captured } from './import-witness.ts'

/** The rules and roots by which captured chains are judged. */
export interface ImportRules {
  readonly roots: LoadedRoots | null
  /** Where the hello tells no version of go. */
  readonly goVersion: string
}

/** What becomes of one captured session. */
export interface ImportedRow {
  readonly draft: HandshakeDraft
  /** Why nothing was judged, for people; null when it was. */
  readonly unjudged: string | null
}

/** Where the row belongs. */
export interface ImportPlace {
  /** As it is shown. */
  readonly file: string
  /** Unique in this process. */
  readonly key: string
  readonly rules: ImportRules
}

/** What other sessions of the same capture have to do with this one. */
export interface Kin {
  /** Its probe, or a decrypted session with the same server whose flight has the same record lengths. */
  readonly witness?: Captured | null
  /** Given where it is a probe itself, by our own export: the row that it was made for, null where that is not in the capture. */
  readonly probeOfKey?: string | null
}

/** Judge it by what was captured, at the time of the capture. */
export function recordCaptured({ stream, result: session }: Captured, { file, key, rules }: ImportPlace, kin: Kin = {}): ImportedRow {
  const isProbe = kin.probeOfKey !== undefined
  const connection = connectionOf(stream, session, file, key)
  const unjudged = findDoubt(stream, session)
  const go = goOf(session.transcript, rules.goVersion)
  connection.outcome = unjudged === null ? judge(connection) : 'aborted'
  if (connection.outcome === 'failed' && !isProbe) {
    connection.probe = kin.witness ? asProbe(kin.witness, session) : null
    verify(connection, rules, go.version)
    const seen = observe(connection, go)
    const draft = toDraft(diagnose(seen), seen)
    connection.findings = draft === undefined ? [] : [draft]
  }
  const row = draftHandshake(connection, go.version)
  const stages = withoutClient(row.stages).map((state) =>
    state.stage === 'dns' ? { ...state, status: 'not-seen' as const, atMs: null } : state,
  )
  const draft = { ...row, stages, waitingFor: null, imported: file }
  return { draft: isProbe ? { ...draft, mode: 'probe', probeOfKey: kin.probeOfKey ?? null, client: null } : draft, unjudged }
}

function connectionOf(stream: TcpStream, session: SessionResult, file: string, key: string): Connection {
  const [client, server] = session.client === 0 ? stream.ends : ([stream.ends[1], stream.ends[0]] as const)
  const hello = session.transcript.clientHellos[0]
  const asked = /^\[?(.*?)\]?:(\d+)$/.exec(session.connectTarget ?? '')
  const host = (hello?.serverName || asked?.[1]) ?? server.address
  const start = {
    key,
    startedAt: dateOf(stream.startedAtMs),
    host,
    port: asked === null ? server.port : Number(asked[2]),
    clientAddress: join(client.address, client.port),
    user: null,
    method: 'CONNECT' as const,
  }
  const connection = openConnection(start, null)
  const address = join(server.address, server.port)
  const tcpMs = (stream.synAckAtMs ?? stream.startedAtMs) - stream.startedAtMs
  connection.route = asked === null ? [] : [{ kind: 'http-proxy', address }]
  connection.dialed = { leg: asked === null ? 'upstream' : 'parent', address, dnsMs: 0, tcpMs, atMs: tcpMs }
  if (asked !== null) connection.connect = { kind: 'answered', reply: GRANTED, afterMs: 0 }
  connection.tunnelAtMs = tcpMs
  connection.transcript = session.transcript
  connection.ending = endingOf(stream, session)
  connection.closedAtMs = (stream.ending?.atMs ?? stream.lastAtMs) - stream.startedAtMs
  connection.client = { address: start.clientAddress, pid: null, process: `capture ${file}`, roots: 'this machine' }
  return connection
}

/** A ClientHello stands behind a CONNECT, so it was granted; the reply's own words are not kept. */
const GRANTED = { status: 200, reason: '', headers: [], body: '' } as const

/** A capture may hold any time; 1970 where there can be no such date. */
function dateOf(ms: number): Date {
  return new Date(Math.abs(ms) <= LATEST_MS ? ms : 0)
}

/** The end of the year 9999: later ones have no ISO 8601 form of four digits. */
const LATEST_MS = 253_402_300_799_999

function endingOf(stream: TcpStream, { client, helloAtMs }: SessionResult): Ending | null {
  if (stream.ending === null) return null
  const { by, how, atMs } = stream.ending
  const endedAtMs = atMs - stream.startedAtMs
  return { by: by === client ? 'client' : 'server', how, atMs: endedAtMs, afterHelloMs: helloAtMs === null ? null : endedAtMs - helloAtMs }
}

/** Holes and missing directions leave open what was said: nothing is claimed then. */
function findDoubt(stream: TcpStream, { transcript, client }: SessionResult): string | null {
  if (transcript.isComplete || transcript.alerts.some(({ level, how }) => level === 'fatal' && how === 'clear')) return null
  const server = client === 0 ? 1 : 0
  if (stream.packets[server] === 0 || stream.packets[client] === 0) return 'only one direction was captured'
  const missing = stream.missingBytes[0] + stream.missingBytes[1]
  if (missing > 0) return `octets are missing in the capture (${missing} at least)`
  if (transcript.clientHellos.length === 0 && transcript.sslv2ClientHello === undefined) return 'the capture begins behind the ClientHello'
  const isDecided = transcript.notTls !== null || transcript.stoppedAt['server-to-client'] !== null || transcript.clientAnswer === 'alert'
  return stream.ending === null && !isDecided ? 'its end was not captured' : null
}

function judge(connection: Connection): 'passed' | 'failed' | 'aborted' {
  const { ending, transcript } = connection
  if (ending !== null || transcript === null) return judgeOutcome(connection)
  return transcript.isComplete && transcript.notTls === null ? 'passed' : 'failed'
}

/** A session beside this one tells what a probe would have told. */
function asProbe({ stream, result }: Captured, session: SessionResult): ProbeResult {
  return {
    startedAt: dateOf(stream.startedAtMs),
    durationMs: stream.lastAtMs - stream.startedAtMs,
    transcript: result.transcript,
    dialFailure: null,
    ending: endingOf(stream, result),
    chain: result.transcript.chain,
    sameAsGoSaw: sameFlight(session.transcript, result.transcript),
  }
}

function verify(connection: Connection, { roots }: ImportRules, goVersion: string): void {
  if (roots === null) return
  connection.roots = roots.facts
  connection.judged = judgeChain(connection, {
    roots,
    goVersion,
    godebug: '',
    timeZoneOffsetMinutes: -connection.start.startedAt.getTimezoneOffset(),
    knownIntermediates: () => [],
  })
}

/** The newest go that sends such a hello; where none does, the rules are an assumption and said to be one. */
function goOf(transcript: Transcript, fallback: string) {
  const version = /^go (?:1\.\d+\/)*(1\.\d+)/.exec(transcript.clientHellos[0]?.looksLike ?? '')?.[1]
  return { version: version ?? fallback, isKnown: version !== undefined, godebug: '' }
}

function join(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}
