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

  it('goes in a circle from the tenth redirect on', () => {
    const hops = Array.from({ length: 10 }, () => exchange(INFO, 302, redirect('https://modproxy.example/[9 bytes]')))
    expect(causesOf(passed(hops))).toEqual(['redirect-loop likely'])
    expect(causesOf(passed(hops.slice(1)))).toEqual([])
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
    ['for what is not a module at all', passed([exchange('/api/v1/things', 500)])],
  ])('%s', (_title, seen) => {
    expect(causesOf(seen)).toEqual([])
  })
})
