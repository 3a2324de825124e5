import { describe, expect, it } from 'vitest'
import type { Named } from '../../src/contract/terms.ts'
import { diagnose, toDraft } from '../../src/diagnosis/diagnose.ts'
import type { HelloTrial, Observation } from '../../src/diagnosis/observation.ts'
import { alert, CLIENT_HELLO, ended, probeOf, serverHello, transcript, trial, tried } from './observation-builders.ts'

function told(seen: Observation) {
  const draft = toDraft(diagnose(seen), seen)
  return { cause: draft?.cause, confidence: draft?.confidence, also: draft?.alsoPossible.map(({ cause }) => cause) }
}

const alertOf = (code: number, name: string): Partial<Observation> => ({
  transcript: transcript({ alerts: [alert('server', code, name)] }),
})

describe('what trials prove', () => {
  it('is only likely with two tries, or with four of five', () => {
    expect(told(tried([trial('unchanged', '- - - - -'), trial('no ML-KEM', 'ok - ok ok ok', 300)]))).toMatchObject({
      cause: 'client-hello-too-large',
      confidence: 'likely',
    })
    expect(told(tried([trial('unchanged', '- -'), trial('another server name', 'ok ok')]))).toMatchObject({
      cause: 'sni-filtered',
      confidence: 'likely',
    })
  })

  it('is nothing once the unchanged hello was answered', () => {
    const flaky = tried([trial('unchanged', '- - ok'), trial('no ML-KEM', 'ok ok ok', 300), trial('another server name', 'ok')])
    expect(told(flaky)).toEqual({ cause: 'peer-reset', confidence: 'certain', also: [] })
    const draft = toDraft(diagnose(flaky), flaky)
    expect(draft?.evidence.map(({ text }) => text)).toContain('the same ClientHello got an answer 1 of 3: it does not fail every time')
  })

  it('is nothing where tries with one hello fare differently', () => {
    const two = tried([trial('unchanged', '- - -'), trial('no ML-KEM', 'ok - ok', 300)])
    const padded = tried([trial('unchanged', '- - -'), trial('no ML-KEM', 'ok ok ok', 300), trial('no ML-KEM, padded', 'ok - ok')])
    for (const seen of [two, padded]) {
      expect(told(seen).cause).toBe('peer-reset')
      expect(toDraft(diagnose(seen), seen)?.evidence.at(-1)?.text).toMatch(/fared differently .*2 of 3 answered\): the path flaps/)
    }
  })

  it('is that groups decide where the filled up small hello passes', () => {
    const seen = tried([trial('unchanged', '- - -'), trial('no ML-KEM', 'ok ok ok', 300), trial('no ML-KEM, padded', 'ok ok ok')])
    const draft = toDraft(diagnose(seen), seen)
    expect(draft).toMatchObject({ cause: 'client-hello-too-large', confidence: 'high' })
    expect(draft?.title).toContain('refuses')
    expect(draft?.why).toContain('not the size decides, but the groups')
  })

  it('is the size too where a shorter hello of TLS 1.2 passes and a filled up one does not', () => {
    const trials = [trial('unchanged', '- - -', 286), trial('TLS 1.2 only', 'ok ok ok', 220), trial('TLS 1.2 only, padded', '- - -', 286)]
    const seen = tried([...trials, trial('another server name', '-', 286)])
    const draft = toDraft(diagnose(seen), seen)
    expect(draft).toMatchObject({ cause: 'client-hello-too-large', confidence: 'high' })
    expect(draft?.fixes.flatMap(({ env }) => Object.keys(env))).toEqual([])
  })

  it('is that the name decides where another one reaches the host, which refuses it by alert', () => {
    const trials = [trial('unchanged', '- - - -'), trial('no ML-KEM', '-', 300), trial('another server name', '- - - -', 1526, 'alert')]
    expect(told(tried(trials))).toMatchObject({ cause: 'sni-filtered', confidence: 'likely' })
    expect(told(tried(trials, alertOf(112, 'unrecognized_name'))).cause).toBe('alert-unrecognized-name')
    expect(told(tried([trial('unchanged', '- -'), trial('another server name', '- -', 1526, 'alert')])).cause).toBe('peer-reset')
  })

  it('is not what a probe of ours speaks against', () => {
    const name = [trial('unchanged', '- - -'), trial('no ML-KEM', '-', 300), trial('another server name', 'ok ok ok')]
    const older = [trial('unchanged', '- - -'), trial('TLS 1.2 only', 'ok ok ok', 220), trial('TLS 1.2 only, padded', 'ok ok ok', 300)]
    const probe = probeOf({ serverHellos: [serverHello()] })
    expect(told(tried(name, { probe })).cause).toBe('peer-reset')
    expect(told(tried(older, { probe })).cause).toBe('peer-reset')
  })

  it('is less sure where another change passes too', () => {
    const both = [trial('unchanged', '- - -'), trial('no ML-KEM', 'ok ok ok', 300), trial('another server name', 'ok')]
    expect(told(tried(both))).toEqual({ cause: 'client-hello-too-large', confidence: 'likely', also: ['sni-filtered'] })
  })

  it('is less sure behind an alert that a server also has other reasons for', () => {
    const older = [
      trial('unchanged', '- - -'),
      trial('no ML-KEM', '-', 300),
      trial('TLS 1.2 only', 'ok ok ok', 220),
      trial('TLS 1.2 only, padded', 'ok ok ok', 300),
    ]
    expect(told(tried(older, alertOf(40, 'handshake_failure')))).toMatchObject({
      cause: 'tls13-intolerant',
      confidence: 'likely',
      also: ['no-common-cipher'],
    })
    expect(told(tried(older, alertOf(70, 'protocol_version')))).toMatchObject({ cause: 'tls13-intolerant', confidence: 'high' })
    const name = [trial('unchanged', '- - -'), trial('no ML-KEM', '-', 300), trial('another server name', 'ok ok ok')]
    expect(told(tried(name, alertOf(40, 'handshake_failure')))).toMatchObject({ cause: 'sni-filtered', confidence: 'likely' })
    expect(told(tried(name, alertOf(112, 'unrecognized_name')))).toMatchObject({ cause: 'sni-filtered', confidence: 'high' })
  })

  it('is that nothing is shared where every suite or every group is answered by one that go does not offer', () => {
    const failing = [trial('unchanged', '- - -'), trial('no ML-KEM', '-', 300), trial('another server name', '-')]
    const chose = (cipherSuite: Named, group: Named | null, tries: HelloTrial): HelloTrial => ({
      ...tries,
      tries: tries.tries.map((one) => ({ ...one, chose: { cipherSuite, group } })),
    })
    const weak = chose({ id: 0xc012, name: 'TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA' }, null, trial('every cipher suite', 'ok ok ok'))
    const own = chose({ id: 0x1301, name: 'TLS_AES_128_GCM_SHA256' }, null, trial('every cipher suite', 'ok ok ok'))
    const group = chose({ id: 0x1301, name: 'TLS_AES_128_GCM_SHA256' }, { id: 514, name: 'MLKEM1024' }, trial('every group', 'ok ok ok'))
    const refused = alertOf(40, 'handshake_failure')
    expect(told(tried([...failing, weak], refused))).toMatchObject({ cause: 'no-common-cipher', confidence: 'high' })
    expect(told(tried([...failing, weak]))).toMatchObject({ cause: 'no-common-cipher', confidence: 'high' })
    expect(told(tried([...failing, group], refused))).toMatchObject({ cause: 'no-common-group', confidence: 'high' })
    expect(told(tried([...failing, own], refused)).cause).toBe('alert-handshake-failure')
  })

  it('is likely the name where none at all is answered and every name refused by alert', () => {
    const names = [trial('unchanged', '- - - -'), trial('another server name', '-', 1526, 'alert'), trial('no server name', 'ok ok ok ok')]
    expect(told(tried(names, alertOf(49, 'access_denied')))).toMatchObject({ cause: 'sni-filtered', confidence: 'likely' })
    expect(told(tried(names, alertOf(70, 'protocol_version'))).cause).not.toBe('sni-filtered')
  })

  it('takes tries that did not reach the host for neither', () => {
    const seen = tried([trial('unchanged', '- - -', 1526, 'dial-failure'), trial('no ML-KEM', 'ok ok ok', 300)])
    expect(told(seen).cause).toBe('peer-reset')
  })
})

