import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ClientHello } from '../../src/contract/handshake.ts'
import { parseClientHello } from '../../src/tls/client-hello.ts'
import {
  closeHello,
  type HelloOctets,
  openHello,
  padTo,
  withAlpn,
  withoutGroups,
  withoutTls13,
  withServerName,
  writeRecords,
} from '../../src/tls/hello-octets.ts'

const octets = (min: number, max: number) => fc.uint8Array({ minLength: min, maxLength: max })
const number16 = fc.integer({ min: 0, max: 0xffff })
const group = fc.constantFrom(29, 23, 4588, 4587, 25497, 0x0201)

function list16(numbers: readonly number[]): number[] {
  return [(numbers.length * 2) >> 8, (numbers.length * 2) & 255, ...numbers.flatMap((one) => [one >> 8, one & 255])]
}

function share(id: number, key: Uint8Array): number[] {
  return [id >> 8, id & 255, key.length >> 8, key.length & 255, ...key]
}

function block(content: readonly number[]): number[] {
  return [content.length >> 8, content.length & 255, ...content]
}

const groups = fc.array(group, { maxLength: 6 }).map((ids) => ({ id: 10, data: Uint8Array.from(list16(ids)) }))
const shares = fc
  .array(fc.tuple(group, octets(1, 60)), { maxLength: 4 })
  .map((all) => ({ id: 51, data: Uint8Array.from(block(all.flatMap(([id, key]) => share(id, key)))) }))
const names = fc.constantFrom('modproxy.example', 'a', 'x.y.z.example.test').map((name) => ({
  id: 0,
  data: Uint8Array.from(block([0, ...block([...Buffer.from(name)])])),
}))
const versions = fc.constant({ id: 43, data: Uint8Array.of(4, 3, 4, 3, 3) })
const alpn = fc.constant({ id: 16, data: Uint8Array.from([0, 12, 2, 104, 50, 8, ...Buffer.from('http/1.1')]) })
const unknown = fc.record({ id: fc.integer({ min: 100, max: 60_000 }), data: octets(0, 40) })

const hello: fc.Arbitrary<HelloOctets> = fc.record({
  head: octets(34, 34),
  legacySessionId: octets(0, 32),
  cipherSuites: fc.array(fc.oneof(number16, fc.constantFrom(0x1301, 0x1302, 0xc02b)), { minLength: 1, maxLength: 20 }),
  compressionMethods: fc.constant(Uint8Array.of(0)),
  extensions: fc.tuple(names, unknown, groups, alpn, unknown, versions, shares).map(([...all]) => all),
})

/** By our own parser, which knows nothing of the editor. */
function parse(changed: HelloOctets): ClientHello {
  const parsed = parseClientHello(closeHello(changed).subarray(4))
  expect(parsed.extensions.filter(({ malformed }) => malformed !== undefined)).toEqual([])
  return parsed
}

const isPostQuantum = (id: number) => id > 1000 || id === 0x0201
const others = (of: HelloOctets, ...changed: readonly number[]) => (of.extensions ?? []).filter(({ id }) => !changed.includes(id))

describe('an opened hello', () => {
  it('closes to the same octets', () => {
    fc.assert(
      fc.property(hello, (one) => {
        const message = closeHello(one)
        expect(closeHello(openHello(message))).toEqual(message)
      }),
    )
  })

  it('without extensions stays without', () => {
    fc.assert(
      fc.property(hello, (one) => {
        const message = closeHello({ ...one, extensions: null })
        expect(openHello(message).extensions).toBeNull()
        expect(closeHello(openHello(message))).toEqual(message)
      }),
    )
  })
})

