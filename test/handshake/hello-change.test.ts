import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ClientHello } from '../../src/contract/handshake.ts'
import {
  changeHello,
  findSentHello,
  HELLO_CHANGES,
  type HelloChange,
  type SentHello,
  standInFor,
} from '../../src/handshake/hello-change.ts'
import { HandshakeObserver } from '../../src/handshake/observer.ts'
import { play, readVector } from './playbook.ts'

function sentBy(vector: string): SentHello {
  const sent = findSentHello(play(readVector(vector)).transcript)
  if (sent === null) throw new Error(`${vector} has no ClientHello`)
  return sent
}

function wireOf(vector: string): Buffer {
  const octets = Buffer.concat(
    readVector(vector)
      .chunks.filter(([from]) => from === 'c')
      .map(([, part]) => Buffer.from(part, 'base64')),
  )
  return octets.subarray(0, 5 + octets.readUInt16BE(3))
}

/** What a server reads of it. */
function read(octets: Uint8Array | null): ClientHello {
  if (octets === null) throw new Error('the change was not made')
  const [hello] = new HandshakeObserver()
    .feed('client-to-server', octets, 0)
    .flatMap((event) => (event.type === 'client-hello' ? [event.hello] : []))
  if (hello === undefined) throw new Error('no ClientHello was read')
  expect(hello.wireBytes).toBe(octets.length)
  return hello
}

const GO = ['hello-go1.21', 'hello-go1.23', 'hello-go1.24', 'hello-go1.26', 'hello-go1.26-address', 'hello-go1.26-no-http2']

