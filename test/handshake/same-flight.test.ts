import { describe, expect, it } from 'vitest'
import { otherFlight, sameFlight } from '../../src/handshake/same-flight.ts'
import type { Transcript } from '../../src/handshake/transcript.ts'
import { play, readVector } from './playbook.ts'

const probe = play(readVector('go-tls13-ok'), 'before').transcript
const go = play(readVector('go-tls13-refused')).transcript

/** The same session with the server's n-th encrypted record longer by `by` octets. */
function stretch(transcript: Transcript, at: number, by: number): Transcript {
  const lengths = transcript.encryptedLengths['server-to-client'].map((length, n) => (n === at ? length + by : length))
  return { ...transcript, encryptedLengths: { ...transcript.encryptedLengths, 'server-to-client': lengths } }
}

/** The same session as if its first four records were one: 17 octets of a record are not content. */
function joinFlight(transcript: Transcript): Transcript {
  const lengths = transcript.encryptedLengths['server-to-client']
  const flight = lengths.slice(0, 4).reduce((sum, length) => sum + length - 17, 17)
  return { ...transcript, encryptedLengths: { ...transcript.encryptedLengths, 'server-to-client': [flight, ...lengths.slice(4)] } }
}

/** Records of the server's flight: EncryptedExtensions, Certificate, CertificateVerify, Finished. */
const [EXTENSIONS, CERTIFICATE, VERIFY, FINISHED] = [0, 1, 2, 3] as const

describe('otherFlight', () => {
  it('holds where both flights are whole and do not fit, and not where one is not', () => {
    expect(otherFlight(go, probe)).toBe(false)
    expect(otherFlight(stretch(go, CERTIFICATE, 40), probe)).toBe(true)
    const lengths = go.encryptedLengths['server-to-client'].slice(0, 3)
    expect(otherFlight({ ...go, encryptedLengths: { ...go.encryptedLengths, 'server-to-client': lengths } }, probe)).toBe(false)
    expect(otherFlight(go, go)).toBe(false)
  })
})

describe('sameFlight', () => {
  it('holds for two sessions with one server', () => {
    expect(sameFlight(go, probe)).toBe(true)
  })

  it('holds over suites of different hashes and over HelloRetryRequest', () => {
    expect(sameFlight(play(readVector('go-tls13-refused-sha256')).transcript, probe)).toBe(true)
    expect(sameFlight(play(readVector('go-tls13-chacha-refused')).transcript, probe)).toBe(true)
    expect(sameFlight(play(readVector('go-tls13-hrr-refused')).transcript, probe)).toBe(true)
    expect(sameFlight(go, play(readVector('go-tls13-sha256-ok'), 'after').transcript)).toBe(true)
  })

  it.each([1, -1, 40])('does not hold when the Certificate record differs by %i octets', (by) => {
    expect(sameFlight(stretch(go, CERTIFICATE, by), probe)).toBe(false)
  })

  it('does not hold when EncryptedExtensions or Finished have another length', () => {
    expect(sameFlight(stretch(go, EXTENSIONS, 1), probe)).toBe(false)
    expect(sameFlight(stretch(go, FINISHED, -1), probe)).toBe(false)
  })

  it('lets an ECDSA signature be shorter, and no longer than the curve allows', () => {
    const results = [-8, -7, 4, 5].map((by) => sameFlight(stretch(go, VERIFY, by), probe))
    expect(results[0]).toBe(false)
    expect(results[3]).toBe(false)
    const fitting = Array.from({ length: 21 }, (_, at) => at - 10).filter((by) => sameFlight(stretch(go, VERIFY, by), probe))
    expect(fitting).toHaveLength(5)
    expect(fitting).toContain(0)
  })

  it('does not hold when go saw only a part of the flight', () => {
    const lengths = go.encryptedLengths['server-to-client'].slice(0, 3)
    expect(sameFlight({ ...go, encryptedLengths: { ...go.encryptedLengths, 'server-to-client': lengths } }, probe)).toBe(false)
  })

  it('does not hold when the probe could not decrypt', () => {
    expect(sameFlight(go, go)).toBe(false)
  })

  it('compares the certificates themselves where both chains were readable', () => {
    const clear = play(readVector('go-tls12-refused')).transcript
    expect(sameFlight(clear, probe)).toBe(true)
    expect(sameFlight({ ...clear, chain: [Uint8Array.of(1)] }, probe)).toBe(false)
    expect(sameFlight({ ...clear, chain: [] }, { ...probe, chain: [] })).toBe(false)
  })

  it('holds when the server puts its whole flight into one record, and not when that one is longer than a signature explains', () => {
    const [together, whole] = [joinFlight(go), joinFlight(probe)]
    expect(sameFlight(together, whole)).toBe(true)
    expect(sameFlight(go, whole)).toBe(false)
    expect(sameFlight(stretch(together, 0, 10), whole)).toBe(false)
    expect(sameFlight(stretch(together, 0, -10), whole)).toBe(false)
  })

  it('does not hold when the chains have other lengths', () => {
    const other = play(readVector('git-tls13-ok'), 'before').transcript
    expect(other.encryptedLengths['server-to-client'][CERTIFICATE]).not.toBe(go.encryptedLengths['server-to-client'][CERTIFICATE])
    expect(sameFlight(go, other)).toBe(false)
  })

  it('lets records behind Finished differ', () => {
    expect(probe.encryptedLengths['server-to-client'].length).toBeGreaterThan(4)
    expect(sameFlight(stretch(probe, 5, 9), probe)).toBe(true)
  })
})
