import { describe, expect, it } from 'vitest'
import { explainPaste } from '../../src/diagnosis/explain-paste.ts'
import { spellOut } from '../docs/go-words.ts'
import { type CaseText, GO_TEXTS } from '../e2e/texts.ts'
import { DEAR, growthBy4 } from '../effort.ts'

/** Real values for what varies in go's texts. */
const SPELLING = [
  [String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)`, '2026-11-22T13:44:02Z'],
  [String.raw`[a-z0-9.-]+\.whytls\.test`, 'mods.whytls.test'],
  ['https://[^ ]+', 'https://mods.whytls.test/lab.whytls.test/hello'],
  ['https:[^"]+', 'https://mods.whytls.test/lab.whytls.test/hello/@v/v1.0.0'],
  ['[0-9.:]+', '10.1.2.3:443'],
  ['[^"]+', 'Acme CA'],
  ['[^ ]+', 'word'],
  [String.raw`\d+`, '5'],
  ['.*', ''],
] as const

const rows = Object.entries(GO_TEXTS).flatMap(([id, text]) => textsOf(text).map((said) => ({ id, cause: id.split('/')[0] ?? '', said })))

function textsOf({ afterUrl, whole, orByRace = [] }: CaseText): readonly string[] {
  const patterns = afterUrl ?? whole
  const usual = patterns === undefined ? [] : patterns instanceof RegExp ? [patterns] : Object.values(patterns)
  const list = [...usual, ...orByRace.map(({ words }) => words)]
  const before = whole === undefined ? 'go: m.example/m@v1.0.0: Get "https://mods.whytls.test/m.example/m/@v/v1.0.0.info": ' : ''
  return list.flatMap((pattern) => spellOut(pattern, SPELLING)).map((said) => `${before}${said}`)
}

function causesOf(text: string): readonly string[] {
  return explainPaste(text).flatMap(({ candidates }) => candidates.map(({ cause }) => cause))
}

describe('what go really prints', () => {
  it.each(rows.filter(({ cause, said }) => cause !== 'ok' && said !== ''))(
    'for $id ($said) has its cause among the candidates',
    ({ cause, said }) => {
      expect(causesOf(said)).toContain(cause)
    },
  )
})

const ANYWHERE: readonly (readonly [about: string, text: string, first: string])[] = [
  [
    'go 1.19, without the prefix of 1.20',
    'go: m.example/m@v1: Get "https://mods.example/x": x509: certificate signed by unknown authority',
    'inspection-ca-untrusted',
  ],
  [
    'go 1.13, with the URL bare',
    'go: m.example/m@v1: Get https://mods.example/x: net/http: TLS handshake timeout',
    'client-hello-too-large',
  ],
  ['a GitHub log', '2026-11-22T13:44:02.1234567Z ##[error]go: m.example/m@v1: Get "https://mods.example/x": EOF', 'peer-closed'],
  ['a BuildKit log', '#12 3.456 go: m.example/m@v1: Get "https://mods.example/x": Proxy Authentication Required', 'proxy-auth-required'],
  [
    'colours',
    '\u001b[31mgo: m.example/m@v1: Get "https://mods.example/x": \u001b[1mtls: failed to verify certificate: x509: certificate is valid for a.example, not mods.example\u001b[0m',
    'cert-name-mismatch',
  ],
  [
    'the way to the proxy',
    'Get "https://mods.example/x": proxyconnect tcp: tls: first record does not look like a TLS handshake',
    'proxy-scheme-wrong',
  ],
  [
    'a value that go took for a name',
    'Get "https://mods.example/x": proxyconnect tcp: dial tcp: lookup http: no such host',
    'proxy-url-invalid',
  ],
  ['a phrase of the proxy alone', 'Get "https://mods.example/x": Blocked by policy XYZ', 'proxy-forbidden'],
  ['nothing after the URL', 'Get "https://mods.example/x": ', 'proxy-forbidden'],
  ['a bare text', 'x509: certificate relies on legacy Common Name field, use SANs instead', 'cert-no-san'],
  [
    'a clock that is behind',
    'x509: certificate has expired or is not yet valid: current time 2026-05-17T10:34:00Z is before 2026-07-08T00:00:00Z',
    'client-clock-wrong',
  ],
  [
    'git with GnuTLS',
    "fatal: unable to access 'https://git.example/a/b/': server certificate verification failed. CAfile: none CRLfile: none",
    'inspection-ca-untrusted',
  ],
  [
    'git with OpenSSL',
    "fatal: unable to access 'https://git.example/a/b/': SSL certificate problem: unable to get local issuer certificate",
    'inspection-ca-untrusted',
  ],
  [
    'git with schannel',
    "fatal: unable to access 'https://git.example/a/b/': schannel: SEC_E_UNTRUSTED_ROOT (0x80090325)",
    'inspection-ca-untrusted',
  ],
  ['git behind a proxy', "fatal: unable to access 'https://git.example/a/b/': CONNECT tunnel failed, response 407", 'proxy-auth-required'],
  [
    'git with an older libcurl',
    "fatal: unable to access 'https://git.example/a/b/': Received HTTP code 403 from proxy after CONNECT",
    'proxy-forbidden',
  ],
  [
    'git, name',
    "fatal: unable to access 'https://git.example/a/': SSL: certificate subject name (x) does not match target host name 'git.example'",
    'cert-name-mismatch',
  ],
  ['curl 60', 'curl: (60) SSL certificate problem: certificate has expired', 'cert-expired'],
  ['curl 35', 'curl: (35) error:0A00010B:SSL routines::wrong version number', 'plain-http-on-tls-port'],
  ['curl 6', 'curl: (6) Could not resolve host: mods.example', 'dns-nxdomain'],
  ['curl with SecureTransport', 'curl: (60) SSL: no alternative certificate subject name matches target host name', 'cert-name-mismatch'],
  ['macOS, standards', 'Get "https://mods.example/x": x509: “*.example” certificate is not standards compliant', 'eku-mismatch'],
  ['macOS, expired', 'Get "https://mods.example/x": x509: “mods.example” certificate is expired', 'cert-expired'],
  [
    'Windows, DNS',
    'Get "https://mods.example/x": dial tcp: lookup mods.example: getaddrinfow: The requested name is valid, but no data of the requested type was found.',
    'dns-no-address',
  ],
  [
    'Windows, reset',
    'Get "https://mods.example/x": read tcp 10.1.2.3:5000->10.1.2.4:443: wsarecv: An existing connection was forcibly closed by the remote host.',
    'peer-reset',
  ],
  ['HTTP/2', 'Get "https://mods.example/x": stream error: stream ID 1; INTERNAL_ERROR; received from peer', 'http2-refused'],
  ['a slim image', 'Get "https://mods.example/x": x509: failed to load system roots and no roots provided', 'client-roots-missing'],
  [
    'a CI log with time stamps and seconds',
    '2026-11-22T10:00:00Z #9 0.412 go: m.example/m@v1: Get "https://mods.example/x": EOF\r',
    'peer-closed',
  ],
  ['a container', 'app-1  | go: m.example/m@v1: Get "https://mods.example/x": net/http: TLS handshake timeout', 'client-hello-too-large'],
  [
    'a log in JSON',
    '{"level":"error","msg":"go: m.example/m@v1: Get \\"https://mods.example/x\\": x509: certificate signed by unknown authority"}',
    'inspection-ca-untrusted',
  ],
  ['git 56', 'error: RPC failed; curl 56 GnuTLS recv error (-54): Error in the pull function.', 'body-truncated'],
  [
    'git with schannel and no CRL',
    "fatal: unable to access 'https://git.example/a/': schannel: next InitializeSecurityContext failed: Unknown error (0x80092012) - The revocation function was unable to check revocation for the certificate.",
    'inspection-ca-untrusted',
  ],
  [
    'git with a port that refuses',
    "fatal: unable to access 'https://git.example/a/': Failed to connect to git.example port 443 after 12 ms: Couldn't connect to server",
    'tcp-refused',
  ],
  ['curl 28 with a silent host', 'curl: (28) Operation timed out after 10001 milliseconds with 0 bytes received', 'peer-silent'],
  ['curl 97', "curl: (97) Can't complete SOCKS5 connection to mods.example. (2)", 'proxy-forbidden'],
  ['npm', 'npm ERR! code SELF_SIGNED_CERT_IN_CHAIN', 'inspection-ca-untrusted'],
  ['wget', "Unable to locally verify the issuer's authority.", 'inspection-ca-untrusted'],
  ['openssl s_client', 'Verify return code: 21 (unable to verify the first certificate)', 'missing-intermediate'],
  ['a git path', 'go: git.example/a/b.git@v1.0.0: no secure protocol found for repository', 'hidden-failure'],
  ['a go.sum that hides it', 'main.go:3:8: missing go.sum entry for module providing package m.example/m; to add:', 'hidden-failure'],
  [
    'a name in a certificate that cannot be parsed',
    'Get "https://mods.example/x": tls: failed to parse certificate from server: x509: cannot parse URI "https://a[b": parse "https://a[b": net/url: invalid DNS name',
    'cert-malformed',
  ],
  ['a certificate with a broken string', 'x509: invalid RDNSequence: invalid attribute value: invalid PrintableString', 'cert-malformed'],
  ['a value of GOPROXY', 'go: invalid proxy URL "proxy.example:8080": parse "proxy.example:8080": first path segment', 'proxy-url-invalid'],
  ['go 1.12, status', 'go: m.example/m@v1: unexpected status (https://mods.example/m/@v/v1.info): 401 authentication required', 'http-401'],
  ['go 1.16, HTTP/2', 'go get: m.example/m@v1: stream error: stream ID 3; NO_ERROR', 'http2-refused'],
  ['an HTTP/2 connection that died', 'Get "https://mods.example/x": http2: client connection lost', 'peer-silent'],
  [
    'an HTTP/2 connection that ended',
    'Get "https://mods.example/x": http2: client connection force closed via ClientConn.Close',
    'peer-closed',
  ],
  [
    'a container without a resolver',
    'Get "https://mods.example/x": dial tcp: lookup mods.example on [::1]:53: read udp [::1]:44385->[::1]:53: read: connection refused',
    'dns-servfail',
  ],
  ['macOS, a number', 'Get "https://mods.example/x": tls: failed to verify certificate: x509: OSStatus -26276', 'inspection-ca-untrusted'],
  [
    'FIPS',
    'Get "https://mods.example/x": tls: failed to verify certificate: tls: no FIPS compatible certificate chains found',
    'unsupported-public-key',
  ],
  [
    'a time limit of a client',
    'Get "https://mods.example/x": net/http: request canceled while waiting for connection (Client.Timeout exceeded)',
    'peer-silent',
  ],
  [
    'HTTP/2 that was not agreed on',
    String.raw`Get "https://mods.example/x": net/http: HTTP/1.x transport connection broken: malformed HTTP response "\x00\x00\x06\x04\x00"`,
    'alpn-mismatch',
  ],
  [
    'a proxy that speaks TLS',
    String.raw`Get "https://mods.example/x": malformed HTTP response "\x15\x03\x01\x00\x02\x02\x16"`,
    'proxy-scheme-wrong',
  ],
  [
    "git with an older libcurl's words for the end",
    "fatal: unable to access 'https://git.example/a/': Unknown SSL protocol error in connection to git.example:-9838",
    'peer-closed',
  ],
  ['the sign-in of a network', 'go: m.example/m@v1: reading https://mods.example/x: 511 Network Authentication Required', 'captive-portal'],
]

describe('a pasted text', () => {
  it.each(ANYWHERE)('from %s is read', (_about, text, first) => {
    expect(causesOf(text)[0]).toBe(first)
  })

  it('that a narrow terminal broke is one reading, with its host', () => {
    const go = 'go: m.example/m@v1: Get "https://mods.example/m/@v/v1.info": '
    for (const text of [
      `${go}net/http: TLS hands\nhake timeout`,
      `${go}tls: failed to verify\r\n certificate: x509: certificate signed by unknown authority`,
      'go: m.example/m@v1: Get "https://mods.example/m/@v/v1.i\nnfo": x509: certificate signed by unknown authority',
      `${go}\ndial tcp 10.1.2.3:443: i/o timeout`,
    ])
      expect(explainPaste(text)).toMatchObject([{ host: 'mods.example', count: 1 }])
  })

  it('is not joined with a line that says something of its own', () => {
    const text = 'go: m.example/m@v1: Get "https://mods.example/m/@v/v1.info": tls: odd\ncurl: (7) Failed to connect to x.example port 1'
    expect(explainPaste(text)).toMatchObject([{ host: 'x.example' }])
  })

  it('of many failing modules is one reading with a count', () => {
    const lines = Array.from({ length: 500 }, (_, n) => `go: m.example/m${n}@v1.0.0: Get "https://mods.example/m${n}": EOF`)
    expect(explainPaste(lines.join('\n'))).toMatchObject([{ count: 500, host: 'mods.example' }])
  })

  it('gives one command with the host that it names', () => {
    const [one] = explainPaste('Get "https://mods.example:8443/x": x509: certificate signed by unknown authority')
    expect(one?.decide.command).toBe('whytls probe mods.example:8443')
  })

  it('puts nothing hostile into the command', () => {
    for (const host of ['$(id)', 'a;b', '-x', "a'b"]) {
      const [one] = explainPaste(`go: a.b/$(id)@v1: Get "https://${host}/x": EOF`)
      expect(one?.decide.command ?? '').not.toMatch(/[$;']|probe -/)
    }
  })

  it('without a known sentence gives nothing', () => {
    for (const text of ['', 'all is well', 'ok  \tm.example/m\t0.2s', '\u0000'.repeat(9000)]) expect(explainPaste(text)).toEqual([])
  })

  it.each([
    ['Get "https:', 90_000, (noise: string) => noise],
    ['a', 1 << 20, (noise: string) => `Get "https://${noise}`],
    ['[2026-11-22 ', 80_000, (noise: string) => noise],
    ['x@', 500_000, (noise: string) => noise],
    ['a\n', 500_000, (noise: string) => noise],
  ])('of a megabyte of %j costs no more than four times what a quarter of it does', (part, count, wrap) => {
    const growth = growthBy4((share) => {
      const noise = wrap(part.repeat(count * share))
      return () => explainPaste(noise)
    })
    expect(growth).toBeLessThan(DEAR)
  })
})

