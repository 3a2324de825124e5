/** One row for each cause: what is seen, what must be said, and what looks alike but must not be called so. The compiler names a missing row. */
import type { Confidence, Leg, Stage } from '../../src/contract/terms.ts'
import type { CauseId } from '../../src/diagnosis/causes/index.ts'
import { VALIDITY_DEFECTS } from '../../src/diagnosis/clock-words.ts'
import type { JudgedChain, Observation, ParentTls } from '../../src/diagnosis/observation.ts'
import type { Transcript } from '../../src/handshake/transcript.ts'
import { chosenProtocol, retryRequest, serverHello12, serverHello13 } from '../../src/lab/raw-hello.ts'
import { handshakeMessage, record } from '../../src/lab/raw-messages.ts'
import type { ChainVerdict, DefectCode } from '../../src/x509/verdict.ts'
import {
  alert,
  answered,
  clock,
  completed,
  connect,
  defect,
  dial,
  ended,
  IN_TIME,
  observation,
  probeOf,
  proof13,
  proven,
  ROUTE,
  refusedInClear,
  refusedUnread,
  reply,
  seenRecord,
  serverHello,
  teller,
  transcript,
  trial,
  tried,
  verdict,
  witness,
} from './observation-builders.ts'
import { OFFER, refusedAnswer } from './refused-answer.ts'

export interface Row {
  readonly seen: Observation
  readonly leg: Leg
  readonly stage: Stage
  readonly confidence: Confidence
  /** null: go's words vary, none are predicted. */
  readonly goText: string | null
  readonly title: string
  /** The code that is given, where it is not the id. */
  readonly code?: string
  readonly nearMisses: readonly Observation[]
}

const PASSED = completed()

/** The session between client and whytls, ended by this alert of the client. */
function refusedInLeg(code: number): Transcript {
  return transcript({
    clientAnswer: 'alert',
    isComplete: false,
    alerts: [alert('client', code, code === 42 ? 'bad_certificate' : 'internal_error', { how: 'decrypted' })],
  })
}
const EXPIRED = verdict([defect('cert-expired', { notAfter: '2026-01-04T00:00:00Z' })])

const UNCHANGED_FAILS = trial('unchanged', '- - -')
const SMALL_PASSES = [UNCHANGED_FAILS, trial('no ML-KEM', 'ok ok ok', 300), trial('another server name', '-')]
const NAME_PASSES = [UNCHANGED_FAILS, trial('no ML-KEM', '-', 300), trial('another server name', 'ok ok ok')]
const OLDER_PASSES = [
  UNCHANGED_FAILS,
  trial('no ML-KEM', '-', 300),
  trial('another server name', '-'),
  trial('TLS 1.2 only', 'ok ok ok', 250),
]

/** A certificate cause: refused in clear with this defect; not when go finished, the client left early, or the chain is fine. */
function certificate(code: DefectCode, title: string, facts: Readonly<Record<string, string>> = {}, parts: Partial<Row> = {}): Row {
  const bad = verdict([defect(code, facts)])
  return {
    seen: refusedInClear(bad, 42, VALIDITY_DEFECTS.includes(code) ? IN_TIME : {}),
    leg: 'upstream',
    stage: 'certificate',
    confidence: 'certain',
    goText: `tls: failed to verify certificate: x509: ${code}`,
    title,
    nearMisses: [
      completed({}, { outcome: 'failed', ending: ended('server', 'rst'), judged: { source: 'probe', chain: [], verdict: bad } }),
      refusedInClear(verdict([])),
      refusedInClear(bad, 42, { outcome: 'aborted' }),
      refusedInClear(bad, 80),
    ],
    ...parts,
  }
}

/** A cause that go's sentence names behind a good handshake; not when TLS itself failed. */
function http(text: string, line: string, title: string): Row {
  const seen = answered(text, line)
  return {
    seen,
    leg: 'upstream',
    stage: 'application-data',
    confidence: 'certain',
    goText: null,
    title,
    nearMisses: [PASSED, observation({ witness: seen.witness }), answered('EOF', 'go: m@v: Get "https://modproxy.example/x": EOF')],
  }
}

function status(code: number, phrase: string, title: string): Row {
  return http(`${code} ${phrase}`, `go: example.test/m@v1.0.0: reading https://modproxy.example/x: ${code} ${phrase}`, title)
}

function dialled(kind: Parameters<typeof dial>[0], title: string): Row {
  const seen = dial(kind)
  return {
    seen,
    leg: 'upstream',
    stage: seen.dialFailure?.stage ?? 'dns',
    confidence: 'certain',
    goText: `dial tcp: ${kind}`,
    title,
    nearMisses: [dial(kind, { leg: 'parent' }), observation(), PASSED],
  }
}

function died(seen: Observation, title: string, parts: Partial<Row> = {}): Row {
  return {
    seen,
    leg: 'upstream',
    stage: 'client-hello',
    confidence: 'certain',
    goText: null,
    title,
    nearMisses: [PASSED, { ...seen, outcome: 'aborted' }, dial('refused')],
    ...parts,
  }
}

