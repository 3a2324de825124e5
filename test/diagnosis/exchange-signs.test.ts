/** What the HTTP alone shows, and what go copes with. */
import { describe, expect, it } from 'vitest'
import type { HttpExchange } from '../../src/contract/handshake.ts'
import { diagnose } from '../../src/diagnosis/diagnose.ts'
import type { Elsewhere, Observation } from '../../src/diagnosis/observation.ts'
import { recognizeModuleRequest } from '../../src/http/module-request.ts'
import { completed, ended, witness } from './observation-builders.ts'

const INFO = '/example.test/m/@v/v1.0.0.info'

function exchange(path: string, status: number | null, more: Partial<HttpExchange> = {}): HttpExchange {
  const asks = recognizeModuleRequest(path)
  return { method: 'GET', url: `https://modproxy.example${path}`, status, durationMs: 3, ...(asks === null ? {} : { asks }), ...more }
}

const NOWHERE: Elsewhere = { exchanges: [], hasUnseen: false }
const passed = (exchanges: readonly HttpExchange[], elsewhere = NOWHERE, more: Partial<Observation> = {}) =>
  completed({}, { outcome: 'passed', ending: ended('client', 'fin'), interception: { kind: 'decrypted' }, exchanges, elsewhere, ...more })
const causesOf = (seen: Observation) => diagnose(seen).map(({ cause, confidence }) => `${cause} ${confidence}`)
const html = { responseHeaders: [['Content-Type', 'text/html; charset=utf-8']] } as const
const redirect = (to: string) => ({ responseHeaders: [['location', to]] }) as const
const cut = { failure: 'the connection ended before the answer was whole' } as const
const repeat = <T>(times: number, make: (n: number) => T): readonly T[] => Array.from({ length: times }, (_, n) => make(n))

describe('a request that go cannot do without and nobody served', () => {
  it.each([
    ['http-400', exchange(INFO, 400)],
    ['http-401', exchange(INFO, 401)],
    ['http-403', exchange('/example.test/m/@v/list', 403)],
    ['http-404', exchange(INFO, 404)],
    ['http-404', exchange('/example.test/m/@v/v1.0.0.zip', 410)],
    ['http-407', exchange(INFO, 407)],
    ['http-429', exchange(INFO, 429)],
    ['http-4xx', exchange(INFO, 451)],
    ['http-5xx', exchange('/sumdb/sums.example/lookup/example.test/m@v1.0.0', 503)],
    ['redirect-insecure', exchange(INFO, 302, redirect('http://modproxy.example/[30 bytes]'))],
    ['invalid-module-response', exchange(INFO, 200, html)],
  ])('is %s', (cause, found) => {
    expect(causesOf(passed([exchange('/example.test/other/@v/v1.0.0.info', 200), found]))).toEqual([`${cause} likely`])
  })

  it('is a portal where the network asks for a sign-in by 511', () => {
    expect(causesOf(passed([exchange(INFO, 511)]))[0]).toBe('captive-portal high')
  })

  it('is cut off where the server ended, and not where the client left', () => {
    const zip = exchange('/example.test/m/@v/v1.0.0.zip', 200, cut)
    expect(causesOf(passed([zip], NOWHERE, { ending: ended('server', 'fin') }))).toEqual(['body-truncated likely'])
    expect(causesOf(passed([zip], NOWHERE, { ending: ended('client', 'rst') }))).toEqual([])
    const reset = exchange('/example.test/m/@v/v1.0.0.zip', 200, { failure: 'the server sent RST_STREAM (INTERNAL_ERROR)' })
    expect(causesOf(passed([reset]))).toEqual(['body-truncated likely'])
  })

  it.each([
    ['by its whole address', `https://modproxy.example/[${INFO.length} bytes]`],
    ['with the port', `https://MODPROXY.example:443/[${INFO.length} bytes]`],
    ['by a path alone', `[${INFO.length} bytes]`],
  ])('goes in a circle from the tenth redirect on: %s', (_title, location) => {
    const hops = repeat(10, () => exchange(INFO, 302, redirect(location)))
    expect(causesOf(passed(hops))).toEqual(['redirect-loop likely'])
    expect(causesOf(passed(hops.slice(1)))).toEqual([])
  })

  it('goes in a circle over two hosts, each with a connection of its own', () => {
    const there = '/other/[4 bytes]?sign=[12 bytes]'
    const here = repeat(5, () => exchange(INFO, 302, redirect(`https://storage.example/[${'/other/[4 bytes]?sign='.length + 12} bytes]`)))
    const back = redirect(`https://modproxy.example/[${INFO.length} bytes]`)
    const beyond = repeat(5, () => ({ ...exchange(there, 307, back), url: `https://storage.example${there}` }))
    expect(causesOf(passed(here, { exchanges: beyond, hasUnseen: false }))).toEqual(['redirect-loop likely'])
    expect(causesOf(passed(here, { exchanges: beyond.slice(1), hasUnseen: false }))).toEqual([])
    expect(causesOf(passed(here, { exchanges: [], hasUnseen: true }))).toEqual([])
  })

  it.each([
    ['by RST_STREAM', { failure: 'the server sent RST_STREAM (INTERNAL_ERROR)' }],
    ['by RST_STREAM, to have HTTP/1.1', { failure: 'the server sent RST_STREAM (HTTP_1_1_REQUIRED)' }],
    ['by GOAWAY and its end', { failure: `the server sent GOAWAY (ENHANCE_YOUR_CALM), and ${cut.failure}` }],
  ])('is refused in HTTP/2 %s', (_title, more) => {
    const seen = passed([exchange(INFO, null, more)], NOWHERE, { ending: ended('server', 'fin') })
    expect(causesOf(seen)).toEqual(['http2-refused likely'])
    const evidence = diagnose(seen)[0]
      ?.explanation.evidence.map(({ text }) => text)
      .join('\n')
    expect(evidence).toContain(`no answer came; ${more.failure}, and nothing later served it`)
  })

  it('is refused in HTTP/2 where go asks again, once it did so many times', () => {
    const refused = repeat(6, () => exchange(INFO, null, { failure: 'the server sent RST_STREAM (REFUSED_STREAM)' }))
    expect(causesOf(passed(refused))).toEqual(['http2-refused likely'])
    expect(causesOf(passed(refused.slice(1)))).toEqual([])
    expect(causesOf(passed([...refused, exchange(INFO, 200)]))).toEqual([])
  })

  it('names what was asked for, in the words of the server, and says that go was not heard', () => {
    const body = '<html><style>p{}</style><p>Blocked by policy 42</p></html>'
    const [finding] = diagnose(passed([exchange(INFO, 403, { responseBody: body })]))
    const text = finding?.explanation.evidence.map((line) => line.text).join('\n')
    expect(text).toContain('info of example.test/m@v1.0.0')
    expect(text).toContain('Blocked by policy 42')
    expect(finding?.explanation.notChecked?.join()).toContain("go's own words were not heard")
  })
})

