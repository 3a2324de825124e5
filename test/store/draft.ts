/** Drafts for the tests of store and feed: a full one, and a plain one for many rows. */
import type { CertificateSummary, ClientHello, ServerHello } from '../../src/contract/handshake.ts'
import type { DiagnosisDraft } from '../../src/diagnosis/draft.ts'
import type { HandshakeDraft } from '../../src/store/store.ts'

/** A handshake that passed, with as little as a draft may hold. */
export function plainDraft(key: string, more: Partial<HandshakeDraft> = {}): HandshakeDraft {
  return {
    key,
    probeOfKey: null,
    runId: null,
    mode: 'observe',
    startedAt: '2026-11-22T12:00:00.000Z',
    durationMs: 12.5,
    outcome: 'passed',
    target: { host: 'modproxy.example', port: 443, address: '203.0.113.7' },
    route: [],
    client: null,
    proxyConnect: null,
    trials: [],
    records: [],
    stages: [],
    waitingFor: null,
    clientHello: null,
    serverHello: null,
    certificates: null,
    alerts: [],
    closed: null,
    bytes: { clientToServer: 0, serverToClient: 0 },
    http: [],
    messages: [],
    findings: [],
    ...more,
  }
}

/** A failed handshake with every part that the contract knows. */
export function fullDraft(key: string, more: Partial<HandshakeDraft> = {}): HandshakeDraft {
  return plainDraft(key, {
    outcome: 'failed',
    durationMs: 10003.25,
    route: [
      { kind: 'http-proxy', address: 'gw.acme.example:3128' },
      { kind: 'socks5-proxy', address: 'far.acme.example:1080' },
    ],
    client: { address: '127.0.0.1:50122', pid: 4711, process: 'go', roots: 'its own environment' },
    proxyConnect: { status: 200, reason: 'Connection established', headers: [['Via', '1.1 gw']], body: '' },
    trials: [{ change: 'no ML-KEM', wireBytes: 300, results: ['passed', 'failed'], medianMs: 41 }],
    records: [
      { n: 1, dir: 'client-to-server', leg: 'upstream', atMs: 10.2, contentType: 22, version: '0x0301', lengthBytes: 1521 },
      { n: 2, dir: 'server-to-client', leg: 'upstream', atMs: 20.4, contentType: 22, version: '0x0303', lengthBytes: 122 },
    ],
    resolvedBy: '--resolve',
    stages: [
      { stage: 'dns', leg: 'parent', status: 'passed', source: 'wire', atMs: 0, durationMs: 1.5 },
      { stage: 'client-hello', leg: 'upstream', status: 'passed', source: 'wire', atMs: 10.2, durationMs: 10 },
      { stage: 'certificate', leg: 'upstream', status: 'failed', source: 'probe', atMs: null, durationMs: null },
    ],
    waitingFor: null,
    clientHello: CLIENT_HELLO,
    serverHello: SERVER_HELLO,
    certificates: {
      source: 'probe',
      sameAsGoSaw: true,
      chain: [
        certificate('leaf', 'CN=modproxy.example', 'CN=Acme Issuing CA,O=Acme'),
        certificate('sub', 'CN=Acme Issuing CA,O=Acme', 'CN=Acme Root'),
      ],
      verified: {
        ok: false,
        goText: 'x509: certificate signed by unknown authority',
        byGoVersion: { '1.21': 'same', '1.26': 'same' },
        roots: 'system, 142',
        at: '2026-11-22T12:00:00.000Z',
      },
      ocspStapled: false,
    },
    alerts: [
      { sender: 'client', level: 'fatal', code: 42, name: 'bad_certificate', how: 'inferred' },
      { sender: 'server', level: 7, code: 99, name: 'unknown', how: 'clear' },
      { sender: 'server', level: null, code: null, name: 'unknown', how: 'inferred' },
    ],
    closed: { by: 'client', how: 'fin', atMs: 41.2 },
    bytes: { clientToServer: 1600, serverToClient: 4_200_000_000 },
    http: [{ method: 'GET', url: 'https://modproxy.example/x/@v/list', status: 200, durationMs: 12 }],
    messages: [
      {
        dir: 'client-to-server',
        type: 1,
        name: 'ClientHello',
        lengthBytes: 3,
        atMs: 10.2,
        recordOffset: 0,
        source: 'wire',
        octets: new Uint8Array([1, 0, 0, 3, 7, 8, 9]),
      },
      { dir: 'client-to-server', type: 20, name: 'Finished', lengthBytes: 32, atMs: 40, recordOffset: 1526, source: 'decrypted' },
    ],
    flight: {
      records: [{ dir: 'client-to-server', atMs: 10.2, octets: new Uint8Array([22, 3, 1, 0, 1, 7]) }],
      secrets: [`SERVER_HANDSHAKE_TRAFFIC_SECRET ${'ab'.repeat(32)} ${'cd'.repeat(32)}`],
    },
    findings: [finding('unknown-authority')],
    ...more,
  })
}