describe('what trials speak against', () => {
  it('is no longer called possible', () => {
    const silent = tried(
      [
        trial('unchanged', '-'),
        trial('no ML-KEM', '-', 300),
        trial('another server name', '-'),
        trial('no server name', '-'),
        trial('TLS 1.2 only', '-', 220),
      ],
      { ending: ended('client', 'fin', 10_001) },
    )
    expect(told(silent)).toEqual({ cause: 'peer-silent', confidence: 'certain', also: [] })
    expect(told({ ...silent, trials: [] }).also).toEqual(['client-hello-too-large', 'sni-filtered'])
  })

  it('leaves an alert what it is, with the changes that did not help', () => {
    const seen = tried(
      [trial('unchanged', '-'), trial('another server name', '-'), trial('no server name', '-')],
      alertOf(112, 'unrecognized_name'),
    )
    const draft = toDraft(diagnose(seen), seen)
    expect(draft).toMatchObject({ cause: 'alert-unrecognized-name', alsoPossible: [] })
    expect(draft?.evidence.map(({ text }) => text)).toContain(
      '2 changed ClientHellos got no better answer: another server name; no server name',
    )
  })
})

it('the fix of a large hello keeps what stands in GODEBUG, and gives that back', () => {
  const seen = tried([trial('unchanged', '- - -'), trial('no ML-KEM', 'ok ok ok', 300)], {
    go: { version: '1.26.8', isKnown: true, godebug: 'http2client=0' },
  })
  const [first] = toDraft(diagnose(seen), seen)?.fixes ?? []
  expect(first).toMatchObject({ checked: true, env: { GODEBUG: 'http2client=0,tlsmlkem=0' }, undo: ['export GODEBUG=http2client=0'] })
})

it('the fix names the setting of the draft of ML-KEM where go offers that', () => {
  const kyber = {
    ...CLIENT_HELLO,
    supportedGroups: [
      { id: 25497, name: 'X25519Kyber768Draft00' },
      { id: 29, name: 'x25519' },
    ],
  }
  const seen = tried([trial('unchanged', '- - -'), trial('no ML-KEM', 'ok ok ok', 300)], {
    transcript: transcript({ clientHellos: [kyber] }),
  })
  expect(toDraft(diagnose(seen), seen)?.fixes[0]?.env).toEqual({ GODEBUG: 'tlskyber=0' })
})
