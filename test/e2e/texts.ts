/** What go prints for each lab case, from its own source and from runs: the words after `Get "URL": `, or the whole of stderr. */
import type { LabOrigin } from '../../src/lab/case.ts'
import { compareVersions } from './go.ts'

/** A pattern, or several by the first version of go that prints it. */
export type GoText = RegExp | Readonly<Record<string, RegExp>>

export interface CaseText {
  /** After `go: MODULE: Get "URL": `, to the end of stderr. */
  readonly afterUrl?: GoText
  /** All of stderr, when there is no such URL. */
  readonly whole?: GoText
  /** What stands in the place of `afterUrl` where a race inside go ends another way. */
  readonly orByRace?: readonly RaceText[]
}

/** Words of go that depend on which of its goroutines comes first. */
export interface RaceText {
  readonly words: RegExp
  /** The first version of go that can print them; absent = all. */
  readonly since?: string
}

/** The pattern that all of stderr must match. @throws Error when the table has none for this version */
export function expectedStderr(text: CaseText, origin: LabOrigin, version: string): RegExp {
  if (text.whole !== undefined) return new RegExp(`^(?:${pick(text.whole, version).source})$`, 's')
  const url = `${origin.goproxy}/lab.whytls.test/hello/@v/v1.0.0.info`
  const before = `go: ${origin.module}: Get "${url}": `
  const ways = [pick(text.afterUrl ?? /(?!)/, version), ...racesOf(text, version)]
  return new RegExp(`^${quotePattern(before)}(?:${ways.map(({ source }) => source).join('|')})\n$`)
}

/** All that go can print where its words depend on a race inside it; undefined where they do not, and without a text. */
export function findRace(text: CaseText | undefined, origin: LabOrigin, version: string): RegExp | undefined {
  return text !== undefined && racesOf(text, version).length > 0 ? expectedStderr(text, origin, version) : undefined
}

function racesOf({ orByRace = [] }: CaseText, version: string): readonly RegExp[] {
  return orByRace.filter(({ since = version }) => compareVersions(since, version) <= 0).map(({ words }) => words)
}

function pick(text: GoText, version: string): RegExp {
  if (text instanceof RegExp) return text
  const since = Object.keys(text)
    .filter((first) => compareVersions(first, version) <= 0)
    .sort(compareVersions)
    .at(-1)
  const found = text[since ?? '']
  if (found === undefined) throw new Error(`no text for go ${version}`)
  return found
}

function quotePattern(literal: string): string {
  return literal.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
}

const VERIFY = 'tls: failed to verify certificate: x509: '
const TIME = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)`
const RESET = /read tcp [0-9.:]+->[0-9.:]+: read: connection reset by peer/

/** Whether a resolver is up depends on what runs beside this case. */
const LOOKUP_HTTP =
  /proxyconnect tcp: dial tcp: lookup http on 127\.0\.0\.1:53: (?:no such host|read udp [0-9.:]+->127\.0\.0\.1:53: read: connection refused)/

const UNKNOWN = verify('certificate signed by unknown authority')
const EXPIRED = verify(`certificate has expired or is not yet valid: current time ${TIME} is after ${TIME}`)
const EARLY = verify(`certificate has expired or is not yet valid: current time ${TIME} is before ${TIME}`)
const NAME = String.raw`[a-z0-9.-]+\.whytls\.test`
const READING = String.raw`go: lab\.whytls\.test/hello@v1\.0\.0: reading https://[^ ]+/@v/v1\.0\.0\.info: `
/** Octets that make no message: go 1.25 gave them an alert of their own. */
const UNREADABLE: CaseText = {
  afterUrl: { '1.21': /local error: tls: unexpected message/, '1.25': /local error: tls: error decoding message/ },
}
/**
 * HTTP/2: the reading side of a new connection ended before its first request took the connection (`errClientConnNotEstablished` of net/http's
 * h2_bundle.go). Older go finds no connection then, dials anew without a word, and prints what the last attempt met.
 */
