/** Made-up handshakes for the tests of the page. Hosts, people and certificates are invented. */
import type { Diagnosis, Fix } from '../../src/contract/diagnosis.ts'
import type { Run } from '../../src/contract/document.ts'
import type { CertificateSummary, ClientHello, Handshake, ServerHello, StageState } from '../../src/contract/handshake.ts'
import type { Named, Stage } from '../../src/contract/terms.ts'
import type { HandshakeDetail, Meta } from '../../src/feed/protocol.ts'
import type { HandshakeRow } from '../../src/store/store.ts'

export const STARTED_AT = '2026-11-22T13:47:10.004Z'

const TLS_STAGES: readonly Stage[] = ['client-hello', 'server-hello', 'certificate', 'key-exchange', 'finished', 'application-data']

/** Stages of an observed connection that failed at `failing`, or passed. */
export function sampleStages(failing: Stage | null, hasParent = false): readonly StageState[] {
  const leg = hasParent ? 'parent' : 'upstream'
  const failingAt = failing === null ? 99 : TLS_STAGES.indexOf(failing)
  const connect: readonly StageState[] = hasParent
    ? [{ stage: 'proxy-connect', leg: 'parent', status: 'passed', source: 'wire', atMs: 14.2, durationMs: 12.3 }]
    : []
  return [
    { stage: 'tcp', leg: 'client', status: 'passed', source: 'wire', atMs: 0, durationMs: null },
    { stage: 'proxy-connect', leg: 'client', status: 'passed', source: 'wire', atMs: 14.3, durationMs: null },
    { stage: 'dns', leg, status: 'passed', source: 'wire', atMs: 0.4, durationMs: 0.4 },
    { stage: 'tcp', leg, status: 'passed', source: 'wire', atMs: 1.9, durationMs: 1.5 },
    ...connect,
    ...TLS_STAGES.map((stage, at): StageState => {
      const status = at === failingAt ? 'failed' : at < failingAt ? 'passed' : 'not-reached'
      const source = status === 'passed' && at >= 2 ? 'inferred' : 'wire'
      return { stage, leg: 'upstream', status, source, atMs: status === 'not-reached' ? null : 15 + at * 11.8, durationMs: null }
    }),
  ]
}

export function sampleRow(part: Partial<HandshakeRow> = {}): HandshakeRow {
  return {
    id: 1,
    seq: part.id ?? 1,
    runId: null,
    mode: 'observe',
    startedAt: STARTED_AT,
    durationMs: 41,
    outcome: 'passed',
    host: 'modproxy.example',
    port: 443,
    leg: null,
    stage: null,
    cause: null,
    title: null,
    version: 'TLS 1.3',
    alpn: 'h2',
    group: 'x25519',
    issuer: null,
    ja4: 't13d1312h2_f57a46bbacb6_ab7e3b40a677',
    waitingFor: null,
    probeOf: null,
    route: '',
    stages: sampleStages(null),
    ...part,
  }
}

export function sampleRun(part: Partial<Run> = {}): Run {
  return {
    id: 9,
    argv: ['go', 'mod', 'download'],
    startedAt: STARTED_AT,
    durationMs: 1234,
    exitCode: 1,
    signal: null,
    go: { version: 'go1.26.8', env: { GOPROXY: 'https://modproxy.example', GODEBUG: '' } },
    stderrTail: 'go: rsc.example/quote@v1.5.2: Get "https://modproxy.example/rsc.example/quote/@v/v1.5.2.mod": EOF\n',
    ...part,
  }
}

const named = (id: number, name: string): Named => ({ id, name })

