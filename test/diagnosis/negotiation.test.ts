import { describe, expect, it } from 'vitest'
import { diagnose } from '../../src/diagnosis/diagnose.ts'
import type { Observation } from '../../src/diagnosis/observation.ts'
import { encryptedFlight, retryRequest, serverHello12, serverHello13 } from '../../src/lab/raw-hello.ts'
import { record } from '../../src/lab/raw-messages.ts'
import { alert, ended, observation, probeOf, serverHello, transcript } from './observation-builders.ts'
import { OFFER, refusedAnswer } from './refused-answer.ts'

function causeOf(seen: Observation): string | undefined {
  return diagnose(seen)[0]?.cause
}

const COMPRESSED = record(22, serverHello13(OFFER, { compression: 1 }))

describe('the causes of a negotiation', () => {
  it("follow the alert of go's own version, and are silent where another one came", () => {
    const by = (version: string, code: number) =>
      causeOf(refusedAnswer([COMPRESSED], code, { go: { version, isKnown: true, godebug: '' } }))
    expect(by('1.26.8', 50)).toBe('malformed-server-hello')
    expect(by('1.24.13', 47)).toBe('malformed-server-hello')
    expect(by('1.26.8', 47)).toBe('alert-illegal-parameter')
  })

  it('try the rules of other versions where go is not known', () => {
    const seen = refusedAnswer([COMPRESSED], 47, { go: { version: '1.26.8', isKnown: false, godebug: '' } })
    expect(causeOf(seen)).toBe('malformed-server-hello')
  })

  it('say nothing of a session that the server broke off itself', () => {
    const seen = refusedAnswer([record(22, retryRequest(OFFER, 30))], null, { ending: ended('server', 'rst') })
    expect(causeOf(seen)).toBe('peer-reset')
  })

  it('claim less where go left without an alert that its rules ask for', () => {
    const [first] = diagnose(refusedAnswer([COMPRESSED], null))
    expect([first?.cause, first?.confidence]).toEqual(['malformed-server-hello', 'likely'])
  })

  it("do not take a probe's encrypted messages for the answer of a server that gave none", () => {
    const flight = encryptedFlight(OFFER, () => [])
    expect(flight).not.toBeNull()
    const hidden = { dir: 'server-to-client', type: 8, name: 'EncryptedExtensions', lengthBytes: 2, atMs: 1, recordOffset: 0 } as const
    const probe = probeOf({
      serverHellos: [serverHello()],
      messages: [{ ...hidden, source: 'decrypted', octets: Buffer.from([8, 0, 0, 2, 0, 0]) }],
    })
    expect(causeOf(observation({ probe, ending: ended('server', 'rst') }))).toBe('peer-reset')
  })
})

describe('no-common-group', () => {
  const refused = transcript({ alerts: [alert('server', 40, 'handshake_failure')] })
  const met = (parts: Partial<ReturnType<typeof serverHello>>, more: Parameters<typeof probeOf>[0] = {}) =>
    causeOf(observation({ transcript: refused, probe: probeOf({ serverHellos: [{ ...serverHello(), ...parts }], ...more }) }))
  const X448 = { keyShareGroup: { id: 30, name: 'x448' } }

  it('is what a probe shows that got another group and nothing else that go lacks', () => {
    expect(met(X448)).toBe('no-common-group')
    expect(met({ ...X448, cipherSuite: { id: 0x1304, name: 'TLS_AES_128_CCM_SHA256' } })).toBe('no-common-cipher')
    expect(met({ keyShareGroup: { id: 29, name: 'x25519' } })).toBe('alert-handshake-failure')
  })

  it('is not claimed where the signature, too, is one that go does not offer', () => {
    const verify = { dir: 'server-to-client', type: 15, name: 'CertificateVerify', lengthBytes: 4, atMs: 1, recordOffset: 0 } as const
    const octets = Buffer.from([15, 0, 0, 4, 8, 8, 0, 0])
    expect(met(X448, { messages: [{ ...verify, source: 'decrypted', octets }] })).toBe('alert-handshake-failure')
  })
})

describe('downgrade-detected', () => {
  it('needs the mark: TLS 1.2 alone is no downgrade', () => {
    expect(causeOf(refusedAnswer([record(22, serverHello12())], 47))).toBe('alert-illegal-parameter')
  })
})