const NOT_ESTABLISHED: RaceText = { words: /http2: client conn could not be established/, since: '1.24' }
/** The server had closed the socket before go wrote its HTTP/2 preface or its request: `stickyErrWriter` or `persistConn.writeLoop` fails first. */
const WRITE_FAILED: RaceText = { words: /write tcp [0-9.:]+->[0-9.:]+: write: (?:broken pipe|connection reset by peer)/ }
/** A reset that overtakes the alert: a receiver may drop what it has not handed out by then (RFC 9293 section 3.10.7.4). */
const ALERT_OVERTAKEN: RaceText = { words: /read tcp [0-9.:]+->[0-9.:]+: read: connection reset by peer/ }
/** HTTP/1.1: `persistConn.writeLoop` takes the request just when `readLoopPeekFailLocked` has closed the connection: crypto/tls says net.ErrClosed. */
const CLOSED_MEANWHILE: RaceText = { words: /use of closed network connection/ }

/** TLS 1.3: the refusal comes when the client is through with its handshake and about to write. */
const WANTS_CERTIFICATE: CaseText = {
  afterUrl: /remote error: tls: certificate required/,
  orByRace: [NOT_ESTABLISHED, WRITE_FAILED, ALERT_OVERTAKEN],
}
const WANTS_CERTIFICATE_HTTP1: CaseText = lateAlert('certificate required', WRITE_FAILED, ALERT_OVERTAKEN)
/** TLS 1.3, HTTP/1.1: a server that refuses everybody behind its Finished and leaves the connection open. */
export const REFUSED_LATE: CaseText = lateAlert('bad certificate')

const DAMAGED_HERE: CaseText = { afterUrl: /local error: tls: bad record MAC/ }
/** The damaged record may answer go's preface, and then comes before its request. */
const DAMAGED_BEHIND_PREFACE: CaseText = { ...DAMAGED_HERE, orByRace: [NOT_ESTABLISHED] }
const TOO_LARGE: CaseText = {
  afterUrl: {
    '1.21': /tls: handshake message of length \d+ bytes exceeds maximum of 65536 bytes/,
    '1.23': /tls: handshake message of length \d+ bytes exceeds maximum of 262144 bytes/,
  },
}

