import { describe, expect, it } from 'vitest'
import { checkFinishedProof } from '../../src/handshake/finished-proof.ts'
import { type Flight, FlightTape } from '../../src/handshake/flight.ts'
import type { Transcript } from '../../src/handshake/transcript.ts'
import { directionOf, play, readVector, type Vector } from './playbook.ts'

const SESSIONS = [
  'curl-tls13-ok',
  'go-tls12-ok',
  'go-tls12-client-certificate',
  'go-tls13-hrr-ok',
  'go-tls13-ok',
  'go-tls13-sha256-ok',
  'go1.21-tls13-ok',
  'openssl-tls12-ok',
  'openssl-tls13-ccm-ok',
]

describe('checkFinishedProof', () => {
  it.each(SESSIONS)('the Finished of %s fits', (name) => {
    const { transcript, flight } = record(readVector(name))
    const hasFinished = transcript.isComplete
    expect(checkFinishedProof(transcript, flight)).toBe(hasFinished ? 'fits' : 'not seen')
  })

  it.each(SESSIONS)('the Finished of %s does not fit another handshake', (name) => {
    const { transcript, flight } = record(readVector(name))
    const messages = transcript.messages.map((message) => {
      if (message.type !== 1 || message.octets === undefined) return message
      return { ...message, octets: Uint8Array.from([...message.octets.slice(0, -1), 0xee]) }
    })
    const other = checkFinishedProof({ ...transcript, messages }, flight)
    expect(other).toBe(transcript.isComplete ? 'does not fit' : 'not seen')
  })

  it('a record of TLS 1.3 with one other octet is damaged, whichever of the server it is', () => {
    const vector = readVector('go-tls13-ok')
    const { transcript } = record(vector)
    const lengths = transcript.encryptedLengths['server-to-client'].slice(0, 3)
    for (const index of lengths.keys()) {
      const damaged = record(damage(vector, transcript, index))
      expect(damaged.transcript.damagedRecord).toMatchObject({ index })
    }
    const first = record(damage(vector, transcript, 0))
    expect(first.transcript.damagedRecord?.beforeFinished).toBe(true)
    expect(checkFinishedProof({ ...first.transcript, isComplete: false }, first.flight)).toBe('damaged')
  })

  it('a damaged Finished of TLS 1.2 is told from a wrong one', () => {
    const { transcript, flight } = record(readVector('go-tls12-ok'))
    const records = flight.records.map((one, at) => {
      const isFinished = one.dir === 'server-to-client' && flight.records[at - 1]?.octets[0] === 20
      return isFinished ? { ...one, octets: Uint8Array.from([...one.octets.slice(0, -1), 1]) } : one
    })
    expect(checkFinishedProof(transcript, { ...flight, records })).toBe('damaged')
  })

  it('without secrets nothing is seen', () => {
    const { transcript, flight } = record(readVector('go-tls12-ok'))
    expect(checkFinishedProof(transcript, { ...flight, secrets: [] })).toBe('not seen')
    expect(checkFinishedProof(transcript, undefined)).toBe('not seen')
  })
})

function record(vector: Vector): { readonly transcript: Transcript; readonly flight: Flight } {
  const { transcript } = play(vector, 'before')
  const tape = new FlightTape()
  for (const [from, octets] of vector.chunks) tape.addOctets(directionOf(from), Buffer.from(octets, 'base64'))
  for (const key of vector.keys) tape.addSecret(key)
  return { transcript, flight: tape.cut(transcript) }
}

/** The same session with one octet of the server's n-th encrypted record changed. */
function damage(vector: Vector, transcript: Transcript, index: number): Vector {
  const server = transcript.records.filter(({ dir }) => dir === 'server-to-client')
  let seen = -1
  let offset = 0
  for (const { contentType, lengthBytes } of server) {
    if (contentType === 23) seen += 1
    if (seen === index) break
    offset += 5 + lengthBytes
  }
  let at = 0
  const chunks = vector.chunks.map(([from, text]): readonly ['c' | 's', string] => {
    const octets = Buffer.from(text, 'base64')
    const place = offset + 6 - at
    if (from === 's') at += octets.length
    if (from === 's' && place >= 0 && place < octets.length) octets[place] = (octets[place] ?? 0) ^ 0xff
    return [from, octets.toString('base64')]
  })
  return { ...vector, chunks }
}
