/** Keys that change within a session (RFC 8446 sections 4.6.3 and 7.2). */
import { createCipheriv } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { HandshakeObserver } from '../../src/handshake/observer.ts'
import { deriveNextSecret, deriveTrafficKeys, findSuiteParameters, type SuiteParameters } from '../../src/tls/key-schedule.ts'
import { directionOf, readVector } from './playbook.ts'

const HANDSHAKE = 22
const ALERT = 21
const KEY_UPDATE = Buffer.from([24, 0, 0, 1, 0])

/** A protected record as a server sends it. */
function protect(secret: Uint8Array, suite: SuiteParameters, sequence: number, type: number, content: Uint8Array): Buffer {
  const { key, iv } = deriveTrafficKeys(secret, suite)
  const nonce = Buffer.from(iv)
  nonce.writeUInt32BE((nonce.readUInt32BE(8) ^ sequence) >>> 0, 8)
  const header = Buffer.from([23, 3, 3, 0, content.length + 17])
  const cipher = createCipheriv('aes-128-gcm', key, nonce)
  cipher.setAAD(header)
  return Buffer.concat([header, cipher.update(Buffer.concat([content, Buffer.of(type)])), cipher.final(), cipher.getAuthTag()])
}

describe('a KeyUpdate', () => {
  const vector = readVector('go-tls13-sha256-ok')
  const suite = findSuiteParameters(0x1301)
  const line = vector.keys.find((key) => key.startsWith('SERVER_TRAFFIC_SECRET_0'))
  const secret = Buffer.from(line?.split(' ')[2]?.trim() ?? '', 'hex')
  if (suite === undefined || secret.length === 0) throw new Error('the vector has no application secret of the server')

  /** What is read of records that a server sends behind the handshake. */
  function readBehind(records: readonly Buffer[]) {
    const observer = new HandshakeObserver({ limitBytes: Number.POSITIVE_INFINITY })
    for (const key of vector.keys) observer.addSecret(key)
    const begun = vector.chunks.slice(
      0,
      vector.chunks.findLastIndex(([from]) => from === 'c'),
    )
    begun.forEach(([from, octets], at) => void observer.feed(directionOf(from), Buffer.from(octets, 'base64'), at))
    const before = observer.transcript()
    for (const record of records) observer.feed('server-to-client', record, 99)
    const after = observer.transcript()
    return {
      messages: after.messages.slice(before.messages.length).map(({ name }) => name),
      alerts: after.alerts.slice(before.alerts.length),
    }
  }

  const next = deriveNextSecret(secret, suite)
  const afterNext = deriveNextSecret(next, suite)
  const sequences = [0, 1, 2, 3, 4]
  const first =
    sequences.find((sequence) => readBehind([protect(secret, suite, sequence, HANDSHAKE, KEY_UPDATE)]).messages.length > 0) ?? -1
  const close = Buffer.from([1, 0])

  it('is read, and what follows is read under the next keys', () => {
    expect(first).toBeGreaterThanOrEqual(0)
    const twice = [
      protect(secret, suite, first, HANDSHAKE, KEY_UPDATE),
      protect(next, suite, 0, HANDSHAKE, KEY_UPDATE),
      protect(afterNext, suite, 0, ALERT, close),
    ]
    const { messages, alerts } = readBehind(twice)
    expect(messages).toEqual(['KeyUpdate', 'KeyUpdate'])
    expect(alerts).toMatchObject([{ name: 'close_notify', sender: 'server', how: 'decrypted' }])
  })

  it('that did not come leaves records under the next keys unread', () => {
    expect(readBehind([protect(next, suite, 0, ALERT, close)])).toMatchObject({ messages: [], alerts: [] })
  })
})
