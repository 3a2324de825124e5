import { describe, expect, it } from 'vitest'
import { parseClientHello } from '../../src/tls/client-hello.ts'
import { readVector } from '../handshake/playbook.ts'

/** The hellos of the vectors, as fingerprinted in docs of JA3 and JA4 by other tools (tshark 4.0 for JA3). */
const KNOWN = [
  ['hello-go1.21', 'go 1.21/1.22', '7a15285d4efc355608b304698cd7f9ab', 't13d1911h2_9dc949149365_e7c285222651'],
  ['hello-go1.22', 'go 1.21/1.22', '7a15285d4efc355608b304698cd7f9ab', 't13d1911h2_9dc949149365_e7c285222651'],
  ['hello-go1.23', 'go 1.23', 'd1d19c71e48184c6bf6827a3fea5da87', 't13d1911h2_9dc949149365_e7c285222651'],
  ['hello-go1.24', 'go 1.24', 'ceb419f4203d3159e7a7cb3aa7efd5bd', 't13d1311h2_f57a46bbacb6_e7c285222651'],
  ['hello-go1.24-no-mlkem', 'go 1.24 (tlsmlkem=0)', '6d5f35fb7243459b41a74ad9f23d7393', 't13d1311h2_f57a46bbacb6_e7c285222651'],
  ['hello-go1.25', 'go 1.25', 'e69402f870ecf542b4f017b0ed32936a', 't13d1312h2_f57a46bbacb6_ab7e3b40a677'],
  ['hello-go1.26', 'go 1.26', '03117a8ed39ef02427ebbc39f121275c', 't13d1312h2_f57a46bbacb6_ab7e3b40a677'],
  ['hello-go1.26-no-mlkem', 'go 1.25/1.26 (tlsmlkem=0)', '95b6f6d62c2c0f5258859e829e0055f5', 't13d1312h2_f57a46bbacb6_ab7e3b40a677'],
  ['hello-go1.26-no-secp-mlkem', 'go 1.25', 'e69402f870ecf542b4f017b0ed32936a', 't13d1312h2_f57a46bbacb6_ab7e3b40a677'],
  ['hello-go1.26-no-http2', 'go 1.26', '9b7dcdf3f997f1fb7b4409c94cb7ef36', 't13d131100_f57a46bbacb6_ab7e3b40a677'],
  ['hello-go1.26-no-aes', 'go 1.26', '7d095856c1a82e1d950c2f850b01738c', 't13d1312h2_f57a46bbacb6_ab7e3b40a677'],
  ['hello-go1.26-rsakex', 'go 1.26', 'c86026f905f5cf259835032495b23bd9', 't13d1712h2_5b57614c22b0_ab7e3b40a677'],
  ['hello-go1.26-address', 'go 1.26', '60828da5b42313d165aae2938e651b72', 't13i1311h2_f57a46bbacb6_ab7e3b40a677'],
  ['hello-go1.26-fips140', 'go 1.26 (fips140)', '0e1d98bd7003afce355fc012ff801810', 't13d0612h2_da75d768228b_ab7e3b40a677'],
  ['hello-git-gnutls', 'git (GnuTLS)', '8662467bc96db2d387755570446a7946', 't13d2912h2_723694b0fccc_288f874c93d6'],
  ['hello-curl-openssl', 'curl or git (OpenSSL)', '0149f47eabf9a20d0893e2a44e5a6323', 't13d3112h2_e8f1e7e78f70_b26ce05bbdd6'],
  ['hello-openssl', null, 'a3afc2c46ba4a7d7fbe1cfb7a3031c2f', 't13d311000_e8f1e7e78f70_1f22a2ca17c4'],
] as const

function readBody(name: string): Uint8Array {
  const octets = Buffer.from(readVector(name).chunks[0]?.[1] ?? '', 'base64')
  return new Uint8Array(octets.subarray(9, 5 + octets.readUInt16BE(3)))
}

