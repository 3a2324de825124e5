import { describe, expect, it } from 'vitest'
import type { Observation } from '../../src/diagnosis/observation.ts'
import { findPortal } from '../../src/diagnosis/portal-signs.ts'
import { NO_SIGNS } from '../../src/diagnosis/resigning.ts'
import type { PageSigns } from '../../src/handshake/transcript.ts'
import { dns, mint, san } from '../x509/mint.ts'
import {
  answered,
  completed,
  defect,
  observation,
  refusedInClear,
  reply,
  transcript,
  trial,
  verdict,
  witness,
} from './observation-builders.ts'

function clear(statusLine: string, location?: string) {
  const notTls = { kind: 'http', head: new Uint8Array(), statusLine, afterTlsBytes: 0, ...(location ? { location } : {}) } as const
  return observation({ transcript: transcript({ notTls }) })
}

describe('a page of the network', () => {
  it('is certain by 511, wherever it is met', () => {
    const line = 'go: m@v: reading https://modproxy.example/x: 511 Network Authentication Required'
    const all = [
      reply(511, 'Network Authentication Required'),
      clear('HTTP/1.1 511 Network Authentication Required'),
      answered('511 …', line),
    ]
    expect(all.map((seen) => findPortal(seen))).toMatchObject([
      { met: 'connect', confidence: 'certain' },
      { met: 'clear-http', confidence: 'certain' },
      { met: 'answer', confidence: 'certain' },
    ])
  })
  it('is met where CONNECT is redirected, surely where the page says so', () => {
    expect(findPortal(reply(302, 'Found'))).toMatchObject({ confidence: 'likely' })
    expect(findPortal(reply(302, 'Found', [], '<title>Please sign in</title>'))).toMatchObject({ confidence: 'high' })
  })
  it('is a redirect in clear to another host’s sign-in, not one to the same domain', () => {
    expect(findPortal(clear('HTTP/1.1 302 Found', 'http://portal.hotel.example/'))).toMatchObject({ confidence: 'high' })
    expect(findPortal(clear('HTTP/1.1 302 Found', 'http://10.0.0.1/'))).toMatchObject({ confidence: 'likely' })
    expect(findPortal(clear('HTTP/1.1 301 Moved Permanently', 'https://modproxy.example/'))).toBeUndefined()
    expect(findPortal(clear('HTTP/1.1 400 Bad Request'))).toBeUndefined()
  })
  it('is a block page in clear that names itself, surely only with two signs and a name that makes no difference', () => {
    const page = (statusLine: string, signs: Partial<PageSigns>, parts: Partial<Observation> = {}) => {
      const notTls = {
        kind: 'http',
        head: new Uint8Array(),
        statusLine,
        afterTlsBytes: 0,
        page: { server: '', via: '', says: null, ...signs },
      } as const
      return findPortal(observation({ transcript: transcript({ notTls }), ...parts }))
    }
    const denied = { server: 'FortiGate', says: 'access denied' }
    const other = { trials: [trial('unchanged', '- - -'), trial('another server name', '- - -')] }
    expect(page('HTTP/1.1 403 Forbidden', denied, other)).toMatchObject({ met: 'clear-http', confidence: 'high' })
    expect(page('HTTP/1.1 403 Forbidden', denied)).toMatchObject({ confidence: 'likely' })
    expect(page('HTTP/1.1 200 OK', { says: 'captive portal' }, other)).toMatchObject({ confidence: 'likely' })
    // Any web application has a log-in.
    expect(page('HTTP/1.1 200 OK', { says: 'sign in' }, other)).toMatchObject({ confidence: 'possible' })
    expect(page('HTTP/1.1 404 Not Found', { says: 'sign in' }, other)).toBeUndefined()
    expect(page('HTTP/1.1 200 OK', { server: 'nginx' }, { sameAnswerFor: ['sums.other.example'] })).toMatchObject({ confidence: 'likely' })
  })
  it('is none where a web server could not read the ClientHello, where nothing names it, or where another name is answered', () => {
    const page = (statusLine: string, server: string, says: string | null, parts: Partial<Observation> = {}) => {
      const notTls = { kind: 'http', head: new Uint8Array(), statusLine, afterTlsBytes: 0, page: { server, via: '', says } } as const
      return findPortal(observation({ transcript: transcript({ notTls }), ...parts }))
    }
    expect(page('HTTP/1.1 400 Bad Request', 'squid/6.6', 'access denied')).toBeUndefined()
    expect(page('HTTP/1.1 200 OK', 'nginx', null)).toBeUndefined()
    const passes = { trials: [trial('unchanged', '- - -'), trial('another server name', 'ok ok ok')] }
    expect(page('HTTP/1.1 403 Forbidden', 'FortiGate', 'blocked', passes)).toBeUndefined()
  })
  it('is one certificate for hosts that have nothing in common', () => {
    const wrong = verdict([defect('cert-name-mismatch')])
    expect(findPortal(refusedInClear(wrong))).toBeUndefined()
    const same = refusedInClear(wrong, 42, { resigning: { ...NO_SIGNS, sameLeafFor: ['sums.elsewhere.example'] } })
    expect(findPortal(same)).toMatchObject({ met: 'certificate', confidence: 'high' })
  })
  it('is a certificate that calls itself so, not the default host of the same domain, nor one such name of many', () => {
    const wrong = verdict([defect('cert-name-mismatch')])
    const shows = (...names: readonly string[]) => {
      const { der } = mint({ subject: {}, extensions: [san(...names.map((name) => dns(name)))] })
      return findPortal(refusedInClear(wrong, 42, { judged: { source: 'wire', chain: [der], verdict: wrong } }))
    }
    expect(shows('wifi.hotel.example')).toMatchObject({ met: 'certificate', confidence: 'likely', portal: 'wifi.hotel.example' })
    expect(shows('portal.modproxy.example')).toBeUndefined()
    expect(shows('www.acme.example', 'portal.acme.example', 'shop.acme.example')).toBeUndefined()
  })
  it('is what came instead of a module behind a visit to a sign-in', () => {
    const page = witness(
      "invalid character '<' looking for beginning of value",
      "go: m@v: invalid character '<' looking for beginning of value",
    )
    expect(findPortal(completed({}, { witness: page, wentTo: ['login.hotel-wifi.example'] }))).toMatchObject({ confidence: 'high' })
    expect(findPortal(completed({}, { witness: page, wentTo: ['sso.acme.example'] }))).toMatchObject({ confidence: 'likely' })
    expect(findPortal(completed({}, { witness: page, wentTo: ['storage.acme.example'] }))).toBeUndefined()
    expect(findPortal(completed({}, { wentTo: ['login.hotel-wifi.example'] }))).toBeUndefined()
  })
})