describe('words of the field that stand alone', () => {
  const causesOf = (text: string) => explainPaste(text).flatMap(({ candidates }) => candidates.map(({ cause }) => cause))

  it.each([
    ['remote error: tls: internal error', 'alert-internal-error'],
    ['remote error: tls: certificate required', 'client-cert-required'],
    ['remote error: tls: illegal parameter', 'alert-illegal-parameter'],
    ['stream error: stream ID 35; INTERNAL_ERROR; received from peer', 'http2-refused'],
    ['go get m.example/x: Get "https://mods.example/x/@v/list": dial tcp: i/o timeout', 'tcp-timeout'],
    ["fatal: unable to access 'https://code.example/x/': SSL: certificate verification failed (result: 5)", 'unknown-authority'],
    ["fatal: unable to access 'https://code.example/x/': OpenSSL SSL_read: Connection was reset, errno 10054", 'peer-reset'],
    ["fatal: could not read Username for 'https://code.example': terminal prompts disabled", 'http-401'],
    ['go: m.example/x@v1.0.0: reading m.example/x/go.mod at revision v1.0.0: unknown revision v1.0.0', 'http-404'],
    ['open /etc/ssl/certs/ca-certificates.crt: no such file or directory', 'client-roots-missing'],
    ['error setting certificate verify locations:  CAfile: /gone.pem CApath: none', 'client-roots-missing'],
    ['socks connect tcp 127.0.0.1:1080->mods.example:443: dial tcp 127.0.0.1:1080: connect: connection refused', 'proxy-unreachable'],
    ['Get "https://mods.example/x": http: server closed idle connection', 'peer-closed'],
    ['dial tcp 192.0.2.1:443: connect: permission denied', 'tcp-unreachable'],
  ])('%s', (text, cause) => expect(causesOf(text)).toContain(cause))
})