function refusedConnect(seen: Observation, title: string, goText: string | null, parts: Partial<Row> = {}): Row {
  return {
    seen,
    leg: 'parent',
    stage: 'proxy-connect',
    confidence: 'certain',
    goText,
    title,
    nearMisses: [reply(200, 'OK'), PASSED, observation()],
    ...parts,
  }
}

/** What go refused of the server's first messages, by an alert in clear; not when go left early or nothing was wrong. */
function negotiated(seen: Observation, title: string, goText: string, nearMisses: readonly Observation[]): Row {
  const at = { leg: 'upstream', stage: 'server-hello', confidence: 'certain' } as const
  return { ...at, seen, goText, title, nearMisses: [...nearMisses, { ...seen, outcome: 'aborted' }, PASSED] }
}

/** An https parent proxy whose TLS failed. */
function secureParent(tls: Partial<ParentTls>): Observation {
  const transcriptOfProxy = transcript({ pending: 'client-hello' })
  return observation({
    route: [{ kind: 'https-proxy', address: 'gw.acme.example:3129' }],
    transcript: transcript({ clientHellos: [] }),
    ending: null,
    parentTls: {
      transcript: transcriptOfProxy,
      judged: null,
      ending: ended('server', 'fin'),
      goText: 'EOF',
      answersPlainHttp: null,
      ...tls,
    },
  })
}

function judgedBy(verdictOfChain: ChainVerdict): JudgedChain {
  return { source: 'decrypted', chain: [new Uint8Array([1])], verdict: verdictOfChain }
}

const ALERT_70 = transcript({
  alerts: [alert('server', 70, 'protocol_version')],
  bytes: { 'client-to-server': 1526, 'server-to-client': 7 },
})
const ALERT_40 = transcript({
  alerts: [alert('server', 40, 'handshake_failure')],
  bytes: { 'client-to-server': 1526, 'server-to-client': 7 },
})
const WIDER = probeOf({ serverHellos: [serverHello(0x0303, 0x009c, 'TLS_RSA_WITH_AES_128_GCM_SHA256')] })
const HTTP_HEAD = new TextEncoder().encode('HTTP/1.1 400 Bad Request')
const SSH_HEAD = new TextEncoder().encode('SSH-2.0-OpenSSH_9.2\r\n')
const REQUEST = { how: 'inferred', certificateTypes: [], signatureAlgorithms: [], certificateAuthorities: [] } as const

const FINISHED_BY_BOTH = [
  seenRecord('client-to-server', 20),
  seenRecord('client-to-server', 22),
  seenRecord('server-to-client', 20),
  seenRecord('server-to-client', 22),
]

/** A probe whose first encrypted record of the server could not be opened; it has the length that go met. */
const DAMAGED_PROBE = probeOf({
  serverHellos: [serverHello()],
  damagedRecord: { recordOffset: 133, index: 0, beforeFinished: true },
  encryptedLengths: { 'client-to-server': [19], 'server-to-client': [2800] },
})

/** TLS 1.2: a Certificate message of which only the beginning was read. */
function largeMessage(lengthBytes: number): Observation {
  const seen = refusedInClear(verdict([]), 80, { judged: null })
  const unfinishedMessage = { type: 11, name: 'Certificate', lengthBytes }
  return { ...seen, transcript: { ...seen.transcript, chain: null, chainSource: null, unfinishedMessage } }
}

