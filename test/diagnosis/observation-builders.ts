/** Small builders of observations: a tunnel that stood, then what each test adds. */
import type { ClientHello, SeenRecord, ServerHello } from '../../src/contract/handshake.ts'
import type { Direction } from '../../src/contract/terms.ts'
import type {
  ClockFacts,
  ConnectOutcome,
  DialFailure,
  Ending,
  HelloTrial,
  HelloTry,
  Observation,
  OtherClock,
  ProbeResult,
  Witness,
} from '../../src/diagnosis/observation.ts'
import type { KeyProof } from '../../src/handshake/key-proof.ts'
import type { ServerProof } from '../../src/handshake/server-proof.ts'
import type { SeenAlert, Transcript } from '../../src/handshake/transcript.ts'
import type { ChainVerdict, Defect, DefectCode } from '../../src/x509/verdict.ts'

export const NOW = new Date('2026-11-22T13:44:02.000Z')

const TLS_NAMES: Readonly<Record<number, string>> = { 769: 'TLS 1.0', 770: 'TLS 1.1', 771: 'TLS 1.2', 772: 'TLS 1.3' }

export const CLIENT_HELLO: ClientHello = {
  legacyVersion: '0x0303',
  random: '00'.repeat(32),
  legacySessionId: '',
  cipherSuites: [
    { id: 0xc02b, name: 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256' },
    { id: 0xc02f, name: 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256' },
    { id: 0x1301, name: 'TLS_AES_128_GCM_SHA256' },
  ],
  compressionMethods: [0],
  serverName: 'modproxy.example',
  alpn: ['h2', 'http/1.1'],
  supportedVersions: [
    { id: 0x0304, name: 'TLS 1.3' },
    { id: 0x0303, name: 'TLS 1.2' },
  ],
  supportedGroups: [
    { id: 4588, name: 'X25519MLKEM768' },
    { id: 29, name: 'x25519' },
  ],
  keyShares: [
    { group: { id: 4588, name: 'X25519MLKEM768' }, lengthBytes: 1216 },
    { group: { id: 29, name: 'x25519' }, lengthBytes: 32 },
  ],
  signatureAlgorithms: [{ id: 0x0403, name: 'ecdsa_secp256r1_sha256' }],
  pskKeyExchangeModes: [],
  pskIdentities: 0,
  ecPointFormats: [{ id: 0, name: 'uncompressed' }],
  extensions: [{ id: 0, name: 'server_name', lengthBytes: 21, raw: '' }],
  lengthBytes: 1521,
  wireBytes: 1526,
  recordCount: 1,
  ja3: '771,49195',
  ja3Hash: '03117a8ed39ef02427ebbc39f121275c',
  ja4: 't13d1312h2_f57a46bbacb6_ab7e3b40a677',
  ja4r: '',
  looksLike: 'go 1.26',
}

export function serverHello(version = 0x0304, suite = 0x1301, suiteName = 'TLS_AES_128_GCM_SHA256'): ServerHello {
  return {
    legacyVersion: '0x0303',
    selectedVersion: { id: version, name: TLS_NAMES[version] ?? 'unknown' },
    cipherSuite: { id: suite, name: suiteName },
    keyShareGroup: { id: 29, name: 'x25519' },
    alpn: 'h2',
    helloRetryRequest: false,
    random: '00'.repeat(32),
    legacySessionId: '',
    compressionMethod: 0,
    pskSelectedIdentity: null,
    extensions: [],
    ja3s: '',
    ja3sHash: '',
  }
}

export function transcript(parts: Partial<Transcript> = {}): Transcript {
  return {
    bytes: { 'client-to-server': 1526, 'server-to-client': 0 },
    tlsOffset: { 'client-to-server': 0, 'server-to-client': null },
    records: [],
    messages: [],
    clientHellos: [CLIENT_HELLO],
    serverHellos: [],
    chain: null,
    chainSource: null,
    ocspStapled: null,
    certificateRequest: null,
    serverKeyExchangeGroup: null,
    alerts: [],
    notTls: null,
    stoppedAt: { 'client-to-server': null, 'server-to-client': null },
    partialRecordBytes: { 'client-to-server': 0, 'server-to-client': 0 },
    encryptedLengths: { 'client-to-server': [], 'server-to-client': [] },
    clientAnswer: 'none',
    serverAlertAfterFinished: false,
    isComplete: false,
    applicationRecords: { 'client-to-server': 0, 'server-to-client': 0 },
    stages: [],
    pending: 'client-hello',
    waitingFor: 'ServerHello',
    ...parts,
  }
}

export function observation(parts: Partial<Observation> = {}): Observation {
  return {
    target: { host: 'modproxy.example', port: 443, address: '203.0.113.7' },
    route: [],
    dialFailure: null,
    connect: null,
    transcript: transcript(),
    ending: ended('server', 'fin'),
    outcome: 'failed',
    probe: null,
    judged: null,
    roots: {
      whose: 'its own environment',
      places: [{ path: '/etc/ssl/certs/ca-certificates.crt', count: 142, problem: null }],
      count: 142,
      sslCertFile: '',
      sslCertDir: '',
    },
    go: { version: '1.26.8', isKnown: true, godebug: '' },
    witness: null,
    now: NOW,
    ...parts,
  }
}

export function ended(by: Ending['by'], how: Ending['how'], afterHelloMs: number | null = 31): Ending {
  return { by, how, atMs: 41, afterHelloMs }
}

export function witness(text: string, line = `go: example.test/m@v1.0.0: Get "https://modproxy.example/x": ${text}`): Witness {
  return { text, line, url: 'https://modproxy.example/x' }
}

export function dial(kind: DialFailure['kind'], parts: Partial<DialFailure> = {}): Observation {
  const stage = ['refused', 'tcp-timeout', 'unreachable'].includes(kind) ? 'tcp' : 'dns'
  const failure: DialFailure = {
    leg: 'upstream',
    stage,
    kind,
    host: 'modproxy.example',
    port: 443,
    tried: stage === 'tcp' ? ['203.0.113.7:443'] : [],
    resolver: stage === 'dns' ? '127.0.0.53:53' : null,
    goText: `dial tcp: ${kind}`,
    afterMs: 12,
    ...parts,
  }
  return observation({ dialFailure: failure, transcript: transcript({ clientHellos: [] }), ending: null })
}

export const ROUTE = [{ kind: 'http-proxy', address: 'gw.acme.example:3128' }] as const

export function connect(outcome: ConnectOutcome): Observation {
  return observation({ route: ROUTE, connect: outcome, transcript: transcript({ clientHellos: [] }), ending: null })
}

export function reply(status: number, reason: string, headers: readonly (readonly [string, string])[] = [], body = ''): Observation {
  return connect({ kind: 'answered', reply: { status, reason, headers, body }, afterMs: 4 })
}

export function alert(sender: 'client' | 'server', code: number, name: string, parts: Partial<SeenAlert> = {}): SeenAlert {
  return { sender, level: 'fatal', code, name, how: 'clear', atMs: 30, beforeFinished: true, ...parts }
}

export function defect(code: DefectCode, facts: Defect['facts'] = {}, parts: Partial<Defect> = {}): Defect {
  return { code, certificate: 0, subject: 'CN=modproxy.example', goText: `x509: ${code}`, facts, ...parts }
}

export function verdict(defects: readonly Defect[], parts: Partial<ChainVerdict> = {}): ChainVerdict {
  const goText = defects[0]?.goText ?? ''
  return {
    ok: defects.length === 0,
    stage: defects.length === 0 ? null : 'verify',
    goText,
    tlsText: goText === '' ? '' : `tls: failed to verify certificate: ${goText}`,
    chain: [],
    defects,
    completedBy: [],
    ...parts,
  }
}

export const LEAF = new Uint8Array([0x30, 0])

/** TLS 1.2: the chain in clear, the client's alert 42 in clear. */
export function refusedInClear(chainVerdict: ChainVerdict, code = 42, parts: Partial<Observation> = {}): Observation {
  return observation({
    transcript: transcript({
      serverHellos: [serverHello(0x0303, 0xc02f, 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256')],
      bytes: { 'client-to-server': 1533, 'server-to-client': 2900 },
      chain: [LEAF, LEAF],
      chainSource: 'wire',
      alerts: [alert('client', code, code === 42 ? 'bad_certificate' : 'decode_error')],
      pending: 'certificate',
      waitingFor: 'Certificate',
    }),
    ending: ended('client', 'fin'),
    judged: { source: 'wire', chain: [LEAF, LEAF], verdict: chainVerdict },
    ...parts,
  })
}

export function probeOf(parts: Partial<Transcript>, sameAsGoSaw = true): ProbeResult {
  return {
    startedAt: NOW,
    durationMs: 44,
    transcript: transcript(parts),
    dialFailure: null,
    ending: null,
    chain: [LEAF],
    sameAsGoSaw,
  }
}

/** A handshake signature of an ECDSA key in TLS 1.2, checked again. */
export function proven(outcome: KeyProof['outcome'], parts: Partial<KeyProof> = {}): KeyProof {
  const scheme = { id: 0x0403, name: 'ecdsa_secp256r1_sha256' }
  return { outcome, version: '1.2', scheme, key: 'ECDSA P-256', keyKind: 'ECDSA', modulusBytes: 0, hasRsaSuite: false, ...parts }
}

/** Both proofs of a probe's TLS 1.3 session. */
export function proof13(key: KeyProof['outcome'], finished: ServerProof['finished']): ServerProof {
  return { key: proven(key, { version: '1.3' }), keySource: 'probe', finished }
}

/** A record of which only direction and type matter. */
export function seenRecord(dir: Direction, contentType: number): SeenRecord {
  return { n: 1, dir, leg: 'upstream', atMs: 1, contentType, version: '0x0303', lengthBytes: 40 }
}

/** TLS 1.3: an alert-sized record where Finished belongs; the chain comes from the probe. */
export function refusedUnread(chainVerdict: ChainVerdict, sameAsGoSaw = true, parts: Partial<Observation> = {}): Observation {
  return observation({
    transcript: transcript({
      serverHellos: [serverHello()],
      bytes: { 'client-to-server': 1556, 'server-to-client': 2900 },
      clientAnswer: 'alert',
      alerts: [alert('client', 42, 'bad_certificate', { how: 'inferred', code: null, level: null })],
      encryptedLengths: { 'client-to-server': [19], 'server-to-client': [2800] },
      pending: 'certificate',
      waitingFor: 'Certificate',
    }),
    ending: ended('client', 'fin'),
    judged: { source: 'probe', chain: [LEAF], verdict: chainVerdict },
    probe: probeOf({ serverHellos: [serverHello()], isComplete: true }, sameAsGoSaw),
    ...parts,
  })
}

/** Tries of one change: `ok` or `-` for each, answered after 41 ms or silent for 2 s. */
export function trial(change: string, fared: string, wireBytes = 1526, met: HelloTry['met'] = 'rst'): HelloTrial {
  const tries = fared.split(' ').map((one): HelloTry => {
    if (one === 'ok') return { met: 'server-hello', alert: null, afterMs: 41 }
    return { met, alert: met === 'alert' ? 'handshake_failure' : null, afterMs: met === 'silence' ? 2_000 : 3 }
  })
  return { change, wireBytes, tries }
}

/** The ClientHello met its end, and these trials followed. */
export function tried(trials: readonly HelloTrial[], parts: Partial<Observation> = {}): Observation {
  return observation({ ending: ended('server', 'rst'), trials, ...parts })
}

/** Both Finished were sent. */
export function completed(parts: Partial<Transcript> = {}, more: Partial<Observation> = {}): Observation {
  return observation({
    transcript: transcript({
      serverHellos: [serverHello()],
      clientAnswer: 'finished',
      isComplete: true,
      pending: null,
      waitingFor: null,
      applicationRecords: { 'client-to-server': 3, 'server-to-client': 4 },
      bytes: { 'client-to-server': 2400, 'server-to-client': 5200 },
      ...parts,
    }),
    outcome: 'passed',
    ending: ended('client', 'fin'),
    ...more,
  })
}

/** go's words about an answer behind a good handshake. */
export function answered(text: string, line: string): Observation {
  return completed({}, { witness: witness(text, line) })
}

/** Other clocks, and the chain at the time they tell: sound unless said. */
export function clock(others: readonly OtherClock[], atTrueTime: ChainVerdict = verdict([]), ntp: ClockFacts['ntp'] = null): ClockFacts {
  return { ntp, others, atTrueTime: { at: NOW, verdict: atTrueTime } }
}

/** A host with a sound chain whose time this machine is ahead of by so many days. */
export function teller(host: string, daysAhead: number, parts: Partial<OtherClock> = {}): OtherClock {
  return { host, offsetMs: daysAhead * 86_400_000, isFailingHost: false, chainHolds: true, ...parts }
}

/** Another clock tells this machine's time. */
export const IN_TIME: Partial<Observation> = { clock: { ntp: null, others: [teller('gosums.example', 0)] } }