/** A finding on modproxy.example:443. */
export function finding(cause: string, more: Partial<DiagnosisDraft> = {}): DiagnosisDraft {
  return {
    cause,
    leg: 'upstream',
    stage: 'certificate',
    fault: 'client-config',
    confidence: 'likely',
    host: 'modproxy.example',
    port: 443,
    title: `Title of ${cause}`,
    why: 'The chain ends at Acme Root.',
    goText: { text: 'x509: certificate signed by unknown authority', source: 'predicted' },
    evidence: [{ text: 'Acme Root is in none of 142 roots', source: 'verifier', ref: null }],
    fixes: [
      {
        title: 'Trust the CA',
        who: 'you',
        scope: 'this-machine',
        os: 'linux',
        shell: 'bash',
        commands: ['true'],
        env: { A: 'b' },
        undo: ['false'],
        checked: false,
        checkedHow: 'not tried',
        risk: null,
      },
    ],
    willNotHelp: [{ setting: 'GOINSECURE', because: 'it is for git' }],
    alsoPossible: [{ cause: 'missing-intermediate', confidence: 'possible', test: 'whytls probe' }],
    alsoTrue: ['the leaf expires in 2 days'],
    notChecked: ['revocation'],
    facts: { issuer: 'CN=Acme Root' },
    ...more,
  }
}

/** A certificate whose octets are only its name: the store does not judge them. */
export function certificate(name: string, subject: string, issuer: string): CertificateSummary {
  return {
    sha256: Buffer.from(name).toString('hex').padEnd(64, '0'),
    der: Buffer.from(`der of ${name}`).toString('base64'),
    parsed: true,
    subject,
    issuer,
    serialNumber: '-01ab',
    notBefore: '2026-01-01T00:00:00.000Z',
    notAfter: null,
    dnsNames: ['modproxy.example'],
    ipAddresses: [],
    publicKey: 'ECDSA P-256',
    signatureAlgorithm: 'ECDSA-SHA256',
    isCa: name !== 'leaf',
    keyUsage: ['digitalSignature'],
    extKeyUsage: [],
    nameConstraints: null,
    subjectKeyId: 'ab',
    authorityKeyId: null,
    aia: { caIssuers: ['http://ca.example/i.cer'], ocsp: [] },
  }
}

const CLIENT_HELLO: ClientHello = {
  legacyVersion: '0x0303',
  random: '00ff',
  legacySessionId: '',
  cipherSuites: [{ id: 4865, name: 'TLS_AES_128_GCM_SHA256' }],
  compressionMethods: [0],
  serverName: 'modproxy.example',
  alpn: ['h2', 'http/1.1'],
  supportedVersions: [{ id: 772, name: 'TLS 1.3' }],
  supportedGroups: [{ id: 4588, name: 'X25519MLKEM768' }],
  keyShares: [{ group: { id: 29, name: 'x25519' }, lengthBytes: 32 }],
  signatureAlgorithms: [{ id: 1027, name: 'ecdsa_secp256r1_sha256' }],
  pskKeyExchangeModes: [{ id: 1, name: 'psk_dhe_ke' }],
  pskIdentities: 0,
  ecPointFormats: [{ id: 0, name: 'uncompressed' }],
  extensions: [{ id: 0, name: 'server_name', lengthBytes: 21, raw: 'AAA=' }],
  lengthBytes: 1521,
  wireBytes: 1526,
  recordCount: 1,
  ja3: '771,4865-4866',
  ja3Hash: 'c0ffee',
  ja4: 't13d1312h2_f57a46bbacb6_ab7e3b40a677',
  ja4r: 't13d1312h2_1301',
  looksLike: 'go 1.26',
}

const SERVER_HELLO: ServerHello = {
  legacyVersion: '0x0303',
  selectedVersion: { id: 772, name: 'TLS 1.3' },
  cipherSuite: { id: 4865, name: 'TLS_AES_128_GCM_SHA256' },
  keyShareGroup: { id: 29, name: 'x25519' },
  alpn: 'h2',
  helloRetryRequest: false,
  random: '11ee',
  legacySessionId: 'ab',
  compressionMethod: 0,
  pskSelectedIdentity: null,
  extensions: [{ id: 43, name: 'supported_versions', lengthBytes: 2, raw: 'AwQ=' }],
  ja3s: '771,4865,43',
  ja3sHash: 'beef',
}
