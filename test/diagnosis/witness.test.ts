import { describe, expect, it } from 'vitest'
import { type EndedConnection, matchWitness, readGoErrors } from '../../src/diagnosis/witness.ts'
import { DEAR, growthBy4 } from '../effort.ts'

const X509 = 'tls: failed to verify certificate: x509: certificate signed by unknown authority'
const URL_INFO = 'https://modproxy.example/m.test/m/@v/v1.0.0.info'
const GET = `Get "${URL_INFO}": ${X509}`

/** Shapes of go 1.26.8 and 1.21.13, measured (which command, its line, what must be read). */
const SHAPES: readonly (readonly [string, string, object])[] = [
  [
    'go mod download',
    `go: m.test/m@v1.0.0: ${GET}`,
    { kind: 'get', text: X509, url: URL_INFO, host: 'modproxy.example', port: 443, module: 'm.test/m@v1.0.0' },
  ],
  ['go mod tidy', `\tm.test/m/sub: m.test/m@v1.0.0: ${GET}`, { kind: 'get', text: X509, module: 'm.test/m@v1.0.0' }],
  ['go list -m', `go: module m.test/m: ${GET}`, { kind: 'get', text: X509, module: null }],
  ['go install', `go: m.test/m@v1.0.0: m.test/m@v1.0.0: ${GET}`, { module: 'm.test/m@v1.0.0' }],
  ['go build -mod=mod', `main.go:3:8: m.test/m@v1.0.0: ${GET}`, { text: X509, module: 'm.test/m@v1.0.0' }],
  [
    'discovery',
    'go: x.test/m@v1.0.0: unrecognized import path "x.test/m": https fetch: Get "https://x.test/m?go-get=1": EOF',
    { host: 'x.test', text: 'EOF' },
  ],
  [
    'a page without go-import',
    'go: x.test/m@v1.0.0: unrecognized import path "x.test/m": parse https://x.test/m?go-get=1: no go-import meta tags ()',
    { kind: 'content', host: 'x.test', port: 443, url: 'https://x.test/m?go-get=1', module: 'x.test/m@v1.0.0' },
  ],
  [
    'a page with two lines for it, its URL without the scheme',
    'go: x.test/m@v1.0.0: unrecognized import path "x.test/m": parse //x.test/m?go-get=1: multiple meta tags match import path "x.test/m"',
    { kind: 'content', host: 'x.test', url: 'https://x.test/m?go-get=1' },
  ],
  [
    'a page with a repository that go cannot use',
    'go: x.test/m@v1.0.0: unrecognized import path "x.test/m": https://x.test/m?go-get=1: unknown vcs "cvs"',
    { kind: 'content', host: 'x.test', text: 'https://x.test/m?go-get=1: unknown vcs "cvs"' },
  ],
  [
    'a page that cannot be parsed, without its URL',
    'go: x.test/m@v1.0.0: unrecognized import path "x.test/m": parsing x.test/m: XML syntax error on line 2: illegal character code',
    { kind: 'content', host: 'x.test', url: 'https://x.test/m?go-get=1' },
  ],
  [
    'GOINSECURE discovery',
    'go: x.test/m@v1.0.0: unrecognized import path "x.test/m": http/https fetch: Get "http://x.test/m?go-get=1": EOF',
    { port: 80 },
  ],
  [
    'a zip of another module',
    'go: zip for m.test/m@v1.0.0 has unexpected file x/go.mod',
    { kind: 'content', text: 'has unexpected file x/go.mod' },
  ],
  [
    'checksum database',
    'go: m.test/m@v1.0.0: verifying go.mod: m.test/m@v1.0.0/go.mod: Get "https://sums.example/lookup/m.test/m@v1.0.0": EOF',
    { host: 'sums.example', text: 'EOF' },
  ],
  [
    'toolchain',
    `go: download go1.22.3: golang.org/toolchain@v0.0.1-go1.22.3.linux-amd64: Get "https://p.example:8443/x.zip": EOF`,
    { port: 8443, module: 'golang.org/toolchain@v0.0.1-go1.22.3.linux-amd64' },
  ],
  ['an empty reason phrase', `go: m.test/m@v1.0.0: Get "${URL_INFO}": `, { kind: 'get', text: '' }],
  [
    'a parent proxy',
    `go: m.test/m@v1.0.0: Get "${URL_INFO}": proxyconnect tcp: dial tcp 127.0.0.1:1: connect: connection refused`,
    { text: 'proxyconnect tcp: dial tcp 127.0.0.1:1: connect: connection refused' },
  ],
  ['a cut body', `go: m.test/m@v1.0.0: read "${URL_INFO}": unexpected EOF`, { kind: 'read', text: 'unexpected EOF' }],
  [
    'an HTTP status',
    `go: m.test/m@v1.0.0: reading ${URL_INFO}: 404 Not Found\n\tserver response: no such module`,
    { kind: 'reading', text: '404 Not Found', detail: ['no such module'] },
  ],
  [
    'nonsense from a proxy',
    `go: m.test/m@v1.0.0: invalid response from proxy "https://modproxy.example": invalid character '<'`,
    { kind: 'content', host: 'modproxy.example' },
  ],
  [
    'nonsense without a URL',
    'go: m.test/m@v1.0.0: proxy returned info for version  instead of requested version',
    { kind: 'content', host: '', text: 'proxy returned info for version  instead of requested version' },
  ],
  ['a broken zip', 'go: zip: not a valid zip file', { kind: 'content', text: 'zip: not a valid zip file', module: null }],
  [
    'go.sum',
    'verifying m.test/m@v1.0.0/go.mod: checksum mismatch\n\tdownloaded: h1:a=\n\tgo.sum:     h1:b=',
    { kind: 'content', text: 'checksum mismatch' },
  ],
  [
    'git',
    "go: m.test/m@v1.0.0: invalid version: git ls-remote -q --end-of-options https://git.example/m in /c/vcs/1: exit status 128:\n\tfatal: unable to access 'https://git.example/m/': server certificate verification failed",
    { kind: 'git', host: 'git.example', text: 'server certificate verification failed' },
  ],
  [
    'git behind a .git path',
    'go: git.example/a/x.git@v1.0.0: no secure protocol found for repository',
    { kind: 'git', host: 'git.example', port: 443 },
  ],
  ['a masked user', `go: m.test/m@v1.0.0: Get "https://u1:***@modproxy.example/x": EOF`, { host: 'modproxy.example' }],
  ['an IPv6 host', `go: m.test/m@v1.0.0: Get "https://[2001:db8::1]:8443/x": EOF`, { host: '2001:db8::1', port: 8443 }],
]