describe('one change', () => {
  it('of groups takes them out of both lists and leaves all else', () => {
    fc.assert(
      fc.property(hello, (one) => {
        const changed = withoutGroups(one, isPostQuantum)
        const [before, after] = [parse(one), parse(changed)]
        expect(after.supportedGroups).toEqual(before.supportedGroups.filter(({ id }) => !isPostQuantum(id)))
        expect(after.keyShares).toEqual(before.keyShares.filter((each) => !isPostQuantum(each.group.id)))
        expect(others(changed, 10, 51)).toEqual(others(one, 10, 51))
        expect({ ...changed, extensions: [] }).toEqual({ ...one, extensions: [] })
      }),
    )
  })

  it('of length gives exactly the length asked for, of zeros, at the end', () => {
    fc.assert(
      fc.property(hello, fc.integer({ min: 0, max: 3_000 }), (one, more) => {
        const length = closeHello(one).length + more
        const changed = padTo(one, length)
        const message = closeHello(changed)
        expect(message.length).toBe(more > 0 && more < 4 ? length + 4 - more : length)
        expect(closeHello({ ...changed, extensions: others(changed, 21) })).toEqual(closeHello(one))
        if (more > 0) expect(parse(changed).extensions.at(-1)).toMatchObject({ id: 21, lengthBytes: Math.max(0, more - 4) })
        expect(closeHello(padTo(changed, length + 7)).length).toBe(Math.max(message.length, length + 7))
      }),
    )
  })

  it('of length leaves pre_shared_key the last one', () => {
    fc.assert(
      fc.property(hello, (one) => {
        const withKey = { ...one, extensions: [...(one.extensions ?? []), { id: 41, data: Uint8Array.of(0, 0, 0, 0) }] }
        expect(
          padTo(withKey, 4_000)
            .extensions?.slice(-2)
            .map(({ id }) => id),
        ).toEqual([21, 41])
      }),
    )
  })

  it('of version leaves nothing that only TLS 1.3 has', () => {
    fc.assert(
      fc.property(hello, (one) => {
        const after = parse(withoutTls13(one, isPostQuantum))
        expect(after.supportedVersions).toEqual([])
        expect(after.keyShares).toEqual([])
        expect(after.legacySessionId).toBe('')
        expect(after.cipherSuites.filter(({ id }) => id >> 8 === 0x13)).toEqual([])
        expect(after.supportedGroups.filter(({ id }) => isPostQuantum(id))).toEqual([])
        expect(after.serverName).toBe(parse(one).serverName)
      }),
    )
  })

  it('of name or protocols changes that extension alone, in its place', () => {
    fc.assert(
      fc.property(hello, fc.domain(), (one, name) => {
        expect(parse(withServerName(one, name)).serverName).toBe(name)
        expect(parse(withServerName(one, null)).serverName).toBeNull()
        expect(parse(withAlpn(one, ['http/1.1'])).alpn).toEqual(['http/1.1'])
        expect(parse(withAlpn(one, [])).alpn).toEqual([])
        for (const changed of [withServerName(one, name), withAlpn(one, ['http/1.1'])]) {
          expect(changed.extensions?.map(({ id }) => id)).toEqual(one.extensions?.map(({ id }) => id))
          expect(others(changed, 0, 16)).toEqual(others(one, 0, 16))
        }
      }),
    )
  })
})

it('records hold the message whole, however it is cut', () => {
  fc.assert(
    fc.property(hello, fc.integer({ min: 0, max: 400 }), (one, cut) => {
      const message = closeHello(one)
      const wire = Buffer.from(writeRecords(message, 0x0301, [Math.min(cut, message.length)]))
      const fragments: Buffer[] = []
      for (let at = 0; at < wire.length; at += 5 + wire.readUInt16BE(at + 3)) {
        expect(wire.subarray(at, at + 3)).toEqual(Buffer.from([22, 3, 1]))
        fragments.push(wire.subarray(at + 5, at + 5 + wire.readUInt16BE(at + 3)))
      }
      expect(Buffer.concat(fragments)).toEqual(Buffer.from(message))
      expect(fragments.every(({ length }) => length > 0)).toBe(true)
    }),
  )
})