describe('parseClientHello', () => {
  it.each(KNOWN)('%s is recognised as %s, with its JA3 and JA4', (name, looksLike, ja3Hash, ja4) => {
    expect(parseClientHello(readBody(name))).toMatchObject({ looksLike, ja3Hash, ja4 })
  })

  it("reads go's hello field by field", () => {
    const hello = parseClientHello(readBody('hello-go1.26'))
    expect(hello).toMatchObject({
      legacyVersion: '0x0303',
      serverName: 'modproxy.example.test',
      alpn: ['h2', 'http/1.1'],
      compressionMethods: [0],
      lengthBytes: 1526,
      wireBytes: 1531,
      recordCount: 1,
      pskIdentities: 0,
      pskKeyExchangeModes: [],
    })
    expect(hello.legacySessionId).toHaveLength(64)
    expect(hello.supportedVersions.map(({ name }) => name)).toEqual(['TLS 1.3', 'TLS 1.2'])
    expect(hello.keyShares).toEqual([
      { group: { id: 4588, name: 'X25519MLKEM768' }, lengthBytes: 1216 },
      { group: { id: 29, name: 'x25519' }, lengthBytes: 32 },
    ])
    expect(hello.extensions[0]).toMatchObject({ id: 0, name: 'server_name', lengthBytes: 26 })
    expect([...hello.cipherSuites, ...hello.supportedGroups, ...hello.extensions].filter(({ name }) => name === 'unknown')).toEqual([])
  })

  it('keeps a malformed extension in its place, says so and reads the others', () => {
    const body = readBody('hello-go1.26')
    const at = Buffer.from(body).indexOf('modproxy') - 5
    body[at] = 0xff
    const hello = parseClientHello(body)
    expect(hello.serverName).toBeNull()
    expect(hello.extensions[0]?.malformed).toMatch(/server_name_list at octet \d+/)
    expect(hello.alpn).toEqual(['h2', 'http/1.1'])
  })

  it('keeps GREASE in the lists and leaves it out of the fingerprints', () => {
    const greased = composeHello(
      [0x0a0a, 0x1301],
      [
        [0x1a1a, []],
        [10, [0, 4, 0x2a, 0x2a, 0, 29]],
      ],
    )
    const hello = parseClientHello(greased)
    expect(hello.cipherSuites.map(({ name }) => name)).toEqual(['GREASE', 'TLS_AES_128_GCM_SHA256'])
    expect(hello.supportedGroups.map(({ name }) => name)).toEqual(['GREASE', 'x25519'])
    expect(hello.ja3).toBe('771,4865,10,29,')
    expect(hello.ja4r).toBe('t12i010100_1301_000a')
  })

  it('takes a hello without any extensions', () => {
    const hello = parseClientHello(composeHello([0x002f], null))
    expect(hello.extensions).toEqual([])
    expect(hello.ja4).toBe(`t12i010000_${hello.ja4.split('_')[1]}_000000000000`)
    expect(hello.ja3).toBe('771,47,,,')
  })

  it('refuses octets behind the extensions with their place', () => {
    const body = Uint8Array.from([...composeHello([0x002f], []), 1, 2])
    expect(() => parseClientHello(body)).toThrow(/^body at octet 43: 2 octets too many/)
  })
})

function composeHello(suites: readonly number[], extensions: readonly (readonly [number, readonly number[]])[] | null): Uint8Array {
  const u16 = (value: number) => [value >> 8, value & 0xff]
  const block = (extensions ?? []).flatMap(([id, data]) => [...u16(id), ...u16(data.length), ...data])
  return Uint8Array.from([
    ...[3, 3, ...Array<number>(32).fill(1), 0],
    ...[...u16(suites.length * 2), ...suites.flatMap(u16), 1, 0],
    ...(extensions === null ? [] : [...u16(block.length), ...block]),
  ])
}