describe('readGoErrors', () => {
  it.each(SHAPES)('reads %s', (_name, stderr, wanted) => {
    expect(readGoErrors(`${stderr}\n`)).toMatchObject([wanted])
  })

  it('reads nothing from progress and from lines that are about no request', () => {
    const quiet =
      'go: downloading m.test/m v1.0.0\ngo: finding module for package m.test/m/sub\ngo: w2 imports\n(main module does not need package m.test/m)\n# get https://modproxy.example/x: 200 OK (0.003s)\n'
    expect(readGoErrors(quiet)).toEqual([])
  })

  it('counts what go -x says twice once', () => {
    const traced = `# get ${URL_INFO}\n# get ${URL_INFO}: ${GET}\ngo: m.test/m@v1.0.0: ${GET}\n`
    expect(readGoErrors(traced).map(({ line }) => line)).toEqual([`go: m.test/m@v1.0.0: ${GET}`])
  })

  it('keeps a trace line that go does not repeat', () => {
    expect(readGoErrors(`# get ${URL_INFO}: ${GET}\ngo: m.test/m@v1.0.0: Get "https://other.example/x": EOF\n`)).toHaveLength(2)
  })

  it.each([
    ['Get "', 13_000],
    ['a@', 30_000],
    ['go: reading https://x: ', 2_800],
    ['git fetch : exit status 1', 2_500],
    ['go: ', 16_000],
    ['go: m.x/a.git/', 4_600],
    ['Get "\\', 10_000],
    ['\t\n', 32_000],
  ])('reads 64 KiB of %j at no more than four times the cost of 16 KiB', (noise, count) => {
    const growth = growthBy4((share) => {
      const text = `go: ${noise.repeat(count * share)}`
      return () => readGoErrors(text)
    })
    expect(growth).toBeLessThan(DEAR)
  })
})

const failed = (key: string, endedAt: number, parts: Partial<EndedConnection> = {}): EndedConnection => ({
  key,
  host: 'modproxy.example',
  port: 443,
  endedAt,
  outcome: 'failed',
  ...parts,
})
const passed = (key: string, endedAt: number, parts: Partial<EndedConnection> = {}): EndedConnection => ({
  ...failed(key, endedAt, parts),
  outcome: 'passed',
})
const texts = (stderr: string, connections: readonly EndedConnection[]) =>
  Object.fromEntries([...matchWitness(readGoErrors(stderr), connections)].map(([key, { text }]) => [key, text]))