export const ROWS = {
  'dns-nxdomain': dialled('nxdomain', 'the host name modproxy.example does not exist'),
  'dns-servfail': dialled('servfail', 'the resolver could not look up modproxy.example'),
  'dns-no-address': dialled('no-address', 'modproxy.example has no address'),
  'dns-timeout': dialled('dns-timeout', 'the resolver did not answer when asked for modproxy.example'),
  'tcp-refused': dialled('refused', 'modproxy.example refused the TCP connection'),
  'tcp-timeout': dialled('tcp-timeout', 'modproxy.example never answered the TCP connection'),
  'tcp-unreachable': dialled('unreachable', 'there is no route to modproxy.example'),
  'proxy-unreachable': {
    seen: dial('refused', { leg: 'parent', host: 'gw.acme.example', port: 3128 }),
    leg: 'parent',
    stage: 'tcp',
    confidence: 'certain',
    goText: 'proxyconnect tcp: dial tcp: refused',
    title: 'the proxy gw.acme.example:3128 cannot be reached',
    nearMisses: [dial('refused'), PASSED],
  },
  'captive-portal': refusedConnect(
    reply(302, 'Found', [['Location', 'http://login.hotel-wifi.example/[8 bytes]']]),
    'a sign-in or block page of the network answers instead of modproxy.example',
    'Found',
    {
      confidence: 'high',
      nearMisses: [
        reply(200, 'OK'),
        reply(403, 'Forbidden'),
        reply(407, 'Proxy Authentication Required'),
        PASSED,
        refusedInClear(verdict([defect('cert-name-mismatch')])),
        answered(
          'redirected from secure URL https://modproxy.example/x to insecure URL http://modproxy.example/login',
          'go: m@v: Get "http://modproxy.example/login": redirected',
        ),
      ],
    },
  ),
  'proxy-cert-invalid': {
    seen: secureParent({ judged: judgedBy(verdict([defect('cert-expired', { notAfter: '2026-11-19T12:00:00Z' })])) }),
    leg: 'parent',
    stage: 'certificate',
    confidence: 'certain',
    goText: `proxyconnect tcp: ${verdict([defect('cert-expired')]).tlsText}`,
    title: 'the proxy gw.acme.example:3129 itself has an expired certificate',
    nearMisses: [secureParent({ judged: judgedBy(verdict([])), ending: null }), PASSED, refusedInClear(verdict([defect('cert-expired')]))],
  },
  'proxy-scheme-wrong': {
    seen: secureParent({
      transcript: transcript({ notTls: { kind: 'http', head: HTTP_HEAD, statusLine: 'HTTP/1.1 400 Bad Request', afterTlsBytes: 0 } }),
      goText: 'tls: first record does not look like a TLS handshake',
    }),
    leg: 'parent',
    stage: 'server-hello',
    confidence: 'certain',
    goText: 'proxyconnect tcp: tls: first record does not look like a TLS handshake',
    title: 'HTTPS_PROXY says https://, but the proxy gw.acme.example:3129 speaks plain HTTP',
    nearMisses: [
      secureParent({ answersPlainHttp: false }),
      secureParent({ transcript: transcript({ notTls: { kind: 'other', head: SSH_HEAD, statusLine: null, afterTlsBytes: 0 } }) }),
      connect({ kind: 'not-http', afterMs: 3, head: 'HTTP' }),
      PASSED,
    ],
  },
  'proxy-url-invalid': {
    seen: {
      ...dial('nxdomain', { leg: 'parent', host: 'http', port: 80 }),
      proxySetting: { variable: 'HTTPS_PROXY', value: 'http://[masked]@gw.acme.example:3128', reads: 'taken-for-a-name' },
    },
    leg: 'parent',
    stage: 'proxy-connect',
    confidence: 'certain',
    goText: 'proxyconnect tcp: dial tcp: nxdomain',
    title: "HTTPS_PROXY cannot be read as it was meant: go takes its scheme for the proxy's name",
    nearMisses: [
      dial('nxdomain', { leg: 'parent' }),
      { ...dial('nxdomain'), proxySetting: { variable: 'ALL_PROXY', value: 'http://gw.acme.example', reads: 'not-read-by-go' } },
      { ...dial('nxdomain', { leg: 'parent' }), proxySetting: { variable: 'HTTPS_PROXY', value: 'http://gw.acme.example', reads: 'used' } },
      { ...PASSED, proxySetting: { variable: 'HTTPS_PROXY', value: 'http://%zz', reads: 'ignored-unparsable' } },
    ],
  },
  'proxy-forbidden': refusedConnect(
    reply(403, 'Blocked by policy'),
    'the proxy gw.acme.example:3128 does not allow modproxy.example, TLS never began',
    'Blocked by policy',
    { nearMisses: [reply(200, 'OK'), reply(407, 'Proxy Authentication Required'), reply(502, 'Bad Gateway'), PASSED] },
  ),
  'proxy-auth-required': refusedConnect(
    reply(407, 'Proxy Authentication Required', [
      ['Proxy-Authenticate', 'Negotiate'],
      ['Proxy-Authenticate', 'Basic realm="Acme"'],
    ]),
    'proxy gw.acme.example:3128 wants a login, TLS never began',
    'Proxy Authentication Required',
  ),
  'proxy-bad-gateway': refusedConnect(
    reply(502, 'Bad Gateway'),
    'the proxy gw.acme.example:3128 cannot reach modproxy.example',
    'Bad Gateway',
  ),
  'proxy-closed': refusedConnect(
    connect({ kind: 'closed', afterMs: 3, receivedBytes: 0 }),
    'the proxy gw.acme.example:3128 hung up when asked for modproxy.example',
    'unexpected EOF',
  ),
  'proxy-reset': refusedConnect(
    connect({ kind: 'reset', afterMs: 3, receivedBytes: 0 }),
    'the proxy gw.acme.example:3128 reset the connection when asked for modproxy.example',
    null,
  ),
  'proxy-silent': refusedConnect(
    connect({ kind: 'silent', afterMs: 60_000, receivedBytes: 0 }),
    'the proxy gw.acme.example:3128 never answered when asked for modproxy.example',
    'context deadline exceeded',
  ),
  'proxy-not-http': refusedConnect(
    connect({ kind: 'not-http', afterMs: 3, head: 'SSH-2.0-OpenSSH_9.2' }),
    'what listens at gw.acme.example:3128 is not an HTTP proxy',
    null,
    { nearMisses: [reply(403, 'Forbidden'), reply(200, 'OK'), PASSED] },
  ),
  'peer-reset': died(observation({ ending: ended('server', 'rst') }), 'modproxy.example reset the connection when it got the ClientHello'),
  'peer-closed': died(observation(), 'modproxy.example closed the connection when it got the ClientHello', { goText: 'EOF' }),
  'peer-silent': died(
    observation({ ending: ended('client', 'fin', 10_003) }),
    'modproxy.example stopped answering when it got the ClientHello',
    {
      goText: 'net/http: TLS handshake timeout',
      nearMisses: [
        observation({ ending: ended('client', 'fin', 800) }),
        observation(),
        PASSED,
        refusedInClear(verdict([defect('cert-expired')])),
      ],
    },
  ),
  'plain-http-on-tls-port': {
    seen: observation({
      transcript: transcript({ notTls: { kind: 'http', head: HTTP_HEAD, statusLine: 'HTTP/1.1 400 Bad Request', afterTlsBytes: 0 } }),
    }),
    leg: 'upstream',
    stage: 'server-hello',
    confidence: 'certain',
    goText: 'http: server gave HTTP response to HTTPS client',
    title: 'modproxy.example answers with plain HTTP where TLS is expected',
    nearMisses: [
      observation({ transcript: transcript({ notTls: { kind: 'other', head: SSH_HEAD, statusLine: null, afterTlsBytes: 0 } }) }),
      PASSED,
    ],
  },
  'not-tls': {
    seen: observation({
      transcript: transcript({
        bytes: { 'client-to-server': 1526, 'server-to-client': 21 },
        notTls: { kind: 'other', head: SSH_HEAD, statusLine: null, afterTlsBytes: 0 },
      }),
    }),
    leg: 'upstream',
    stage: 'server-hello',
    confidence: 'certain',
    goText: 'tls: first record does not look like a TLS handshake',
    title: 'modproxy.example does not speak TLS',
    nearMisses: [observation(), PASSED],
  },
  'record-oversized': {
    seen: observation({
      transcript: transcript({
        bytes: { 'client-to-server': 1526, 'server-to-client': 69 },
        stoppedAt: {
          'client-to-server': null,
          'server-to-client': { offset: 0, why: 'record of 65535 octets, TLS allows 18432', kind: 'record-too-long' },
        },
        pending: 'server-hello',
      }),
      ending: ended('client', 'fin'),
    }),
    leg: 'upstream',
    stage: 'server-hello',
    confidence: 'certain',
    goText: 'tls: oversized record received with length 65535',
    title: 'modproxy.example sent a record that is longer than TLS allows',
    nearMisses: [
      observation({
        transcript: transcript({ stoppedAt: { 'client-to-server': null, 'server-to-client': { offset: 0, why: '', kind: 'limit' } } }),
      }),
      PASSED,
    ],
  },
  'server-version-too-old': {
    seen: observation({ transcript: ALERT_70, probe: probeOf({ alerts: [alert('server', 70, 'protocol_version')] }) }),
    leg: 'upstream',
    stage: 'client-hello',
    confidence: 'high',
    goText: 'remote error: tls: protocol version not supported',
    title: 'modproxy.example speaks only TLS versions older than 1.2',
    nearMisses: [
      observation({ transcript: ALERT_70, probe: probeOf({ serverHellos: [serverHello()] }) }),
      observation({ transcript: ALERT_40 }),
      PASSED,
    ],
  },
  'no-common-cipher': {
    seen: observation({ transcript: ALERT_40, probe: WIDER }),
    leg: 'upstream',
    stage: 'client-hello',
    confidence: 'high',
    goText: 'remote error: tls: handshake failure',
    title: 'modproxy.example accepts no cipher suite that go offers',
    nearMisses: [
      observation({ transcript: ALERT_40 }),
      observation({ transcript: ALERT_40, probe: probeOf({ alerts: [alert('server', 40, 'handshake_failure')] }) }),
      observation({ transcript: ALERT_40, probe: probeOf({ serverHellos: [serverHello()] }) }),
      PASSED,
    ],
  },
  'no-common-group': negotiated(
    refusedAnswer([record(22, retryRequest(OFFER, 30))], 47),
    'modproxy.example accepts no key exchange group that go offers',
    'tls: server selected unsupported group',
    [
      observation({ transcript: ALERT_40 }),
      observation({ transcript: ALERT_40, probe: probeOf({ serverHellos: [serverHello()] }) }),
      observation({ transcript: ALERT_40, probe: WIDER }),
      refusedAnswer([record(22, retryRequest(OFFER, 24))], 47),
      refusedAnswer([record(22, retryRequest(OFFER, 29))], 47),
    ],
  ),
  'alpn-mismatch': negotiated(
    refusedAnswer([record(22, serverHello12({ extensions: [chosenProtocol('spdy/3.1')] }))], 110),
    'modproxy.example chose a protocol that go did not offer',
    'tls: server selected unadvertised ALPN protocol',
    [
      observation({ transcript: ALERT_40 }),
      refusedAnswer([record(22, serverHello12({ extensions: [chosenProtocol('h2')] }))], 110),
      refusedAnswer([record(22, serverHello12({ extensions: [chosenProtocol('spdy/3.1')] }))], 80),
    ],
  ),
  'downgrade-detected': negotiated(
    refusedAnswer([record(22, serverHello12({ random: Buffer.from(`${'x'.repeat(24)}DOWNGRD\u0001`, 'latin1') }))], 47),
    'something between go and modproxy.example takes TLS 1.3 away',
    'tls: downgrade attempt detected, possibly due to a MitM attack or a broken middlebox',
    [refusedAnswer([record(22, serverHello12())], 47)],
  ),
  'hrr-loop': negotiated(
    refusedAnswer([record(22, retryRequest(OFFER, 24)), record(22, retryRequest(OFFER, 24))], 10),
    'modproxy.example asks for another ClientHello again and again',
    'tls: server sent two HelloRetryRequest messages',
    [refusedAnswer([record(22, retryRequest(OFFER, 24))], 10)],
  ),
  'malformed-server-hello': negotiated(
    refusedAnswer([record(22, serverHello13(OFFER, { compression: 1 }))], 50),
    'the ServerHello of modproxy.example breaks the protocol',
    'tls: server sent non-zero legacy TLS compression method',
    [
      refusedAnswer([record(22, serverHello13(OFFER, { compression: 1 }))], 80),
      refusedAnswer([record(22, serverHello13(OFFER))], 47),
      refusedAnswer([record(22, serverHello12({ suite: 0xc0ac }))], 40),
    ],
  ),
  'unexpected-message': negotiated(
    refusedAnswer([record(22, handshakeMessage(14, Buffer.alloc(0)))], 10),
    'modproxy.example sent ServerHelloDone where ServerHello belongs',
    'tls: received unexpected handshake message of type *tls.serverHelloDoneMsg when waiting for *tls.serverHelloMsg',
    [refusedAnswer([record(22, serverHello12())], 10)],
  ),
  'client-cert-required': {
    seen: completed(
      {
        certificateRequest: REQUEST,
        serverAlertAfterFinished: true,
        clientAnswer: 'empty-certificate-and-finished',
        applicationRecords: { 'client-to-server': 2, 'server-to-client': 0 },
      },
      { outcome: 'failed', ending: ended('server', 'fin') },
    ),
    leg: 'upstream',
    stage: 'application-data',
    confidence: 'high',
    goText: null,
    title: 'modproxy.example wants a client certificate, go has none',
    nearMisses: [completed({ certificateRequest: REQUEST }), completed({}, { outcome: 'failed', ending: ended('server', 'rst') }), PASSED],
  },
  'client-distrusts-proxy-ca': {
    seen: completed({}, { outcome: 'failed', interception: { kind: 'decrypted' }, clientLeg: refusedInLeg(42) }),
    leg: 'client',
    stage: 'certificate',
    confidence: 'high',
    goText: 'tls: failed to verify certificate: x509: certificate signed by unknown authority',
    title: 'this client does not trust the authority with which whytls decrypts modproxy.example',
    nearMisses: [
      completed({}, { outcome: 'failed', interception: { kind: 'decrypted' }, clientLeg: refusedInLeg(80) }),
      completed({}, { outcome: 'failed', interception: { kind: 'passed-through', because: 'it asks for a certificate' }, clientLeg: null }),
      PASSED,
    ],
  },
  'cert-expired': certificate('cert-expired', 'the certificate of modproxy.example expired 3 days ago', {
    notAfter: '2026-11-19T12:00:00Z',
  }),
  'cert-not-yet-valid': certificate('cert-not-yet-valid', 'the certificate of modproxy.example is not valid yet', {
    notBefore: '2026-11-25T00:00:00Z',
  }),
  'intermediate-expired': certificate('intermediate-expired', 'an intermediate certificate that modproxy.example sends has expired'),
  'root-expired': certificate('root-expired', 'the root certificate under modproxy.example has expired'),
  'client-clock-wrong': certificate(
    'cert-expired',
    "this machine's clock is 365 days ahead, the certificate of modproxy.example is fine",
    { notAfter: '2026-01-04T00:00:00Z' },
    {
      seen: refusedInClear(EXPIRED, 42, { clock: clock([teller('goproxy.example', 365), teller('gosums.example', 365)]) }),
      nearMisses: [
        refusedInClear(EXPIRED),
        refusedInClear(EXPIRED, 42, { clock: clock([]) }),
        refusedInClear(EXPIRED, 42, { clock: clock([teller('modproxy.example', 365, { isFailingHost: true })]) }),
        refusedInClear(EXPIRED, 42, { clock: clock([teller('goproxy.example', 365, { chainHolds: false })]) }),
        refusedInClear(EXPIRED, 42, { clock: clock([teller('goproxy.example', 365), teller('gosums.example', 0)]) }),
        refusedInClear(EXPIRED, 42, { clock: clock([teller('goproxy.example', 365), teller('gosums.example', 30)]) }),
        refusedInClear(EXPIRED, 42, { clock: clock([teller('goproxy.example', 365)], EXPIRED) }),
        refusedInClear(verdict([defect('cert-name-mismatch')]), 42, { clock: clock([teller('goproxy.example', 365)]) }),
        PASSED,
      ],
    },
  ),
  'cert-name-mismatch': certificate('cert-name-mismatch', 'the server answered with a certificate for another name', {
    offered: 'goproxy.acme.example',
  }),
  'cert-no-san': certificate('cert-no-san', 'the certificate of modproxy.example has its name only in the common name'),
  'cert-ip-no-san': certificate('cert-ip-no-san', 'the certificate of modproxy.example has no IP address in it'),
  'cert-self-signed': certificate('cert-self-signed', 'the certificate of modproxy.example is self-signed and not trusted here'),
  'unknown-authority': certificate(
    'unknown-authority',
    'go does not trust the authority that signed for modproxy.example',
    { issuer: 'CN=Acme CA' },
    { confidence: 'likely' },
  ),
  'inspection-ca-untrusted': certificate(
    'unknown-authority',
    'a TLS-inspecting gateway re-signs modproxy.example and go does not trust its CA',
    { issuer: 'CN=Acme Web Root' },
    {
      seen: refusedInClear(verdict([defect('unknown-authority', { issuer: 'CN=Acme Web Root' })]), 42, {
        resigning: { alsoIssuedFor: ['sums.elsewhere.example', 'mirror.other.example'], earlierIssuer: null },
      }),
      nearMisses: [
        refusedInClear(verdict([defect('unknown-authority')])),
        refusedInClear(verdict([defect('unknown-authority')]), 42, { resigning: { alsoIssuedFor: [], earlierIssuer: null } }),
        refusedInClear(verdict([defect('unknown-authority')]), 42, {
          resigning: { alsoIssuedFor: ['sums.elsewhere.example'], earlierIssuer: null, isPublicAuthority: true },
        }),
        refusedInClear(verdict([defect('unknown-authority')], { completedBy: ['ab'.repeat(32)] }), 42, {
          resigning: { alsoIssuedFor: ['sums.elsewhere.example'], earlierIssuer: null },
        }),
        refusedInClear(verdict([defect('cert-expired')]), 42, {
          resigning: { alsoIssuedFor: ['sums.elsewhere.example'], earlierIssuer: null },
        }),
        PASSED,
      ],
    },
  ),
  'missing-intermediate': certificate(
    'unknown-authority',
    'modproxy.example does not send its whole chain',
    {},
    {
      seen: refusedInClear(verdict([defect('unknown-authority')], { completedBy: ['ab'.repeat(32)] })),
      nearMisses: [
        refusedInClear(verdict([defect('unknown-authority')])),
        refusedInClear(verdict([defect('cert-expired')], { completedBy: ['ab'] })),
        PASSED,
      ],
    },
  ),
  'client-roots-missing': certificate('client-roots-missing', 'go has no root certificates to check with'),
  'cert-negative-serial': certificate('cert-negative-serial', 'a certificate that modproxy.example sends has a negative serial number', {
    serialNumber: '-4b63',
  }),
  'cert-malformed': certificate('cert-malformed', 'a certificate that modproxy.example sends cannot be parsed', {
    offset: '12',
    field: 'validity',
  }),
  'chain-order': certificate('chain-order', 'modproxy.example sends another certificate before its own'),
  'chain-signature-invalid': certificate(
    'chain-signature-invalid',
    'a certificate that modproxy.example sends was not signed by the issuer it names',
  ),
  'sha1-signature': certificate('sha1-signature', 'a certificate under modproxy.example is signed with SHA-1'),
  'md5-signature': certificate('md5-signature', 'a certificate under modproxy.example is signed with MD5'),
  'weak-rsa-key': certificate(
    'weak-rsa-key',
    'an RSA key under modproxy.example is too short for go',
    { bits: '1000', tlsText: 'tls: invalid signature by the server certificate: x' },
    { stage: 'key-exchange' },
  ),
  'rsa-key-too-large': certificate('rsa-key-too-large', 'an RSA key that modproxy.example sends is larger than go takes', {
    bits: '16384',
  }),
  'unsupported-public-key': certificate('unsupported-public-key', 'go cannot use the kind of key that modproxy.example has'),
  'name-constraints': certificate('name-constraints', 'an authority under modproxy.example may not sign for a name in the certificate'),
  'path-length-exceeded': certificate('path-length-exceeded', 'the chain of modproxy.example is longer than one of its authorities allows'),
  'issuer-not-ca': certificate('issuer-not-ca', 'the issuer of a certificate under modproxy.example is not a CA'),
  'eku-mismatch': certificate('eku-mismatch', 'a certificate under modproxy.example is not meant for servers'),
  'unhandled-critical-extension': certificate(
    'unhandled-critical-extension',
    'a certificate that modproxy.example sends has a critical extension that go does not know',
  ),
  'empty-certificate': certificate(
    'empty-certificate',
    'modproxy.example sends a Certificate message without a certificate',
    {},
    {
      seen: refusedUnread(verdict([defect('empty-certificate', {}, { certificate: null, subject: '', goText: '' })])),
      confidence: 'high',
      goText: 'tls: received empty certificates message',
    },
  ),
  'alert-*': {
    seen: observation({ transcript: ALERT_40 }),
    leg: 'upstream',
    stage: 'client-hello',
    confidence: 'certain',
    goText: 'remote error: tls: handshake failure',
    title: 'modproxy.example ended the handshake with alert 40 (handshake_failure)',
    code: 'alert-handshake-failure',
    nearMisses: [
      observation(),
      PASSED,
      observation({ transcript: transcript({ alerts: [alert('server', 112, 'unrecognized_name', { level: 'warning' })] }) }),
    ],
  },
  'http-400': status(400, 'Bad Request', 'TLS is fine; modproxy.example answered 400 Bad Request'),
  'http-401': status(401, 'Unauthorized', 'TLS is fine; modproxy.example answered 401 Unauthorized'),
  'http-403': status(403, 'Forbidden', 'TLS is fine; modproxy.example answered 403 Forbidden'),
  'http-404': status(404, 'Not Found', 'TLS is fine; modproxy.example answered 404 Not Found'),
  'http-407': status(407, 'Proxy Authentication Required', 'TLS is fine; modproxy.example itself answered 407'),
  'http-429': status(429, 'Too Many Requests', 'TLS is fine; modproxy.example answered 429 Too Many Requests'),
  'http-4xx': status(451, 'Unavailable For Legal Reasons', 'TLS is fine; modproxy.example answered 451'),
  'http-other': status(204, 'No Content', 'TLS is fine; modproxy.example answered 204'),
  'http-5xx': status(503, 'Service Unavailable', 'TLS is fine; modproxy.example answered 503'),
  'key-mismatch': {
    seen: refusedInClear(verdict([]), 47, { proof: { key: proven('does not fit'), keySource: 'wire', finished: 'not seen' } }),
    leg: 'upstream',
    stage: 'key-exchange',
    confidence: 'certain',
    goText: 'tls: invalid signature by the server certificate: ECDSA verification failure',
    title: 'the certificate and the private key of modproxy.example do not belong together',
    nearMisses: [
      refusedInClear(verdict([]), 47, { proof: { key: proven('fits'), keySource: 'wire', finished: 'not seen' } }),
      refusedInClear(verdict([]), 47, { proof: { key: proven('not seen'), keySource: 'wire', finished: 'not seen' } }),
      refusedInClear(verdict([defect('cert-expired')]), 42, {
        proof: { key: proven('does not fit'), keySource: 'wire', finished: 'not seen' },
      }),
      completed({}, { proof: { key: proven('does not fit'), keySource: 'probe', finished: 'not seen' } }),
    ],
  },
  'handshake-message-too-large': {
    seen: largeMessage(300_000),
    leg: 'upstream',
    stage: 'certificate',
    confidence: 'certain',
    goText: 'tls: handshake message of length 300000 bytes exceeds maximum of 262144 bytes',
    title: 'modproxy.example sends a Certificate message that is too large for go',
    nearMisses: [
      largeMessage(200_000),
      completed({ unfinishedMessage: { type: 11, name: 'Certificate', lengthBytes: 300_000 } }, { outcome: 'failed' }),
      { ...largeMessage(300_000), outcome: 'aborted' },
    ],
  },
  'finished-mismatch': {
    seen: refusedUnread(verdict([]), true, { proof: proof13('fits', 'does not fit') }),
    leg: 'upstream',
    stage: 'finished',
    confidence: 'high',
    goText: 'tls: invalid server finished hash',
    title: 'go and modproxy.example saw different handshakes',
    nearMisses: [
      refusedUnread(verdict([]), true, { proof: proof13('fits', 'fits') }),
      refusedUnread(verdict([defect('unknown-authority')]), true, { proof: proof13('fits', 'does not fit') }),
      refusedUnread(verdict([]), true, { proof: proof13('does not fit', 'does not fit') }),
      completed({}, { proof: proof13('fits', 'does not fit') }),
    ],
  },
  'bad-record-mac': {
    seen: refusedUnread(verdict([]), true, { judged: null, probe: DAMAGED_PROBE }),
    leg: 'upstream',
    stage: 'server-hello',
    confidence: 'high',
    goText: 'local error: tls: bad record MAC',
    title: 'an encrypted record from modproxy.example arrived damaged',
    nearMisses: [
      refusedUnread(verdict([]), true, { judged: null }),
      refusedUnread(verdict([]), false, { proof: proof13('fits', 'fits') }),
      refusedUnread(verdict([]), true, { proof: proof13('fits', 'not seen') }),
      refusedUnread(verdict([defect('unknown-authority')]), true, { proof: proof13('fits', 'fits') }),
      completed({}, { probe: DAMAGED_PROBE }),
      completed({}, { witness: witness('remote error: tls: handshake failure') }),
    ],
  },
  'renegotiation-refused': {
    seen: completed(
      {
        serverHellos: [serverHello(0x0303, 0xc02b, 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256')],
        records: [
          ...FINISHED_BY_BOTH,
          seenRecord('client-to-server', 23),
          seenRecord('server-to-client', 22),
          seenRecord('client-to-server', 21),
        ],
      },
      { outcome: 'failed' },
    ),
    leg: 'upstream',
    stage: 'application-data',
    confidence: 'high',
    goText: 'local error: tls: no renegotiation',
    title: 'modproxy.example wants to renegotiate TLS, which go refuses',
    nearMisses: [
      completed({ records: FINISHED_BY_BOTH }, { outcome: 'failed' }),
      completed(
        {
          serverHellos: [serverHello(0x0303, 0xc02b, 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256')],
          records: [
            ...FINISHED_BY_BOTH,
            seenRecord('client-to-server', 23),
            seenRecord('server-to-client', 23),
            seenRecord('client-to-server', 21),
          ],
        },
        { outcome: 'failed' },
      ),
    ],
  },
  'redirect-insecure': http(
    'redirected from secure URL https://modproxy.example/x to insecure URL http://modproxy.example/x',
    'go: m@v: Get "http://modproxy.example/x": redirected from secure URL https://modproxy.example/x to insecure URL http://modproxy.example/x',
    'TLS is fine; modproxy.example redirects to plain http, which go refuses',
  ),
  'redirect-loop': http(
    'stopped after 10 redirects',
    'go: m@v: Get "https://modproxy.example/x": stopped after 10 redirects',
    'TLS is fine; modproxy.example redirects in a circle',
  ),
  'body-truncated': http(
    'unexpected EOF',
    'go: example.test/m@v1.0.0: read "https://modproxy.example/x": unexpected EOF',
    'TLS is fine; an answer of modproxy.example broke off in the middle',
  ),
  'invalid-module-response': http(
    'proxy returned info for version  instead of requested version',
    'go: example.test/m@v1.0.0: proxy returned info for version  instead of requested version',
    'TLS is fine; modproxy.example answers, but not as a module proxy',
  ),
  'checksum-mismatch': http(
    'checksum mismatch',
    'verifying example.test/m@v1.0.0/go.mod: checksum mismatch',
    'TLS is fine; what modproxy.example sent is not what go.sum or the checksum database has',
  ),
  'client-hello-too-large': {
    seen: tried([...SMALL_PASSES, trial('no ML-KEM, padded', '- - -')], { ending: ended('client', 'fin', 10_001) }),
    leg: 'upstream',
    stage: 'client-hello',
    confidence: 'high',
    goText: 'net/http: TLS handshake timeout',
    title: "something on the path to modproxy.example drops go's post-quantum ClientHello",
    nearMisses: [
      tried([]),
      tried([trial('unchanged', '- - ok'), trial('no ML-KEM', 'ok ok ok', 300)]),
      tried([trial('unchanged', '- - -'), trial('no ML-KEM', 'ok - -', 300)]),
      tried([trial('unchanged', '- - -'), trial('no ML-KEM', 'ok', 300)]),
      tried([trial('unchanged', '-'), trial('no ML-KEM', 'ok ok ok', 300)]),
      tried([trial('unchanged', '- - -'), trial('no ML-KEM', '- - -', 300)]),
      tried(SMALL_PASSES, { outcome: 'aborted' }),
      tried(SMALL_PASSES, { transcript: transcript({ serverHellos: [serverHello()] }) }),
    ],
  },
  'sni-filtered': {
    seen: tried(NAME_PASSES),
    leg: 'upstream',
    stage: 'client-hello',
    confidence: 'high',
    goText: null,
    title: 'modproxy.example is refused because of its name in the ClientHello',
    nearMisses: [
      tried([trial('unchanged', '- ok'), trial('another server name', 'ok ok ok')]),
      tried([trial('unchanged', '- - -'), trial('another server name', '- - -'), trial('no server name', '-')]),
      // A strict server refuses unknown names by alert and takes hellos without one.
      tried([trial('unchanged', '- - -'), trial('another server name', '-'), trial('no server name', 'ok ok ok')], {
        transcript: transcript({ alerts: [alert('server', 112, 'unrecognized_name')] }),
      }),
      tried(NAME_PASSES, { transcript: transcript({ alerts: [alert('server', 120, 'no_application_protocol')] }) }),
    ],
  },
  'tls13-intolerant': {
    seen: tried([...OLDER_PASSES, trial('TLS 1.2 only, padded', 'ok ok ok', 300)]),
    leg: 'upstream',
    stage: 'client-hello',
    confidence: 'high',
    goText: null,
    title: 'something on the path to modproxy.example refuses a ClientHello that offers TLS 1.3',
    nearMisses: [
      tried([...OLDER_PASSES, trial('TLS 1.2 only, padded', '- - -', 300)]),
      tried([trial('unchanged', '- ok'), trial('TLS 1.2 only', 'ok ok ok', 250)]),
      tried(OLDER_PASSES, { transcript: transcript({ alerts: [alert('server', 112, 'unrecognized_name')] }) }),
    ],
  },
  'http2-refused': http(
    'http2: Transport received GOAWAY from server ErrCode:ENHANCE_YOUR_CALM',
    'go: m@v: Get "https://modproxy.example/x": http2: Transport received GOAWAY from server ErrCode:ENHANCE_YOUR_CALM',
    'TLS is fine; modproxy.example ends the HTTP/2 session without an answer',
  ),
} satisfies Record<CauseId, Row>

/** The same proxy in front, for tests that need one. */
export const PARENT_ROUTE = ROUTE
