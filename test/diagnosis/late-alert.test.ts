/** Alerts that TLS 1.3 hides: what a probe, or go behind the handshake, reads of them. */
import { describe, expect, it } from 'vitest'
import { diagnose } from '../../src/diagnosis/diagnose.ts'
import type { Observation } from '../../src/diagnosis/observation.ts'
import type { SeenMessage } from '../../src/handshake/transcript.ts'
import {
  alert,
  CLIENT_HELLO,
  completed,
  ended,
  observation,
  probeOf,
  proof13,
  refusedUnread,
  seenRecord,
  serverHello,
  transcript,
  trial,
  tried,
  verdict,
  witness,
} from './observation-builders.ts'

const HIDDEN = { how: 'inferred', code: null, level: null } as const
const MESSAGE = { dir: 'server-to-client', source: 'decrypted', lengthBytes: 15, octets: null } as unknown as SeenMessage // no other field is read

function endedByServer(types: readonly number[], lengths: readonly number[]): Observation {
  const messages = types.map((type) => ({ ...MESSAGE, type }))
  const encryptedLengths = (list: readonly number[]) => ({ 'client-to-server': [], 'server-to-client': list })
  return observation({
    transcript: transcript({
      serverHellos: [serverHello()],
      alerts: [alert('server', 0, 'unknown', HIDDEN)],
      encryptedLengths: encryptedLengths([36, 19]),
      pending: 'certificate',
    }),
    ending: ended('client', 'fin'),
    probe: probeOf({
      serverHellos: [serverHello()],
      messages,
      alerts: [alert('server', 80, 'internal_error', { how: 'decrypted' })],
      encryptedLengths: encryptedLengths(lengths),
      pending: 'certificate',
    }),
  })
}

describe('an alert of the server in its encrypted flight', () => {
  it.each([
    [[], 'server-hello'],
    [[8], 'certificate'],
    [[8, 11], 'key-exchange'],
    [[8, 11, 15], 'finished'],
  ] as const)('is named by a probe that it ended behind messages %j, at %s', (types, stage) => {
    expect(diagnose(endedByServer(types, [36, 19]))[0]).toMatchObject({ cause: 'alert-internal-error', stage, confidence: 'high' })
  })

  it('is no mere end of the stream where the server closes behind it', () => {
    const seen = endedByServer([8], [36, 19])
    expect(diagnose({ ...seen, ending: ended('server', 'fin') })[0]?.cause).toBe('alert-internal-error')
    expect(diagnose({ ...seen, ending: ended('server', 'fin'), probe: null })[0]?.cause).toBe('peer-closed')
  })

  it('is only likely the same where the probe got records of other lengths', () => {
    expect(diagnose(endedByServer([8, 11], [36, 800, 19]))[0]).toMatchObject({ cause: 'alert-internal-error', confidence: 'likely' })
  })
})

it('close_notify in place of a ServerHello is the end of the stream, also where go closes first', () => {
  const seen = observation({
    transcript: transcript({ alerts: [alert('server', 0, 'close_notify', { level: 'warning' })] }),
    ending: ended('client', 'fin'),
  })
  expect(diagnose(seen)[0]).toMatchObject({ cause: 'peer-closed', stage: 'client-hello' })
})

it('no_application_protocol to a hello without any is less sure to speak of protocols', () => {
  const refused = { transcript: transcript({ alerts: [alert('server', 120, 'no_application_protocol')] }) }
  expect(diagnose(tried([trial('unchanged', '-'), trial('no ALPN', '-', 1508, 'alert')], refused))[0]).toMatchObject({
    cause: 'alpn-mismatch',
    confidence: 'likely',
  })
})

describe('an alert of the server in answer to what follows the handshake', () => {
  const late = {
    alerts: [alert('server', 0, 'unknown', { ...HIDDEN, beforeFinished: false })],
    serverAlertAfterFinished: true,
    applicationRecords: { 'client-to-server': 2, 'server-to-client': 1 },
  }
  const seen = (text: string, by: 'client' | 'server' = 'client') =>
    completed(late, { outcome: 'failed', ending: ended(by, 'fin'), witness: witness(text) })

  it("is named by go's own sentence, whoever closes", () => {
    for (const by of ['client', 'server'] as const)
      expect(diagnose(seen('remote error: tls: internal error', by))[0]).toMatchObject({
        cause: 'alert-internal-error',
        stage: 'application-data',
        confidence: 'certain',
      })
  })

  it('refuses the Finished where it is decrypt_error', () => {
    const words = 'remote error: tls: error decrypting message'
    expect(diagnose(seen(words))[0]).toMatchObject({ cause: 'finished-mismatch', stage: 'finished', confidence: 'likely' })
    const asked = completed({ ...late, clientAnswer: 'empty-certificate-and-finished' }, { outcome: 'failed', witness: witness(words) })
    expect(diagnose(asked).map(({ cause }) => cause)).not.toContain('finished-mismatch')
  })

  it('stays without a name where go says something else', () => {
    expect(diagnose(seen('EOF'))[0]).toMatchObject({ cause: 'alert-unknown' })
    expect(diagnose(seen('EOF', 'server'))[0]).toMatchObject({ cause: 'peer-closed' })
  })
})