describe('matchWitness', () => {
  it("gives git's words to git's connection, though go's own to the same host passed and git left without a hello", () => {
    const stderr =
      "go: m.test/m@v1: invalid version: git ls-remote -q https://modproxy.example/m.git in /c: exit status 128:\n\tfatal: unable to access 'https://modproxy.example/m.git/': Problem with the SSL CA cert (path? access rights?)\n"
    const go = passed('go', 10, { looksLike: 'go 1.26' })
    const said = { git: 'Problem with the SSL CA cert (path? access rights?)' }
    expect(texts(stderr, [go, { ...passed('git', 20), outcome: 'aborted' }])).toEqual(said)
    expect(texts(stderr, [go, passed('git', 20, { looksLike: 'git (GnuTLS)' })])).toEqual(said)
    expect(texts(stderr, [go])).toEqual({})
  })

  it('gives each failed connection to the host a sentence, in order of their ends', () => {
    const stderr =
      'go: a.test/m@v1.0.0: Get "https://modproxy.example/a": one\ngo: b.test/m@v1.0.0: Get "https://modproxy.example/b": two\n'
    expect(texts(stderr, [failed('late', 20), failed('early', 10), failed('last', 30)])).toEqual({ early: 'one', late: 'two', last: 'two' })
  })

  it("pairs exactly where go names the client's address", () => {
    const stderr =
      'go: a.test/m@v1: Get "https://modproxy.example/a": read tcp 127.0.0.1:5001->127.0.0.1:9: read: connection reset by peer\ngo: b.test/m@v1: Get "https://modproxy.example/b": EOF\n'
    const connections = [failed('x', 10, { clientAddress: '127.0.0.1:5000' }), failed('y', 20, { clientAddress: '127.0.0.1:5001' })]
    expect(texts(stderr, connections)).toEqual({ x: 'EOF', y: 'read tcp 127.0.0.1:5001->127.0.0.1:9: read: connection reset by peer' })
  })

  it('gives what go says of an answer to no connection on which nothing was asked, and what it says of TLS to any', () => {
    const stderr = 'go: m.test/m@v1.0.0: reading https://modproxy.example/x: 403 Forbidden\n'
    const spare = passed('spare', 30, { isIdle: true })
    expect(texts(stderr, [passed('asked', 20), spare])).toEqual({ asked: '403 Forbidden' })
    expect(texts(stderr, [spare])).toEqual({ spare: '403 Forbidden' })
    // What was decrypted has shown already that it failed.
    expect(texts(stderr, [failed('answered', 20, { isIdle: false }), spare])).toEqual({ answered: '403 Forbidden' })
    expect(texts(stderr, [failed('broken', 40, { isIdle: true }), passed('asked', 20)])).toEqual({ asked: '403 Forbidden' })
    const refused = "tls: server's Finished message was incorrect"
    expect(texts(`go: m.test/m@v1: Get "https://modproxy.example/x": ${refused}\n`, [passed('asked', 20), spare])).toEqual({
      spare: refused,
    })
  })

  it('gives what go says of an answer to the last connection that passed', () => {
    const stderr = 'go: m.test/m@v1.0.0: reading https://modproxy.example/x: 403 Forbidden\n'
    expect(texts(stderr, [passed('first', 10), passed('last', 20), failed('other', 30, { host: 'other.example' })])).toEqual({
      last: '403 Forbidden',
    })
  })

  it('does not pair a status with a connection that failed', () => {
    expect(texts('go: m.test/m@v1.0.0: reading https://modproxy.example/x: 403 Forbidden\n', [failed('a', 10)])).toEqual({})
  })

  it('gives what go says of a body to a connection that failed, where none passed', () => {
    const stderr = 'go: m.test/m@v1.0.0: read "https://modproxy.example/x": local error: tls: bad record MAC\n'
    expect(Object.keys(texts(stderr, [failed('a', 10), failed('b', 20)]))).toEqual(['b'])
    expect(Object.keys(texts(stderr, [failed('a', 10), passed('b', 5)]))).toEqual(['b'])
  })

  it('finds the connection behind a refused redirect to another scheme', () => {
    const stderr =
      'go: m.test/m@v1: Get "http://plain.example/x": redirected from secure URL https://modproxy.example/x to insecure URL http://plain.example/x\n'
    expect(Object.keys(texts(stderr, [passed('a', 10)]))).toEqual(['a'])
  })

  it('gives a sentence without a host to the last connection that passed, if that has none', () => {
    expect(texts('go: zip: not a valid zip file\n', [passed('a', 10), passed('b', 20)])).toEqual({ b: 'zip: not a valid zip file' })
  })

  it('gives a redirect without a host to the connection that it came by', () => {
    const stderr = 'go: m.test/m@v1.0.0: Get "/m.test/m/@v/v1.0.0.info?x=1": stopped after 10 redirects\n'
    expect(texts(stderr, [passed('a', 10)])).toEqual({ a: 'stopped after 10 redirects' })
  })

  it('keeps hosts and ports apart, whatever their case', () => {
    expect(
      texts('go: m.test/m@v1: Get "https://ModProxy.Example:8443/x": EOF\n', [
        failed('a', 1),
        failed('b', 2, { port: 8443, host: 'MODPROXY.example' }),
      ]),
    ).toEqual({ b: 'EOF' })
  })
})