describe("go's hello", () => {
  it.each(GO)('%s is replayed octet for octet', (vector) => {
    expect(Buffer.from(changeHello(sentBy(vector), 'unchanged') ?? [])).toEqual(wireOf(vector))
  })

  it.each([
    ['hello-go1.26', 'hello-go1.26-no-mlkem'],
    ['hello-go1.24', 'hello-go1.24-no-mlkem'],
  ])('%s without ML-KEM is what go sends with tlsmlkem=0', (vector, setting) => {
    const [changed, real] = [read(changeHello(sentBy(vector), 'no ML-KEM')), read(wireOf(setting))]
    expect(changed.ja3).toBe(real.ja3)
    expect(changed.wireBytes).toBe(real.wireBytes)
    expect(changed.keyShares).toEqual(real.keyShares)
    expect(changed.extensions.map(({ id }) => id)).toEqual(real.extensions.map(({ id }) => id))
  })

  it('filled up is as long as it was, or as long as the step says', () => {
    const sent = sentBy('hello-go1.26')
    const whole = wireOf('hello-go1.26').length
    const small = changeHello(sent, 'no ML-KEM')?.length
    expect(changeHello(sent, 'no ML-KEM, padded')).toHaveLength(whole)
    expect(changeHello(sent, 'no ML-KEM, 1,024 bytes')).toHaveLength(1_024)
    expect(changeHello(sent, 'no ML-KEM, 1,448 bytes')).toHaveLength(1_448)
    expect(changeHello(sent, 'TLS 1.2 only, padded')).toHaveLength(small ?? 0)
    expect(changeHello(sent, 'another server name')).toHaveLength(whole)
  })

  it('of TLS 1.2 only is what such a client sends', () => {
    const hello = read(changeHello(sentBy('hello-go1.26'), 'TLS 1.2 only'))
    expect(hello).toMatchObject({
      legacyVersion: '0x0303',
      supportedVersions: [],
      keyShares: [],
      legacySessionId: '',
      alpn: ['h2', 'http/1.1'],
    })
    expect(hello.cipherSuites.map(({ name }) => name).filter((name) => !name.startsWith('TLS_ECDHE_'))).toEqual([])
    expect(hello.supportedGroups.map(({ id }) => id)).toEqual([29, 23, 24, 25])
  })

  it('has other names and protocols where that is the change', () => {
    const sent = sentBy('hello-go1.26')
    expect(read(changeHello(sent, 'another server name')).serverName).toBe('aaaaaaaaaaaaa.invalid')
    expect(read(changeHello(sent, 'no server name')).serverName).toBeNull()
    expect(read(changeHello(sent, 'no ALPN')).alpn).toEqual([])
    expect(read(changeHello(sent, 'ALPN http/1.1 only')).alpn).toEqual(['http/1.1'])
    expect(read(changeHello(sent, 'split over two records'))).toMatchObject({ recordCount: 2, ja3: read(wireOf('hello-go1.26')).ja3 })
  })

  it('offers every suite or group behind its own, and nothing else is another', () => {
    const sent = sentBy('hello-go1.26')
    const [own, suites, groups] = [read(wireOf('hello-go1.26')), changeHello(sent, 'every cipher suite'), changeHello(sent, 'every group')]
    expect(read(suites).cipherSuites.slice(0, own.cipherSuites.length)).toEqual(own.cipherSuites)
    expect(read(suites).cipherSuites.map(({ id }) => id)).toEqual(expect.arrayContaining([0x000a, 0xc012, 0x1304]))
    expect(read(suites).cipherSuites.map(({ id }) => id)).not.toContain(0x5600)
    expect(read(groups).supportedGroups.map(({ id }) => id)).toEqual(expect.arrayContaining([30, 256, 514, 4587]))
    expect(read(groups).keyShares).toEqual(own.keyShares)
    expect(read(groups).extensions.map(({ id }) => id)).toEqual(own.extensions.map(({ id }) => id))
  })

  it('is not changed where there is nothing to change', () => {
    expect(changeHello(sentBy('hello-go1.21'), 'no ML-KEM')).toBeNull()
    expect(changeHello(sentBy('hello-go1.21'), 'no ML-KEM, padded')).toBeNull()
    expect(changeHello(sentBy('hello-go1.26-address'), 'another server name')).toBeNull()
    expect(changeHello(sentBy('hello-go1.26-address'), 'no server name')).toBeNull()
    expect(changeHello(sentBy('hello-go1.26-no-http2'), 'no ALPN')).toBeNull()
  })

  it('that was cut by two records is replayed with the same cut', () => {
    const octets = changeHello(sentBy('hello-go1.26'), 'split over two records') ?? new Uint8Array()
    const observer = new HandshakeObserver()
    observer.feed('client-to-server', octets, 0)
    const sent = findSentHello(observer.transcript())
    expect(sent === null ? null : changeHello(sent, 'unchanged')).toEqual(octets)
    expect(sent === null ? undefined : changeHello(sent, 'split over two records')).toBeNull()
  })
})

it('a damaged hello is replayed, never thrown at', () => {
  const { message, recordVersion } = sentBy('hello-go1.26')
  const change: fc.Arbitrary<HelloChange> = fc.constantFrom(...HELLO_CHANGES)
  fc.assert(
    fc.property(change, fc.nat(message.length - 1), fc.nat(255), fc.nat(200), (one, at, octet, tail) => {
      const damaged = message.slice(0, message.length - tail)
      damaged[at % damaged.length] = octet
      const octets = changeHello({ message: damaged, recordVersion, cuts: [] }, one)
      if (one === 'unchanged') expect(octets).toHaveLength(damaged.length + 5)
    }),
  )
})

it('the name in place of the real one is as long, valid, and another one', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 250 }), (length) => {
      const name = standInFor('m'.repeat(length))
      expect(name).toHaveLength(length)
      expect(name).toMatch(/^(?!.*\.\.)[ab](?:[ab.]*[ab])?(?:\.invalid)?$/)
      for (const label of name.split('.')) expect(label.length).toBeLessThanOrEqual(length > 9 ? 63 : length)
      expect(standInFor(name)).not.toBe(name)
    }),
  )
})