describe('nothing is diagnosed', () => {
  const ok = (path: string, more: Partial<HttpExchange> = {}) => exchange(path, 200, more)
  it.each<[string, Observation]>([
    [
      'for a list or @latest that is not there',
      passed([exchange('/example.test/m/@v/list', 404), exchange('/example.test/m/@latest', 404)]),
    ],
    ['for a checksum database that a proxy does not mirror', passed([exchange('/sumdb/sums.example/supported', 404)])],
    ['where another entry of GOPROXY served it', passed([exchange(INFO, 500)], { exchanges: [ok(INFO)], hasUnseen: false })],
    ['where a later try was served', passed([exchange(INFO, 429), ok(INFO)])],
    ['for a path below which or above which the module lies', passed([exchange('/example.test/m/sub/@v/v1.0.0.info', 404), ok(INFO)])],
    [
      'where go went to the repository itself',
      passed([exchange(INFO, 404)], { exchanges: [exchange('/x?go-get=1', 200)], hasUnseen: false }),
    ],
    ['where a later connection was not decrypted', passed([exchange(INFO, 404)], { exchanges: [], hasUnseen: true })],
    ['for a page at an address that is no module', passed([exchange('/', 200, html), exchange('/robots.txt', 404)])],
    ['for a redirect that leads to the storage', passed([exchange(INFO, 302, redirect('https://storage.example/[30 bytes]'))])],
    ["where go's own words tell another story", passed([exchange(INFO, 403)], NOWHERE, { witness: witness('unrelated words') })],
    [
      'for many redirects to a storage whose addresses are no modules',
      passed(
        repeat(20, (n) => exchange(`/example.test/m${n + 10}/@v/v1.0.0.zip`, 302, redirect('https://storage.example/[30 bytes]'))),
        {
          exchanges: repeat(20, () => ({ ...exchange(`/${'x'.repeat(29)}`, 200), url: `https://storage.example/${'x'.repeat(29)}` })),
          hasUnseen: false,
        },
      ),
    ],
    [
      'for many redirects to what was never asked for',
      passed(repeat(20, () => exchange(INFO, 302, redirect('https://modproxy.example/[9 bytes]')))),
    ],
    [
      'for redirects of many modules to addresses of the same length, which are served',
      passed([
        ...repeat(20, (n) => exchange(`/example.test/M${n + 10}/@v/v1.0.0.mod`, 301, redirect('[32 bytes]'))),
        ...repeat(20, (n) => exchange(`/example.test/m${n + 10}/@v/v1.0.0.mod`, 200)),
      ]),
    ],
    [
      'where a server sends a client of HTTP/2 away before it looked at the request, and go asks again',
      passed([exchange(INFO, null, { failure: 'the server sent GOAWAY (NO_ERROR) instead of an answer' })]),
    ],
    [
      'where the client left behind a goodbye',
      passed([exchange(INFO, null, { failure: `the server sent GOAWAY (INTERNAL_ERROR), and ${cut.failure}` })]),
    ],
    [
      'where a refused stream was served in another connection',
      passed([exchange(INFO, null, { failure: 'the server sent RST_STREAM (INTERNAL_ERROR)' })], {
        exchanges: [ok(INFO)],
        hasUnseen: false,
      }),
    ],
    [
      'where an answer was too large for our reader, and go may have read it',
      passed([
        exchange(INFO, 403),
        exchange('/example.test/m/@v/list', null, { failure: 'the answer could not be read: its head is larger than 1 MiB' }),
      ]),
    ],
    ['where no frame says why no answer came', passed([exchange(INFO, null, cut)], NOWHERE, { ending: ended('server', 'fin') })],
    [
      'for a record of the checksum database and files that came whole: whether they fit is not in the HTTP that is kept',
      passed([
        ok('/sumdb/sums.example/lookup/example.test/m@v1.0.0'),
        ok('/example.test/m/@v/v1.0.0.mod'),
        ok('/example.test/m/@v/v1.0.0.zip'),
      ]),
    ],
    ['for what is not a module at all', passed([exchange('/api/v1/things', 500)])],
  ])('%s', (_title, seen) => {
    expect(causesOf(seen)).toEqual([])
  })
})
