import { describe, expect, it } from 'vitest'
import { findFlightEnd } from '../../src/handshake/flight-progress.ts'
import type { Transcript } from '../../src/handshake/transcript.ts'
import { play, readVector } from './playbook.ts'

const probe = play(readVector('go-tls13-ok'), 'before').transcript
const whole = play(readVector('go-tls13-refused')).transcript

/** go's session, dead behind so many records of the flight (EncryptedExtensions, Certificate, CertificateVerify, Finished). */
function deadBehind(count: number, parts: Partial<Transcript> = {}): Transcript {
  const lengths = whole.encryptedLengths['server-to-client'].slice(0, count)
  return {
    ...whole,
    pending: 'certificate',
    clientAnswer: 'none',
    encryptedLengths: { ...whole.encryptedLengths, 'server-to-client': lengths },
    ...parts,
  }
}

describe('findFlightEnd', () => {
  it('names the first message that did not come, from the lengths of the records that did', () => {
    expect([1, 2, 3].map((count) => findFlightEnd(deadBehind(count), probe)?.waitingFor)).toEqual([
      'Certificate',
      'CertificateVerify',
      'Finished',
    ])
    expect(findFlightEnd(deadBehind(3), probe)?.stage).toBe('finished')
  })

  it('says nothing where no record came, all came, or the probe met another flight', () => {
    expect(findFlightEnd(deadBehind(0), probe)).toBeUndefined()
    expect(findFlightEnd(deadBehind(4), probe)).toBeUndefined()
    const other = { ...whole.encryptedLengths, 'server-to-client': [23, 900] }
    expect(findFlightEnd(deadBehind(2, { encryptedLengths: other }), probe)).toBeUndefined()
  })

  it('says nothing of a flight that the probe could not open, nor of what was read on the wire', () => {
    expect(findFlightEnd(deadBehind(2), whole)).toBeUndefined()
    expect(findFlightEnd(deadBehind(2, { pending: 'server-hello' }), probe)).toBeUndefined()
  })
})