export const GO_TEXTS: Readonly<Record<string, CaseText>> = {
  ok: { whole: /(?:)/ },
  'dns-nxdomain': { afterUrl: /dial tcp: lookup dns-nxdomain\.whytls\.test on 127\.0\.0\.1:53: no such host/ },
  'dns-servfail': { afterUrl: /dial tcp: lookup dns-servfail\.whytls\.test on 127\.0\.0\.1:53: server misbehaving/ },
  'dns-no-address': { afterUrl: /dial tcp: lookup dns-no-address\.whytls\.test on 127\.0\.0\.1:53: no such host/ },
  'dns-timeout': {
    afterUrl: /dial tcp: lookup dns-timeout\.whytls\.test on 127\.0\.0\.1:53: read udp [0-9.:]+->127\.0\.0\.1:53: i\/o timeout/,
  },
  'tcp-refused': { afterUrl: /dial tcp 127\.0\.0\.1:\d+: connect: connection refused/ },
  'tcp-timeout': { afterUrl: /dial tcp 127\.0\.0\.1:\d+: i\/o timeout/ },
  'tcp-unreachable': { afterUrl: /dial tcp 203\.0\.113\.7:443: connect: network is unreachable/ },
  'proxy-unreachable': { afterUrl: /proxyconnect tcp: dial tcp 127\.0\.0\.1:\d+: connect: connection refused/ },
  'proxy-cert-invalid': { afterUrl: new RegExp(`proxyconnect tcp: ${UNKNOWN.source}`) },
  'proxy-scheme-wrong': { afterUrl: /proxyconnect tcp: tls: first record does not look like a TLS handshake/ },
  'proxy-url-invalid': { afterUrl: LOOKUP_HTTP },
  'proxy-cert-invalid/expired': { afterUrl: new RegExp(`proxyconnect tcp: ${EXPIRED.source}`) },
  'proxy-cert-invalid/name': {
    afterUrl: new RegExp(`proxyconnect tcp: ${VERIFY}certificate is valid for www\\.other\\.test, other\\.test, not ${NAME}`),
  },
  'proxy-cert-invalid/self-signed': { afterUrl: new RegExp(`proxyconnect tcp: ${UNKNOWN.source}`) },
  'server-version-too-old/parent': { afterUrl: /proxyconnect tcp: remote error: tls: protocol version not supported/ },
  'proxy-closed/tls': { afterUrl: /proxyconnect tcp: EOF/ },
  'proxy-reset/tls': { afterUrl: new RegExp(`proxyconnect tcp: ${RESET.source}`) },
  'proxy-silent/tls': { afterUrl: /proxyconnect tcp: net\/http: TLS handshake timeout/ },
  'proxy-scheme-wrong/line': { afterUrl: /proxyconnect tcp: EOF/ },
  'proxy-scheme-wrong/socks': { afterUrl: socks('unexpected protocol version 72') },
  'proxy-url-invalid/port': { afterUrl: /proxyconnect tcp: dial tcp: address 99999: invalid port/ },
  'proxy-url-invalid/slash': { afterUrl: LOOKUP_HTTP },
  'proxy-auth-required/ntlm': { afterUrl: /Proxy Authentication Required/ },
  'proxy-auth-required/https': { afterUrl: /Proxy Authentication Required/ },
  'proxy-auth-required/socks': { afterUrl: socks('no acceptable authentication methods') },
  'proxy-auth-required/socks-password': { afterUrl: socks('username/password authentication failed') },
  'proxy-forbidden/socks': { afterUrl: socks('unknown error connection not allowed by ruleset') },
  'proxy-bad-gateway/socks': { afterUrl: socks('unknown error host unreachable') },
  'proxy-closed/socks': { afterUrl: socks('EOF') },
  'proxy-forbidden': { afterUrl: /Forbidden/ },
  'proxy-auth-required': { afterUrl: /Proxy Authentication Required/ },
  'proxy-bad-gateway': { afterUrl: /Bad Gateway/ },
  'proxy-closed': { afterUrl: /unexpected EOF/ },
  'proxy-reset': { afterUrl: RESET },
  'proxy-silent': { afterUrl: /context deadline exceeded/ },
  'proxy-not-http': { afterUrl: /malformed HTTP response "SSH-2\.0-OpenSSH_9\.2"/ },
  'peer-reset': { afterUrl: RESET },
  'peer-closed': { afterUrl: /EOF/ },
  'peer-closed/after-server-hello': { afterUrl: /EOF/ },
  'peer-closed/after-handshake': { afterUrl: /EOF/ },
  'peer-silent/after-server-hello': { afterUrl: /net\/http: TLS handshake timeout/ },
  'peer-closed/in-record': { afterUrl: /unexpected EOF/ },
  'peer-silent': { afterUrl: /net\/http: TLS handshake timeout/ },
  'plain-http-on-tls-port': { afterUrl: /http: server gave HTTP response to HTTPS client/ },
  'not-tls': { afterUrl: /tls: first record does not look like a TLS handshake/ },
  'record-oversized': { afterUrl: /tls: oversized record received with length 65535/ },
  'server-version-too-old': { afterUrl: /remote error: tls: protocol version not supported/ },
  'server-version-too-old/server-hello': { afterUrl: /tls: server selected unsupported protocol version 302/ },
  'no-common-cipher': { afterUrl: /remote error: tls: handshake failure/ },
  'client-hello-too-large': { afterUrl: /net\/http: TLS handshake timeout/ },
  'client-hello-too-large/reset': { afterUrl: RESET },
  'client-hello-too-large/close': { afterUrl: /EOF/ },
  'client-hello-too-large/group': { afterUrl: RESET },
  'client-hello-too-large/alert': remote('illegal parameter'),
  'sni-filtered': { afterUrl: RESET },
  'sni-filtered/silence': { afterUrl: /net\/http: TLS handshake timeout/ },
  'sni-filtered/alert': remote('unrecognized name'),
  'captive-portal/block-page': { afterUrl: /http: server gave HTTP response to HTTPS client/ },
  'plain-http-on-tls-port/greets': { afterUrl: /http: server gave HTTP response to HTTPS client/ },
  'sni-filtered/page': { afterUrl: /http: server gave HTTP response to HTTPS client/ },
  'sni-filtered/close': { afterUrl: /EOF/ },
  'tls13-intolerant': { afterUrl: RESET },
  'sni-filtered/any-name': remote('access denied'),
  'sni-filtered/strict-host': { afterUrl: RESET },
  'tls13-intolerant/alert-40': remote('handshake failure'),
  'tls13-intolerant/alert': remote('protocol version not supported'),
  'tls13-intolerant/silence': { afterUrl: /net\/http: TLS handshake timeout/ },
  'no-common-group': remote('handshake failure'),
  'alpn-mismatch': remote('no application protocol'),
  'downgrade-detected': { afterUrl: /tls: downgrade attempt detected, possibly due to a MitM attack or a broken middlebox/ },
  'hrr-loop': { afterUrl: /tls: server sent two HelloRetryRequest messages/ },
  'malformed-server-hello': UNREADABLE,
  'malformed-server-hello/trailing': UNREADABLE,
  'malformed-server-hello/cut': UNREADABLE,
  'malformed-server-hello/session-id': tls('server did not echo the legacy session ID'),
  'malformed-server-hello/compression': {
    afterUrl: {
      '1.21': /tls: server selected unsupported compression format/,
      '1.25': /tls: server sent non-zero legacy TLS compression method/,
    },
  },
  'malformed-server-hello/compression-tls12': tls('server selected unsupported compression format'),
  'malformed-server-hello/suite-of-tls12': tls('server chose an unconfigured cipher suite'),
  'malformed-server-hello/suite-of-tls13': tls('server chose an unconfigured cipher suite'),
  'malformed-server-hello/legacy-field': tls('server selected TLS 1\\.3 using the legacy version field'),
  'malformed-server-hello/draft': tls('server selected unsupported protocol version 7f1c'),
  'malformed-server-hello/forbidden-extension': tls('server sent a ServerHello extension forbidden in TLS 1\\.3'),
  'malformed-server-hello/no-key-share': tls('server did not send a key share'),
  'malformed-server-hello/short-key-share': tls('invalid server key share'),
  'malformed-server-hello/key-share-not-sent': tls('server selected unsupported group'),
  'malformed-server-hello/pre-shared-key': tls('server selected an invalid PSK'),
  'malformed-server-hello/needless-retry': tls('server sent an unnecessary HelloRetryRequest key_share'),
  'malformed-server-hello/empty-retry': tls('server sent an unnecessary HelloRetryRequest message'),
  'malformed-server-hello/other-suite': tls('server changed cipher suite after a HelloRetryRequest'),
  'malformed-server-hello/renegotiation': tls('initial handshake had non-empty renegotiation extension'),
  'malformed-server-hello/early-data': tls('server sent an unexpected early_data extension'),
  'malformed-server-hello/encrypted-extensions': UNREADABLE,
  'no-common-group/retry': tls('server selected unsupported group'),
  'no-common-group/server-hello': tls('server selected unsupported group'),
  'no-common-group/finite-field': remote('handshake failure'),
  'no-common-group/ml-kem': remote('handshake failure'),
  'no-common-cipher/camellia': remote('handshake failure'),
  'no-common-cipher/closed': { afterUrl: /EOF/ },
  'no-common-group/tls12': remote('handshake failure'),
  'alpn-mismatch/chosen': tls('server selected unadvertised ALPN protocol'),
  'alpn-mismatch/encrypted': tls('server selected unadvertised ALPN protocol'),
  'alpn-mismatch/tls12': remote('no application protocol'),
  'downgrade-detected/server': { afterUrl: /tls: downgrade attempt detected, possibly due to a MitM attack or a broken middlebox/ },
  'downgrade-detected/some-hellos': { afterUrl: /tls: downgrade attempt detected, possibly due to a MitM attack or a broken middlebox/ },
  'hrr-loop/cookie': tls('server sent two HelloRetryRequest messages'),
  'unexpected-message/hello-request': { afterUrl: unexpected('helloRequestMsg', 'serverHelloMsg') },
  'unexpected-message/unknown-type': { afterUrl: /local error: tls: unexpected message/ },
  'unexpected-message/no-certificate': { afterUrl: unexpected('serverHelloDoneMsg', 'certificateMsg') },
  'unexpected-message/change-cipher-spec': { afterUrl: /local error: tls: unexpected message/ },
  'unexpected-message/retry-then-certificate': UNREADABLE,
  'unexpected-message/encrypted': { afterUrl: unexpected('finishedMsg', 'encryptedExtensionsMsg') },
  'unexpected-message/encrypted-key-update': { afterUrl: unexpected('keyUpdateMsg', 'certificateMsgTLS13') },
  'unexpected-message': { afterUrl: unexpected('serverHelloDoneMsg', 'serverHelloMsg') },
  'no-common-cipher/rsa-exchange': { afterUrl: /remote error: tls: handshake failure/ },
  'ok/rsa-1024': { whole: /(?:)/ },
  'ok/rsa-1024-tls12': { whole: /(?:)/ },
  'ok/client-cert-optional': { whole: /(?:)/ },
  'client-cert-required': WANTS_CERTIFICATE,
  'client-cert-required/http1': WANTS_CERTIFICATE_HTTP1,
  'client-cert-required/tls12': { afterUrl: /remote error: tls: handshake failure/ },
  'cert-expired': { afterUrl: EXPIRED },
  'cert-expired/stray': { afterUrl: EXPIRED },
  'cert-expired/stray-tls12': { afterUrl: EXPIRED },
  'cert-expired/tls12': { afterUrl: EXPIRED },
  'cert-not-yet-valid': { afterUrl: verify(`certificate has expired or is not yet valid: current time ${TIME} is before ${TIME}`) },
  'intermediate-expired': { afterUrl: EXPIRED },
  'root-expired': { afterUrl: EXPIRED },
  'cert-name-mismatch': { afterUrl: verify(`certificate is valid for www\\.other\\.test, other\\.test, not ${NAME}`) },
  'cert-name-mismatch/tls12': { afterUrl: verify(`certificate is valid for www\\.other\\.test, other\\.test, not ${NAME}`) },
  'cert-no-san': { afterUrl: verify('certificate relies on legacy Common Name field, use SANs instead') },
  'cert-ip-no-san': { afterUrl: verify("cannot validate certificate for 192\\.0\\.2\\.10 because it doesn't contain any IP SANs") },
  'cert-self-signed': { afterUrl: UNKNOWN },
  'captive-portal': { afterUrl: /Found/ },
  'captive-portal/511': { afterUrl: /Network Authentication Required/ },
  'captive-portal/page': { afterUrl: /tls: first record does not look like a TLS handshake/ },
  'captive-portal/clear': { afterUrl: /http: server gave HTTP response to HTTPS client/ },
  'captive-portal/redirect': { whole: /.*redirected from secure URL https:.* to insecure URL http:.*\n/ },
  'captive-portal/certificate': { afterUrl: verify(`certificate is valid for www\\.hotel\\.example, not ${NAME}`) },
  'inspection-ca-untrusted': { afterUrl: UNKNOWN },
  'inspection-ca-untrusted/proxy': { afterUrl: UNKNOWN },
  'inspection-ca-untrusted/git-knows': { afterUrl: UNKNOWN },
  'ok/intercepted': { whole: /(?:)/ },
  'unknown-authority/private-mirror': { afterUrl: UNKNOWN },
  'unknown-authority': { afterUrl: UNKNOWN },
  'unknown-authority/tls12': { afterUrl: UNKNOWN },
  'missing-intermediate': { afterUrl: UNKNOWN },
  'client-clock-wrong': { afterUrl: EXPIRED },
  'client-clock-wrong/behind': { afterUrl: EARLY },
  'client-clock-wrong/hours': { afterUrl: EARLY },
  'client-clock-wrong/tls12': { afterUrl: EXPIRED },
  'client-clock-wrong/parent': { afterUrl: EXPIRED },
  'client-clock-wrong/intermediate': { afterUrl: EXPIRED },
  'cert-expired/liar': { afterUrl: EXPIRED },
  'cert-expired/liar-alone': { afterUrl: EXPIRED },
  'cert-expired/two-liars': { afterUrl: EXPIRED },
  'cert-expired/clock-too': { afterUrl: EXPIRED },
  'client-roots-missing': { afterUrl: UNKNOWN },
  'client-distrusts-proxy-ca': { afterUrl: UNKNOWN },
  'cert-negative-serial': { afterUrl: unparsed('negative serial number') },
  'cert-malformed': { afterUrl: duplicateExtension('2\\.5\\.29\\.15') },
  'cert-malformed/tls12': { afterUrl: duplicateExtension('2\\.5\\.29\\.15') },
  'cert-malformed/san': { afterUrl: unparsed('cannot parse IP address of length 3') },
  'cert-malformed/garbage-tls12': { afterUrl: unparsed('malformed certificate') },
  'cert-malformed/garbage': { afterUrl: unparsed('malformed certificate') },
  'chain-order': { afterUrl: verify(`certificate is not valid for any names, but wanted to match ${NAME}`) },
  'chain-order/tls12': { afterUrl: verify(`certificate is not valid for any names, but wanted to match ${NAME}`) },
  'chain-signature-invalid': { afterUrl: hinted('x509: ECDSA verification failure') },
  'sha1-signature': {
    afterUrl: {
      '1.21': hinted('x509: cannot verify signature: insecure algorithm SHA1-RSA \\(temporarily override with GODEBUG=x509sha1=1\\)'),
      '1.24': hinted('x509: cannot verify signature: insecure algorithm SHA1-RSA'),
    },
  },
  'md5-signature': { afterUrl: hinted('x509: cannot verify signature: insecure algorithm MD5-RSA') },
  'weak-rsa-key': { afterUrl: hinted(weakKey(1000)) },
  'weak-rsa-key/leaf': { afterUrl: new RegExp(`tls: invalid signature by the server certificate: ${weakKey(1000)}`) },
  'rsa-key-too-large': { afterUrl: /tls: server sent certificate containing RSA key larger than 8192 bits/ },
  'unsupported-public-key': { afterUrl: /tls: server's certificate contains an unsupported type of public key: <nil>/ },
  'unsupported-public-key/rsa-pss': { afterUrl: /tls: server's certificate contains an unsupported type of public key: <nil>/ },
  'name-constraints': {
    afterUrl: verify(
      `a root or intermediate certificate is not authorized to sign for this name: DNS name "${NAME}" is not permitted by any constraint`,
    ),
  },
  'path-length-exceeded': { afterUrl: verify('too many intermediates for path length constraint') },
  'issuer-not-ca': { afterUrl: hinted('x509: invalid signature: parent certificate cannot sign this kind of certificate') },
  'eku-mismatch': { afterUrl: verify('certificate specifies an incompatible key usage') },
  'unhandled-critical-extension': { afterUrl: verify('unhandled critical extension') },
  'empty-certificate': { afterUrl: /tls: received empty certificates message/ },
  'key-mismatch': signature('ECDSA verification failure'),
  'key-mismatch/tls12': signature('ECDSA verification failure'),
  'key-mismatch/rsa': signature('crypto/rsa: verification error'),
  'key-mismatch/rsa-tls12': signature('crypto/rsa: verification error'),
  'key-mismatch/ed25519': signature('Ed25519 verification failure'),
  'key-mismatch/rsa-exchange': remote('bad record MAC'),
  'key-mismatch/kinds': {
    afterUrl: {
      '1.21': /tls: invalid signature by the server certificate: expected an RSA public key, got \*ecdsa\.PublicKey/,
      '1.25': /tls: certificate used with invalid signature algorithm/,
    },
  },
  'handshake-message-too-large': TOO_LARGE,
  'handshake-message-too-large/tls12': TOO_LARGE,
  'ok/large-chain': { whole: /(?:)/ },
  'finished-mismatch': { afterUrl: /tls: invalid server finished hash/ },
  'finished-mismatch/tls12': { afterUrl: /tls: server's Finished message was incorrect/ },
  'bad-record-mac': DAMAGED_HERE,
  'bad-record-mac/first': DAMAGED_HERE,
  'bad-record-mac/finished': DAMAGED_HERE,
  'bad-record-mac/finished-tls12': DAMAGED_HERE,
  'bad-record-mac/hello-retry': DAMAGED_HERE,
  'bad-record-mac/chacha': DAMAGED_HERE,
  'finished-mismatch/hello-retry': { afterUrl: /tls: invalid server finished hash/ },
  'finished-mismatch/http1-tls12': { afterUrl: /tls: server's Finished message was incorrect/ },
  'record-oversized/tls13': { afterUrl: /tls: oversized record received with length 16896/ },
  'client-cert-required/reset': { afterUrl: RESET },
  'peer-closed/close-notify': { afterUrl: /EOF/ },
  'bad-record-mac/answer': DAMAGED_HERE,
  'bad-record-mac/answer-h2': DAMAGED_BEHIND_PREFACE,
  'bad-record-mac/answer-tls12': DAMAGED_HERE,
  'bad-record-mac/other-hello': DAMAGED_HERE,
  'bad-record-mac/client-finished-tls12': { afterUrl: /remote error: tls: bad record MAC/ },
  'bad-record-mac/other-hello-tls12': { afterUrl: /remote error: tls: bad record MAC/ },
  'bad-record-mac/request': { afterUrl: /remote error: tls: bad record MAC/ },
  'renegotiation-refused': { afterUrl: /local error: tls: no renegotiation/ },
  'renegotiation-refused/cbc': { afterUrl: /local error: tls: no renegotiation/ },
  'unsupported-public-key/pkcs1': { afterUrl: /tls: certificate used with invalid signature algorithm/ },
  'unsupported-public-key/sha1': { afterUrl: /tls: certificate used with invalid signature algorithm/ },
  'http-400': status('400 Bad Request', 'bad request'),
  'http-401': status('401 Unauthorized', 'log in first'),
  'http-403': status('403 Forbidden', 'not for you'),
  'http-404': status('404 Not Found', 'no such module'),
  'http-407': status('407 Proxy Authentication Required', 'a proxy login, says the origin'),
  'http-429': status('429 Too Many Requests', 'slow down'),
  'http-4xx': status('451 Unavailable For Legal Reasons', 'not in this country'),
  'http-4xx/teapot': status("418 I'm a teapot", 'short and stout'),
  'http-other': status('302 Found', 'somewhere else'),
  'http-other/no-content': { whole: new RegExp(`${READING}204 No Content\n`) },
  'peer-closed/close-notify-handshake': { afterUrl: /EOF/ },
  'http-5xx': status('503 Service Unavailable', 'back soon'),
  'redirect-insecure': { whole: /.*redirected from secure URL https:.* to insecure URL http:.*\n/ },
  'root-expired/sent': { afterUrl: EXPIRED },
  'http-404/toolchain': {
    whole:
      /go: downloading go1\.99\.0 \([a-z0-9]+\/[a-z0-9]+\)\ngo: download go1\.99\.0 for [a-z0-9]+\/[a-z0-9]+: toolchain not available\n/,
  },
  'redirect-loop/relative': {
    whole: /go: lab\.whytls\.test\/hello@v1\.0\.0: Get "\/lab\.whytls\.test\/hello\/@v\/v1\.0\.0\.info": stopped after 10 redirects\n/,
  },
  'invalid-module-response/foreign-zip': {
    whole: /go: zip for lab\.whytls\.test\/hello@v1\.0\.0 has unexpected file other\.test\/module@v1\.0\.0\/go\.mod\n/,
  },
  'client-cert-required/http-400': {
    whole: new RegExp(`${READING}400 Bad Request\\n\\tserver response: No required SSL certificate was sent\\n`),
  },
  'client-cert-required/http-400-http1': {
    whole: new RegExp(`${READING}400 Bad Request\\n\\tserver response: No required SSL certificate was sent\\n`),
  },
  'redirect-loop': { afterUrl: /stopped after 10 redirects/ },
  'body-truncated': { whole: /go: lab\.whytls\.test\/hello@v1\.0\.0: read "https:[^"]+\.zip": unexpected EOF\n/ },
  'body-truncated/h2': {
    whole:
      /go: lab\.whytls\.test\/hello@v1\.0\.0: read "https:[^"]+\.zip": stream error: stream ID \d+; INTERNAL_ERROR; received from peer\n/,
  },
  'invalid-module-response': { whole: /.*invalid response from proxy .*\n/ },
  'checksum-mismatch': { whole: /.*verifying lab\.whytls\.test\/hello@v1\.0\.0: checksum mismatch\n.*SECURITY ERROR\n.*/ },
  'http2-refused/endless': { whole: /(?:)/ },
  'http2-refused/endless-reset': { whole: /(?:)/ },
  'http2-refused': { afterUrl: /http2: server sent GOAWAY and closed the connection; LastStreamID=1, ErrCode=ENHANCE_YOUR_CALM, debug=""/ },
  'alert-handshake-failure': remote('handshake failure'),
  'alert-illegal-parameter': remote('illegal parameter'),
  'alert-access-denied': remote('access denied'),
  'alert-decode-error': remote('error decoding message'),
  'alert-internal-error': remote('internal error'),
  'alert-unrecognized-name': remote('unrecognized name'),
  'alert-unknown': { afterUrl: /remote error: tls: alert\(99\)/ },
}

/** HTTP/1.1: `persistConn.readLoop` may meet the server's alert before the first request is given to the connection. */
function lateAlert(text: string, ...more: readonly RaceText[]): CaseText {
  const early = { words: new RegExp(`readLoopPeekFailLocked: remote error: tls: ${text}`) }
  return { ...remote(text), orByRace: [early, ...more, CLOSED_MEANWHILE] }
}

function verify(pattern: string): RegExp {
  return new RegExp(VERIFY + pattern)
}

function signature(pattern: string): CaseText {
  return { afterUrl: new RegExp(`tls: invalid signature by the server certificate: ${pattern}`) }
}

function socks(words: string): RegExp {
  return new RegExp(`socks connect tcp 127\\.0\\.0\\.1:\\d+->${NAME}:\\d+: ${words}`)
}

function unparsed(pattern: string): RegExp {
  return new RegExp(`tls: failed to parse certificate from server: x509: ${pattern}`)
}

/** The hint that go adds when a candidate issuer was found and did not do. */
function hinted(pattern: string): RegExp {
  return verify(
    `certificate signed by unknown authority \\(possibly because of "${pattern}" while trying to verify candidate authority certificate "[^"]+"\\)`,
  )
}

function duplicateExtension(oid: string): GoText {
  return {
    '1.21': unparsed('certificate contains duplicate extensions'),
    '1.23': unparsed(`certificate contains duplicate extension with OID "${oid}"`),
  }
}

function weakKey(bits: number): string {
  return `crypto/rsa: ${bits}-bit keys are insecure \\(see https://go\\.dev/pkg/crypto/rsa#hdr-Minimum_key_size\\)`
}

function remote(text: string): CaseText {
  return { afterUrl: new RegExp(`remote error: tls: ${text}`) }
}

/** go shows the body of a text/plain answer below its own line. */
function status(line: string, body: string): CaseText {
  return { whole: new RegExp(`${READING}${line}\n\tserver response: ${body}\n`) }
}

/** A message where another one belongs. */
function unexpected(got: string, wanted: string): RegExp {
  return new RegExp(`tls: received unexpected handshake message of type \\*tls\\.${got} when waiting for \\*tls\\.${wanted}`)
}

/** Words of go's own about the handshake. */
function tls(pattern: string): CaseText {
  return { afterUrl: new RegExp(`tls: ${pattern}`) }
}
