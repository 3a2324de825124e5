import { describe, expect, it } from 'vitest'
import type { Transcript } from '../../src/handshake/transcript.ts'
import { openConnection } from '../../src/recorder/connection.ts'
import { hasGitRefused, hasUnreadList, isGits, lacksItsList } from '../../src/recorder/git-client.ts'
import { judgeOutcome } from '../../src/recorder/outcome.ts'
import { CLIENT_HELLO, completed, ended, seenRecord, serverHello, transcript } from '../diagnosis/observation-builders.ts'
import { ISSUING, LEAF, openSession, probed, REFUSED, ROOT, rootsWith, startOf, wholeConnection } from './session.ts'

const LINE = 'go: m.test/m@v1: invalid version: git ls-remote -q origin in /cache: exit status 128:'
const saying = (text: string, line = LINE) => ({ text, line, url: 'https://modproxy.example/m.git' })
const connection = () => openConnection(startOf('c1'), 1)

describe('a connection of git', () => {
  it('is known by its process, or by what go printed of git', () => {
    expect(isGits(connection())).toBe(false)
    expect(isGits({ ...connection(), witness: saying('x') })).toBe(true)
    expect(isGits({ ...connection(), client: { address: '127.0.0.1:1', pid: 7, process: 'git-remote-http', roots: null } })).toBe(true)
    expect(isGits({ ...connection(), witness: saying('EOF', 'go: m.test/m@v1: Get "https://modproxy.example/": EOF') })).toBe(false)
  })
  it('is judged by git’s roots in intercept mode too, where it meets the origin itself', () => {
    const passed = { ...connection(), witness: saying('x'), interception: { kind: 'passed-through', because: 'x' } as const }
    expect(isGits(passed)).toBe(true)
    expect(isGits({ ...passed, interception: { kind: 'decrypted' } })).toBe(false)
  })
  it('lacks its list where it says so and no ClientHello came', () => {
    const words = ['Problem with the SSL CA cert (path? access rights?)', 'error setting certificate file: /gone.pem']
    for (const text of words) {
      const left = { ...connection(), tunnelAtMs: 4, witness: saying(text) }
      expect(lacksItsList({ ...left, transcript: transcript({ clientHellos: [] }) })).toBe(true)
      expect(lacksItsList({ ...left, transcript: transcript() })).toBe(false)
    }
  })
  it('did not refuse by other words', () => {
    expect(hasGitRefused({ ...connection(), transcript: transcript(), witness: saying('Could not resolve host') })).toBe(false)
  })
})

describe('a client that calls itself git in CONNECT', () => {
  const named = (userAgent: string) => ({ ...openConnection({ ...startOf('c1'), userAgent }, null), tunnelAtMs: 4 })
  const left = { ...named('git/2.39.5'), ending: ended('client', 'fin'), transcript: null }
  const facts = {
    whose: 'git',
    reader: 'git',
    places: [{ path: '/gone.pem', count: 0, problem: 'no such file' }],
    count: 0,
    sslCertFile: '',
    sslCertDir: '',
  } as const

  it('is git, also where it was not started by whytls', () => {
    expect(isGits(named('git/2.39.5'))).toBe(true)
    expect(isGits(named('git/2.39.3 (Apple Git-145)'))).toBe(true)
    expect(isGits(named('git/2.0 (libgit2 1.7.2)'))).toBe(false)
    expect(isGits(named('git-lfs/3.4'))).toBe(false)
    expect(isGits(named('Go-http-client/1.1'))).toBe(false)
  })
  it('could not read its list where it left before its ClientHello and the list is not there', () => {
    expect(hasUnreadList(left, () => facts)).toBe(true)
  })
  it('left for a reason unknown where the list is there, is not its own, or a ClientHello came', () => {
    expect(hasUnreadList(left, () => ({ ...facts, count: 1, places: [] }))).toBe(false)
    expect(hasUnreadList(left, () => ({ ...facts, isAssumed: true }))).toBe(false)
    expect(hasUnreadList({ ...left, transcript: transcript() }, () => facts)).toBe(false)
    expect(hasUnreadList({ ...left, ...named('curl/8.0') }, () => facts)).toBe(false)
    expect(hasUnreadList({ ...left, ending: ended('server', 'fin') }, () => facts)).toBe(false)
  })
})

describe('the roots of a connection', () => {
  it("become git's once go's words show whose it is", async () => {
    const { recorder, store, runId, asked } = openSession({ roots: (one) => (isGits(one) ? rootsWith() : rootsWith(ROOT)) })
    const causes = () => {
      store.flush()
      return store.diagnoses({ runId }).map(({ cause }) => cause)
    }
    for (const event of wholeConnection('c1', REFUSED)) recorder.listen(event)
    asked[0]?.answer(probed(LEAF, ISSUING))
    await recorder.settle()
    expect(causes()).not.toContain('client-roots-missing')
    recorder.hear('c1', saying('SSL certificate problem: unable to get local issuer certificate'))
    expect(causes()).toEqual(['client-roots-missing'])
  })
})

describe('a run without go’s words', () => {
  const hello = { ...CLIENT_HELLO, looksLike: 'git (GnuTLS)' }
  const records = (...lengths: readonly number[]) => lengths.map((lengthBytes) => ({ ...seenRecord('client-to-server', 23), lengthBytes }))
  const left = (parts: Partial<Transcript>, runId: number | null = 1) =>
    judgeOutcome({
      ...openConnection(startOf('c1'), runId),
      tunnelAtMs: 4,
      ending: ended('client', 'fin'),
      transcript: { ...completed({ serverHellos: [serverHello()] }).transcript, clientHellos: [hello], records: records(53, 19), ...parts },
    })
  it('shows git’s refusal by what it did not ask behind its Finished', () => {
    expect(left({})).toBe('failed')
    expect(left({ records: records(53, 90, 19) })).toBe('passed')
    expect(left({ clientHellos: [CLIENT_HELLO] })).toBe('passed')
  })
  it('says nothing where nobody knows with which roots git judged', () => {
    expect(left({}, null)).toBe('passed')
  })
})