describe('git, which looks at the certificate behind Finished', () => {
  const record = (dir: 'c' | 's', lengthBytes: number) => ({
    ...seenRecord(dir === 'c' ? 'client-to-server' : 'server-to-client', 23),
    lengthBytes,
  })
  const left = (parts: Partial<Observation>) =>
    completed(
      {
        serverHellos: [serverHello()],
        alerts: [alert('server', 0, 'unknown', { ...HIDDEN, beforeFinished: false })],
        records: [record('c', 53), record('c', 19), record('s', 266), record('s', 19)],
      },
      { outcome: 'failed', ending: ended('client', 'fin'), ...parts },
    )
  const roots = { whose: 'git', reader: 'git', places: [], count: 1, sslCertFile: '', sslCertDir: '' } as const

  it('has refused what the server sent, where nobody saw the chain', () => {
    const found = diagnose(left({ roots }))
    expect(found.map(({ cause }) => cause)).toEqual(['alert-unknown'])
    expect(found[0]).toMatchObject({ stage: 'certificate', confidence: 'possible' })
    expect(found[0]?.explanation.title).toMatch(/^git refused /)
  })

  it('is no other client, and the server’s answer to a goodbye is no refusal', () => {
    expect(diagnose(left({}))).toEqual([])
  })
})

it('a client that resets the connection amid the server’s flight has refused it; one that waited long has not', () => {
  const cut = (afterHelloMs: number, alpn = CLIENT_HELLO.alpn) =>
    observation({
      transcript: transcript({
        clientHellos: [{ ...CLIENT_HELLO, alpn }],
        serverHellos: [serverHello()],
        clientAnswer: 'none',
        pending: 'certificate',
      }),
      ending: ended('client', 'rst', afterHelloMs),
    })
  expect(diagnose(cut(40))[0]).toMatchObject({ cause: 'alert-unknown', stage: 'certificate', confidence: 'possible' })
  expect(diagnose(cut(10_000)).map(({ cause }) => cause)).not.toContain('alert-unknown')
  expect(diagnose(cut(5_000))[0]?.cause).toBe('alert-unknown')
  // go's client without ALPN gives a request 5 s.
  expect(diagnose(cut(5_000, []))[0]?.cause).toBe('peer-silent')
})

it('a connection that dies behind a SOCKS proxy dies as any other', () => {
  const socks = { kind: 'socks', step: 'request', code: 0, hasLogin: false, afterMs: 3 } as const
  const dead = (goText: string) => observation({ connect: { ...socks, goText }, ending: ended('server', 'rst') })
  expect(diagnose(dead(''))[0]).toMatchObject({ cause: 'peer-reset', leg: 'upstream' })
  expect(diagnose(dead('socks connect tcp a->b: EOF')).map(({ cause }) => cause)).not.toContain('peer-reset')
})

describe('a flight that go refused and a probe finds nothing wrong with', () => {
  const parts = { proof: proof13('fits', 'fits') }
  it('was possibly changed on its way', () => {
    expect(diagnose(refusedUnread(verdict([]), true, parts))[0]).toMatchObject({ cause: 'bad-record-mac', confidence: 'possible' })
  })
  it('tells nothing where it is not known whose roots count', () => {
    const go = { version: '1.26.8', isKnown: false, godebug: '' }
    expect(diagnose(refusedUnread(verdict([]), true, { ...parts, go }))[0]).toMatchObject({ cause: 'alert-unknown' })
  })
})

describe('an alert of go behind the handshake', () => {
  const behind = (...lengths: readonly number[]) => ({
    serverHellos: [serverHello()],
    records: lengths.map((lengthBytes) => ({ ...seenRecord('client-to-server', 23), lengthBytes })),
  })
  const said = (words: string | null): Partial<Observation> => ({ outcome: 'failed', witness: words === null ? null : witness(words) })
  const causeOf = (seen: Observation) => diagnose(seen)[0]?.cause

  it.each([null, 'http2: client conn could not be established', 'use of closed network connection'])(
    'before its close_notify most likely refuses a damaged record, where go says %j',
    (words) => {
      const [found] = diagnose(completed(behind(53, 87, 19, 19), said(words)))
      expect(found).toMatchObject({ cause: 'bad-record-mac', stage: 'application-data', confidence: 'likely' })
      expect(found?.explanation.alsoPossible).toMatchObject([{ cause: 'unexpected-message', confidence: 'possible' }])
    },
  )

  it('is what go says that it is', () => {
    const [found] = diagnose(completed(behind(53, 87, 19, 19), said('local error: tls: bad record MAC')))
    expect(found).toMatchObject({ cause: 'bad-record-mac', confidence: 'certain' })
    expect(causeOf(completed(behind(53, 87, 19, 19), said('local error: tls: unexpected message')))).not.toBe('bad-record-mac')
    expect(causeOf(completed(behind(53, 87, 19, 19), said('remote error: tls: certificate required')))).not.toBe('bad-record-mac')
  })

  it('is none where only close_notify came, or all went well', () => {
    expect(causeOf(completed(behind(53, 87, 19), said('use of closed network connection')))).not.toBe('bad-record-mac')
    expect(diagnose(completed(behind(53, 87, 19, 19), { outcome: 'passed' }))).toEqual([])
  })

  it('may be one that did not come through, where go gave up a connection before its first request and the server had not', () => {
    const gaveUp = said('http2: client conn could not be established')
    const [found] = diagnose(completed(behind(53, 87), { ...gaveUp, outcome: 'passed', ending: ended('client', 'rst') }))
    expect(found).toMatchObject({ cause: 'bad-record-mac', confidence: 'possible' })
    expect(found?.explanation.alsoPossible?.map(({ cause }) => cause)).toEqual(['unexpected-message', 'invalid-module-response'])
    expect(causeOf(completed(behind(53, 87), { ...gaveUp, ending: ended('server', 'fin') }))).toBe('peer-closed')
    const answered = { ...behind(53, 87), serverAlertAfterFinished: true }
    expect(causeOf(completed(answered, { ...gaveUp, ending: ended('client', 'fin') }))).not.toBe('bad-record-mac')
  })
})
