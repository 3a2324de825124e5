import { describe, expect, it } from 'vitest'
import { checkKeyProof } from '../../src/handshake/key-proof.ts'
import type { SeenMessage, Transcript } from '../../src/handshake/transcript.ts'
import { play, readVector } from './playbook.ts'

const SESSIONS = [
  'curl-tls13-ok',
  'git-tls13-ok',
  'go-tls12-ok',
  'go-tls12-refused',
  'go-tls12-client-certificate',
  'go-tls13-hrr-ok',
  'go-tls13-ok',
  'go-tls13-sha256-ok',
  'go-tls13-client-certificate',
  'go1.21-tls13-ok',
  'openssl-tls12-ok',
  'openssl-tls13-ccm-ok',
]

describe('checkKeyProof', () => {
  it.each(SESSIONS)('the signature of %s fits its certificate', (name) => {
    const { transcript } = play(readVector(name), 'before')
    expect(checkKeyProof(transcript)).toMatchObject({ outcome: 'fits', keyKind: 'ECDSA' })
  })

  it.each(SESSIONS)('the signature of %s does not fit when one octet of it, or of what it covers, is another', (name) => {
    const { transcript } = play(readVector(name), 'before')
    const isTls12 = transcript.serverHellos.at(-1)?.selectedVersion.id === 0x0303
    expect(checkKeyProof(alter(transcript, isTls12 ? 12 : 15, -1))?.outcome).toBe('does not fit')
    expect(checkKeyProof(alter(transcript, 1, 8))?.outcome).toBe('does not fit')
  })

  it('nothing is said of a flight that was not read', () => {
    const { transcript } = play(readVector('go-tls13-ok'))
    expect(checkKeyProof(transcript)).toMatchObject({ outcome: 'not seen', scheme: null })
    expect(checkKeyProof(play(readVector('go-not-tls')).transcript)).toBeNull()
  })

  it('a cut message is not seen, whatever is missing', () => {
    const { transcript } = play(readVector('go-tls12-ok'))
    for (let length = 4; length < 40; length += 1) {
      const cut = transcript.messages.map((message) => (message.type === 12 ? cutTo(message, length) : message))
      expect(checkKeyProof({ ...transcript, messages: cut })?.outcome).toBe('not seen')
    }
  })
})

function alter(transcript: Transcript, type: number, at: number): Transcript {
  const messages = transcript.messages.map((message) => {
    if (message.type !== type || message.octets === undefined) return message
    const octets = message.octets.slice()
    const index = at < 0 ? octets.length + at : at
    octets[index] = (octets[index] ?? 0) ^ 1
    return { ...message, octets }
  })
  return { ...transcript, messages }
}

function cutTo(message: SeenMessage, length: number): SeenMessage {
  return { ...message, octets: (message.octets ?? new Uint8Array()).slice(0, length) }
}
