import { describe, expect, it } from 'vitest'
import { HandshakeObserver, type ObserverOptions } from '../../src/handshake/observer.ts'
import { parseStreams } from '../../src/handshake/tls-parse.ts'
import type { Transcript } from '../../src/handshake/transcript.ts'
import { sealServerRecord12, sealServerRecord13 } from '../../src/tls/seal-record.ts'
import { directionOf, readVector, type Vector } from './playbook.ts'

/** Every way in which TLS 1.0 to 1.2 protects a record that is read. */
const SUITES = [
  ['openssl-tls12-ok', 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256'],
  ['openssl-tls12-ccm8', 'TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8'],
  ['openssl-tls12-chacha', 'TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256'],
  ['openssl-tls12-cbc', 'TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA'],
  ['openssl-tls12-encrypt-then-mac', 'TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384'],
  ['openssl-tls11-cbc', 'TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA'],
  ['openssl-tls10-cbc', 'TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA'],
] as const

type When = 'before' | 'after' | 'never'

function watch({ chunks, keys }: Vector, when: When, options: ObserverOptions = { decryptsOld: true }): Transcript {
  const observer = new HandshakeObserver(options)
  if (when === 'before') for (const key of keys) observer.addSecret(key)
  chunks.forEach(([from, octets], at) => void observer.feed(directionOf(from), Buffer.from(octets, 'base64'), at))
  if (when === 'after') for (const key of keys) observer.addSecret(key)
  return observer.transcript()
}

const describeAlerts = ({ alerts }: Transcript) => alerts.map(({ sender, name, how }) => `${sender} ${name} ${how}`)
const describeFinished = ({ messages }: Transcript) =>
  messages.filter(({ name }) => name === 'Finished').map(({ dir, source, lengthBytes }) => `${dir} ${source} ${lengthBytes}`)

describe('a session of TLS 1.2 or older whose master secret is at hand', () => {
  it.each(SUITES)('%s shows both Finished and the alerts behind them', (name, suite) => {
    for (const when of ['before', 'after'] as const) {
      const seen = watch(readVector(name), when)
      expect(seen.serverHellos[0]?.cipherSuite.name).toBe(suite)
      expect(describeFinished(seen)).toEqual(['client-to-server decrypted 12', 'server-to-client decrypted 12'])
      expect(describeAlerts(seen)).toContain('client close_notify decrypted')
      expect(seen.isComplete).toBe(true)
    }
  })

  it('shows nothing of it without the secret, with that of another session, or where nobody asked', () => {
    const vector = readVector('openssl-tls12-cbc')
    const wrong = { ...vector, keys: vector.keys.map((line) => `${line.slice(0, -4)}0000`) }
    for (const seen of [watch(vector, 'never'), watch(wrong, 'before'), watch(wrong, 'after'), watch(vector, 'before', {})]) {
      expect(describeFinished(seen)).toEqual([])
      expect(seen.alerts.filter(({ how }) => how !== 'inferred')).toEqual([])
      expect(seen.isComplete).toBe(true)
    }
  })

  it.each(SUITES)('%s ends in a value wherever an octet is damaged', (name) => {
    const vector = readVector(name)
    const at = vector.chunks.findIndex(([from], index) => index > 1 && from === 'c')
    const octets = Buffer.from(vector.chunks[at]?.[1] ?? '', 'base64')
    for (let flipped = 0; flipped < octets.length; flipped += 11) {
      const damaged = Buffer.from(octets)
      damaged.writeUInt8(damaged.readUInt8(flipped) ^ 0x41, flipped)
      const chunks = vector.chunks.map((chunk, index) => (index === at ? (['c', damaged.toString('base64')] as const) : chunk))
      expect(() => watch({ ...vector, chunks }, 'before')).not.toThrow()
    }
  })
})

describe('a session with a NULL suite', () => {
  const vector = readVector('openssl-tls12-null')

  it('shows Finished and alerts as what they are: in clear', () => {
    const seen = watch(vector, 'never', {})
    expect(seen.serverHellos[0]?.cipherSuite.name).toBe('TLS_ECDHE_ECDSA_WITH_NULL_SHA')
    expect(describeFinished(seen)).toEqual(['client-to-server wire 12', 'server-to-client wire 12'])
    expect(describeAlerts(seen)).toEqual(['client close_notify clear', 'server close_notify clear'])
  })

  it('says so to parse, too', () => {
    const side = (wanted: string) =>
      Buffer.concat(vector.chunks.map(([from, octets]) => Buffer.from(from === wanted ? octets : '', 'base64')))
    const seen = parseStreams({ c2s: side('c'), s2c: side('s') })
    expect(seen.handshake.filter(([, type]) => type === 20)).toEqual([
      ['s', 20, 12],
      ['c', 20, 12],
    ])
    expect(seen.alerts).toHaveLength(2)
  })
})

describe('an observer that reads on', () => {
  const CLOSE = Buffer.of(1, 0)
  const REFUSE = Buffer.of(2, 80)
  const page = Buffer.alloc(9000, 0x20)

  /** Twenty records of data, more octets than wait for a secret, then an alert. The sequence that fits is found by trying. */
  function readBehind(
    name: string,
    options: ObserverOptions,
    seal: (sequence: number, type: number, content: Uint8Array) => Buffer | null,
  ) {
    const vector = readVector(name)
    const last = vector.chunks.findLastIndex(([from]) => from === 'c')
    for (let first = 0; first < 5; first += 1) {
      const records = [
        ...Array.from({ length: 20 }, (_, at) => seal(first + at, 23, page)),
        seal(first + 20, 21, REFUSE),
        seal(first + 21, 21, CLOSE),
      ]
      const observer = new HandshakeObserver(options)
      for (const key of vector.keys) observer.addSecret(key)
      vector.chunks.slice(0, last).forEach(([from, octets], at) => void observer.feed(directionOf(from), Buffer.from(octets, 'base64'), at))
      for (const record of records) observer.feed('server-to-client', record ?? expect.fail('no such suite'), 99)
      const seen = observer.transcript()
      if (seen.alerts.some(({ name: told }) => told === 'internal_error')) return seen
    }
    return null
  }

  const vector12 = readVector('go-tls12-ok')
  const hellos = watch(vector12, 'never')
  const secretOf = (keys: readonly string[], label: string) =>
    Buffer.from(keys.find((key) => key.startsWith(label))?.split(' ')[2] ?? '', 'hex')
  const seal12 = (sequence: number, contentType: number, content: Uint8Array) =>
    sealServerRecord12(
      { contentType, content, sequence },
      {
        masterSecret: secretOf(vector12.keys, 'CLIENT_RANDOM'),
        clientRandom: Buffer.from(hellos.clientHellos[0]?.random ?? '', 'hex'),
        serverRandom: Buffer.from(hellos.serverHellos[0]?.random ?? '', 'hex'),
      },
      hellos.serverHellos[0]?.cipherSuite.name ?? '',
      Buffer.from(`000000${(100 + sequence).toString(16).padStart(10, '0')}`, 'hex'),
    )
  const vector13 = readVector('go-tls13-sha256-ok')
  const seal13 = (sequence: number, contentType: number, content: Uint8Array) =>
    sealServerRecord13({ contentType, content, sequence }, secretOf(vector13.keys, 'SERVER_TRAFFIC_SECRET_0'), 0x1301)

  it.each([
    ['go-tls12-ok', seal12],
    ['go-tls13-sha256-ok', seal13],
  ] as const)('tells the alert far behind the handshake of %s, and lists no more records for it', (name, seal) => {
    const seen = readBehind(name, { decryptsOld: true, readsOn: true }, seal)
    expect(seen === null ? null : describeAlerts(seen).slice(-2)).toEqual([
      'server internal_error decrypted',
      'server close_notify decrypted',
    ])
    expect(seen?.applicationRecords['server-to-client']).toBeLessThan(15)
    expect(seen?.stoppedAt['server-to-client']).toBeNull()
    expect(readBehind(name, { decryptsOld: true }, seal)).toBeNull()
  })
})