export const SAMPLE_CLIENT_HELLO: ClientHello = {
  legacyVersion: '0x0303',
  random: 'a7e4f6c9028f202054306c50ffbc11231ccbca6f3c13e31b1fb9c43b87bddaea',
  legacySessionId: 'b57ef34cc2d061168077eb0401e7d947de2dfb8d402162e9daf86e6594256e54',
  cipherSuites: [
    named(0xc02b, 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256'),
    named(0xc02f, 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256'),
    named(0x1301, 'TLS_AES_128_GCM_SHA256'),
    named(0x1302, 'TLS_AES_256_GCM_SHA384'),
    named(0x1303, 'TLS_CHACHA20_POLY1305_SHA256'),
  ],
  compressionMethods: [0],
  serverName: 'modproxy.example',
  alpn: ['h2', 'http/1.1'],
  supportedVersions: [named(0x0304, 'TLS 1.3'), named(0x0303, 'TLS 1.2')],
  supportedGroups: [
    named(4588, 'X25519MLKEM768'),
    named(4587, 'SecP256r1MLKEM768'),
    named(29, 'x25519'),
    named(23, 'secp256r1'),
    named(24, 'secp384r1'),
    named(25, 'secp521r1'),
  ],
  keyShares: [
    { group: named(4588, 'X25519MLKEM768'), lengthBytes: 1216 },
    { group: named(29, 'x25519'), lengthBytes: 32 },
  ],
  signatureAlgorithms: [named(0x0804, 'rsa_pss_rsae_sha256'), named(0x0403, 'ecdsa_secp256r1_sha256'), named(0x0807, 'ed25519')],
  pskKeyExchangeModes: [],
  pskIdentities: 0,
  ecPointFormats: [named(0, 'uncompressed')],
  extensions: [
    { id: 0, name: 'server_name', lengthBytes: 21, raw: '' },
    { id: 10, name: 'supported_groups', lengthBytes: 16, raw: '' },
    { id: 13, name: 'signature_algorithms', lengthBytes: 22, raw: '' },
    { id: 16, name: 'application_layer_protocol_negotiation', lengthBytes: 14, raw: '' },
    { id: 43, name: 'supported_versions', lengthBytes: 5, raw: '' },
    { id: 51, name: 'key_share', lengthBytes: 1258, raw: '' },
  ],
  lengthBytes: 1521,
  wireBytes: 1526,
  recordCount: 1,
  ja3: '771,49195-49199-4865-4866-4867,0-10-13-16-43-51,4588-4587-29-23-24-25,0',
  ja3Hash: '473cd7cb9faa642487833865d516e578',
  ja4: 't13d1312h2_f57a46bbacb6_ab7e3b40a677',
  ja4r: 't13d1312h2',
  looksLike: 'go 1.26',
}

export const SAMPLE_SERVER_HELLO: ServerHello = {
  legacyVersion: '0x0303',
  selectedVersion: named(0x0304, 'TLS 1.3'),
  cipherSuite: named(0x1301, 'TLS_AES_128_GCM_SHA256'),
  keyShareGroup: named(29, 'x25519'),
  alpn: null,
  helloRetryRequest: false,
  random: '00'.repeat(32),
  legacySessionId: '',
  compressionMethod: 0,
  pskSelectedIdentity: null,
  extensions: [
    { id: 43, name: 'supported_versions', lengthBytes: 2, raw: '' },
    { id: 51, name: 'key_share', lengthBytes: 36, raw: '' },
  ],
  ja3s: '771,4865,43-51',
  ja3sHash: 'eb1d94daa7e0344597e756a1fb6e7054',
}

export function sampleCertificate(part: Partial<CertificateSummary> = {}): CertificateSummary {
  return {
    sha256: '9f2c6c1e0b7d4a3f8e5d2c1b0a9f8e7d6c5b4a39281706f5e4d3c2b1a0f9e8d7',
    der: 'MIIB',
    parsed: true,
    subject: 'CN=modproxy.example',
    issuer: 'CN=Acme Corp TLS Inspection CA G2,O=Acme Corp',
    serialNumber: '4a1f',
    notBefore: '2026-11-22T13:29:45Z',
    notAfter: '2026-11-29T13:29:45Z',
    dnsNames: ['modproxy.example'],
    ipAddresses: [],
    publicKey: 'ECDSA P-256',
    signatureAlgorithm: 'ECDSA-SHA256',
    isCa: false,
    keyUsage: ['digitalSignature'],
    extKeyUsage: ['serverAuth'],
    nameConstraints: null,
    subjectKeyId: null,
    authorityKeyId: '4f91aac3',
    aia: { caIssuers: [], ocsp: [] },
    ...part,
  }
}

export const SAMPLE_INTERMEDIATE = sampleCertificate({
  sha256: '1b2c6c1e0b7d4a3f8e5d2c1b0a9f8e7d6c5b4a39281706f5e4d3c2b1a0f9e8d7',
  subject: 'CN=Acme Corp TLS Inspection CA G2,O=Acme Corp',
  issuer: 'CN=Acme Corp Web Gateway Root CA,O=Acme Corp',
  serialNumber: '02',
  notBefore: '2025-11-22T00:00:00Z',
  notAfter: '2027-11-22T00:00:00Z',
  dnsNames: [],
  isCa: true,
  extKeyUsage: [],
  authorityKeyId: '4f9103c3',
})

export function sampleFix(part: Partial<Fix> = {}): Fix {
  return {
    title: 'Trust the company root',
    who: 'you',
    scope: 'this-machine',
    os: 'linux',
    shell: 'bash',
    commands: [
      '# ask IT for the root with key id 4f9103c3 (named by the intermediate)',
      'sudo cp acme-root.pem /usr/local/share/ca-certificates/acme-root.crt',
      'sudo update-ca-certificates',
      'whytls probe modproxy.example   # re-check',
    ],
    env: {},
    undo: ['sudo rm /usr/local/share/ca-certificates/acme-root.crt', 'sudo update-ca-certificates --fresh'],
    checked: false,
    checkedHow: 'needs the root file from IT',
    risk: null,
    ...part,
  }
}

export function sampleDiagnosis(part: Partial<Diagnosis> = {}): Diagnosis {
  return {
    id: 1,
    cause: 'unknown-authority',
    leg: 'upstream',
    stage: 'certificate',
    fault: 'client-config',
    confidence: 'certain',
    host: 'modproxy.example',
    port: 443,
    handshakes: [412],
    count: 4,
    title: 'go does not trust the CA that signed the certificate of modproxy.example',
    why: 'The chain ends at "Acme Corp Web Gateway Root CA", which is in no certificate store that go reads on this machine, so go stops at the Certificate stage. The network works; only trust is missing.',
    goText: { text: 'tls: failed to verify certificate: x509: certificate signed by unknown authority', source: 'stderr' },
    evidence: [
      {
        text: 'Leaf CN=modproxy.example was issued by Acme Corp TLS Inspection CA G2 17 minutes earlier, for 7 days.',
        source: 'probe',
        ref: '412/certificates',
      },
      {
        text: 'None of the 142 roots in /etc/ssl/certs/ca-certificates.crt has subject "Acme Corp Web Gateway Root CA".',
        source: 'store',
        ref: null,
      },
      {
        text: 'After the server flight go sent one 19-byte encrypted record, the size of an alert, and closed.',
        source: 'wire',
        ref: '412/records/9',
      },
    ],
    fixes: [
      sampleFix(),
      sampleFix({
        title: 'This command only',
        scope: 'this-command',
        commands: ['SSL_CERT_FILE=$PWD/both.pem go mod download'],
        undo: [],
        checked: true,
        checkedHow: 'the chain passes with that root',
      }),
    ],
    willNotHelp: [
      { setting: 'GOSUMDB=off', because: 'it changes checksums, not TLS' },
      { setting: 'GOINSECURE', because: 'it only covers direct fetches of matching modules and would hide a real attacker too' },
    ],
    alsoPossible: [],
    alsoTrue: [],
    notChecked: ['revocation'],
    ...part,
  }
}

export function sampleHandshake(part: Partial<Handshake> = {}): Handshake {
  return {
    id: 412,
    runId: 9,
    mode: 'observe',
    startedAt: STARTED_AT,
    durationMs: 66,
    outcome: 'failed',
    target: { host: 'modproxy.example', port: 443, address: null },
    route: [{ kind: 'http-proxy', address: 'gw.acme.example:3128' }],
    client: { address: '127.0.0.1:50122', pid: 4711, process: 'go', roots: 'its own environment' },
    proxyConnect: { status: 200, reason: 'Connection established', headers: [], body: '' },
    probeOf: null,
    trials: [],
    records: [
      { n: 1, dir: 'client-to-server', leg: 'upstream', atMs: 15, contentType: 22, version: '0x0301', lengthBytes: 1521 },
      { n: 2, dir: 'server-to-client', leg: 'upstream', atMs: 26.8, contentType: 22, version: '0x0303', lengthBytes: 122 },
      { n: 3, dir: 'server-to-client', leg: 'upstream', atMs: 26.9, contentType: 20, version: '0x0303', lengthBytes: 1 },
      { n: 4, dir: 'server-to-client', leg: 'upstream', atMs: 27, contentType: 23, version: '0x0303', lengthBytes: 2410 },
      { n: 5, dir: 'client-to-server', leg: 'upstream', atMs: 39.4, contentType: 23, version: '0x0303', lengthBytes: 19 },
    ],
    stages: sampleStages('certificate', true),
    waitingFor: null,
    clientHello: SAMPLE_CLIENT_HELLO,
    serverHello: SAMPLE_SERVER_HELLO,
    certificates: {
      source: 'probe',
      sameAsGoSaw: true,
      chain: [sampleCertificate(), SAMPLE_INTERMEDIATE],
      verified: {
        ok: false,
        goText: 'x509: certificate signed by unknown authority',
        byGoVersion: { '1.21': 'x509: certificate signed by unknown authority', '1.26': 'x509: certificate signed by unknown authority' },
        roots: '142 roots of /etc/ssl/certs/ca-certificates.crt',
        at: STARTED_AT,
      },
      ocspStapled: false,
    },
    alerts: [{ sender: 'client', level: 'fatal', code: 42, name: 'bad_certificate', how: 'inferred' }],
    closed: { by: 'client', how: 'fin', atMs: 66 },
    bytes: { clientToServer: 1574, serverToClient: 2545 },
    http: [],
    diagnosis: 1,
    ...part,
  }
}

export function sampleDetail(part: Partial<HandshakeDetail> = {}): HandshakeDetail {
  return { handshake: sampleHandshake(), diagnosis: sampleDiagnosis(), run: sampleRun(), attempts: [412], ...part }
}

export const SAMPLE_META: Meta = {
  schema: 'whytls/1',
  tool: { version: '0.1.0', node: 'v20.20.2', platform: 'linux-x64' },
  mode: 'observe',
  proxyUrl: 'http://127.0.0.1:8877',
  parent: 'gw.acme.example:3128',
  epoch: 'k3f9',
  seq: 10,
  counts: { handshakes: 1, failed: 1, runs: 1, sizeBytes: 14_000_000 },
  setup: {
    goVersion: '1.26.8',
    shells: [
      { shell: 'bash, zsh', commands: ['export HTTPS_PROXY=http://127.0.0.1:8877', 'go mod download'], undo: ['unset HTTPS_PROXY'] },
      { shell: 'fish', commands: ['set -gx HTTPS_PROXY http://127.0.0.1:8877', 'go mod download'], undo: ['set -e HTTPS_PROXY'] },
      { shell: 'PowerShell', commands: ['$env:HTTPS_PROXY = "http://127.0.0.1:8877"', 'go mod download'], undo: [] },
    ],
    checks: [
      { name: 'listening', ok: true, text: 'Listening on 127.0.0.1:8877' },
      { name: 'go', ok: true, text: 'go 1.26.8 in PATH' },
      { name: 'roots', ok: true, text: '142 roots in the store that go reads' },
      { name: 'no-proxy', ok: null, text: 'NO_PROXY=.acme.example skips whytls' },
    ],
  },
}
