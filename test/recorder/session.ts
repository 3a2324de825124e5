/** A recorder over a store in memory, and the events of a fake proxy. */
import type { ProbeResult } from '../../src/diagnosis/observation.ts'
import type { Transcript } from '../../src/handshake/transcript.ts'
import type { ConnectionStart, ProxyEvent } from '../../src/proxy/event.ts'
import type { Connection } from '../../src/recorder/connection.ts'
import type { LoadedRoots } from '../../src/recorder/judge.ts'
import { Recorder } from '../../src/recorder/recorder.ts'
import type { RecorderOptions } from '../../src/recorder/recorder-options.ts'
import { openMemoryStore } from '../../src/store/memory.ts'
import type { Store } from '../../src/store/store.ts'
import { makeRootPool } from '../../src/x509/root-pool.ts'
import { CLIENT_HELLO, completed, ended, NOW, serverHello, transcript } from '../diagnosis/observation-builders.ts'
import { type Authority, ca, dns, mint, san } from '../x509/mint.ts'

/** A root that the client trusts, an intermediate, and the leaf of modproxy.example. */
export const ROOT: Authority = mint({ subject: { commonName: 'Lab Root' }, extensions: [ca()] })
export const ISSUING: Authority = mint({ subject: { commonName: 'Lab Issuing CA' }, issuer: ROOT, extensions: [ca()] })
export const LEAF: Authority = mint({
  subject: { commonName: 'modproxy.example' },
  issuer: ISSUING,
  extensions: [san(dns('modproxy.example'))],
})
export const EXPIRED: Authority = mint({
  subject: { commonName: 'modproxy.example' },
  issuer: ISSUING,
  notAfter: '2026-11-19T00:00:00Z',
  extensions: [san(dns('modproxy.example'))],
})

/** Roots of a client that trusts these. */
export function rootsWith(...trusted: readonly Authority[]): LoadedRoots {
  const facts = { whose: 'its own environment', places: [], count: trusted.length, sslCertFile: '', sslCertDir: '' }
  return { pool: makeRootPool(trusted.map(({ der }) => der)), facts, systemRootsError: null }
}

export interface Session {
  readonly recorder: Recorder
  readonly store: Store
  readonly runId: number
  /** Connections that a probe was asked for, with how to answer. */
  readonly asked: { readonly connection: Connection; readonly answer: (result: ProbeResult | null) => void }[]
}

/** A recorder whose probes wait for the test. */
export function openSession(more: Partial<RecorderOptions> = {}): Session {
  const store = openMemoryStore()
  const runId = store.startRun({ argv: ['go', 'mod', 'download'], startedAt: NOW.toISOString(), go: null })
  const asked: Session['asked'] = []
  const recorder = new Recorder({
    store,
    runIdOf: () => runId,
    go: () => ({ version: '1.26.8', isKnown: true, godebug: '' }),
    roots: () => rootsWith(ROOT),
    knownIntermediates: () => [],
    timeZoneOffsetMinutes: () => 0,
    probe: (connection) => new Promise((answer) => asked.push({ connection, answer })),
    findClient: null,
    ...more,
  })
  return { recorder, store, runId, asked }
}

/** The start of a connection to modproxy.example:443. */
export function startOf(key: string, more: Partial<ConnectionStart> = {}): ConnectionStart {
  return {
    key,
    startedAt: NOW,
    host: 'modproxy.example',
    port: 443,
    clientAddress: '127.0.0.1:50000',
    user: null,
    method: 'CONNECT',
    ...more,
  }
}

/** Everything up to the 200 that the client gets. */
export function tunnelEvents(key: string): readonly ProxyEvent[] {
  return [
    { type: 'opened', key, connection: startOf(key) },
    { type: 'routed', key, route: [], resolvedBy: null },
    { type: 'dialed', key, atMs: 3, leg: 'upstream', address: '203.0.113.7:443', dnsMs: 1, tcpMs: 2 },
    { type: 'tunnel', key, atMs: 4 },
    { type: 'handshake', key, event: { type: 'client-hello', atMs: 5, hello: CLIENT_HELLO }, transcript: transcript() },
  ]
}

/** A tunnel and its end. */
export function wholeConnection(key: string, seen: Partial<Transcript>, ending = ended('client', 'fin')): readonly ProxyEvent[] {
  return [...tunnelEvents(key), { type: 'closed', key, atMs: 60, ending, transcript: transcript(seen) }]
}

/** What go's side shows when it refuses a chain that TLS 1.3 hides. */
export const REFUSED: Partial<Transcript> = {
  serverHellos: [serverHello()],
  clientAnswer: 'alert',
  alerts: [{ sender: 'client', level: null, code: null, name: 'unknown', how: 'inferred', atMs: 40, beforeFinished: true }],
  encryptedLengths: { 'client-to-server': [19], 'server-to-client': [2800] },
  pending: 'certificate',
  waitingFor: 'Certificate',
}

/** Data went both ways. */
export const PASSED: Partial<Transcript> = completed().transcript

/** What a probe saw that was served this chain. */
export function probed(...chain: readonly Authority[]): ProbeResult {
  const ders = chain.map(({ der }) => der)
  return {
    startedAt: NOW,
    durationMs: 30,
    transcript: transcript({ ...PASSED, chain: ders, chainSource: 'decrypted' }),
    dialFailure: null,
    ending: null,
    chain: ders,
    sameAsGoSaw: true,
  }
}
