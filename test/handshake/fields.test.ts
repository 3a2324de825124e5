import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Field, layAlertFields, layFields, layRecordFields, laySslv2HelloFields } from '../../src/handshake/fields.ts'
import { nameRegistered } from '../../src/handshake/fields-names.ts'
import { play, readVector } from './playbook.ts'

const octets = (hex: string): Uint8Array => Uint8Array.from(hex.replaceAll(' ', '').match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
const TLS13 = { version: 0x0304, cipherSuite: 'TLS_AES_128_GCM_SHA256', name: nameRegistered }
const TLS12 = { version: 0x0303, cipherSuite: 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256', name: nameRegistered }
const CLIENT_HELLO = octets(
  `01000047 0303 ${'ab'.repeat(32)} 00 0002 1301 01 00 001c 0000 000b 0009 00 0006 612e74657374 002b 0003 02 0304 000a 0002 0000`,
)

describe('layFields', () => {
  it('finds every field of a ClientHello', () => {
    expect(layFields(CLIENT_HELLO, TLS13).map(({ offset, length, name, text }) => [offset, length, name, text])).toEqual([
      [0, 1, 'msg_type', 'ClientHello (1)'],
      [1, 3, 'length', '71'],
      [4, 2, 'legacy_version', 'TLS 1.2 (771)'],
      [6, 32, 'random', 'ab'.repeat(32)],
      [38, 1, 'legacy_session_id length', '0'],
      [39, 2, 'cipher_suites length', '2'],
      [41, 2, 'cipher_suites', 'TLS_AES_128_GCM_SHA256'],
      [43, 1, 'legacy_compression_methods length', '1'],
      [44, 1, 'legacy_compression_methods', '0'],
      [45, 2, 'extensions length', '28'],
      [47, 4, 'extensions.server_name', 'server_name (0), 11 bytes'],
      [51, 2, 'extensions.server_name.server_name_list length', '9'],
      [53, 1, 'extensions.server_name.server_name_list.name_type', '0'],
      [54, 2, 'extensions.server_name.server_name_list.host_name length', '6'],
      [56, 6, 'extensions.server_name.server_name_list.host_name', 'a.test'],
      [62, 4, 'extensions.supported_versions', 'supported_versions (43), 3 bytes'],
      [66, 1, 'extensions.supported_versions.versions length', '2'],
      [67, 2, 'extensions.supported_versions.versions', 'TLS 1.3'],
      [69, 4, 'extensions.supported_groups', 'supported_groups (10), 2 bytes'],
      [73, 2, 'extensions.supported_groups.named_group_list length', '0'],
    ])
  })

  it('finds the share of a ServerHello and the group alone of a HelloRetryRequest', () => {
    const hello = (share: string) => octets(`0200 00${(40 + share.length / 2).toString(16)} 0303 ${'cd'.repeat(32)} 00 1301 00 ${share}`)
    const named = (share: string) =>
      layFields(hello(share), TLS13)
        .filter(({ name }) => /key_share\./.test(name))
        .map(({ text }) => text)
    expect(named('000a003300060017000201ff'.replaceAll(' ', ''))).toEqual(['secp256r1 (23)', '2', '01ff'])
    expect(named('0006003300020017')).toEqual(['secp256r1 (23)'])
  })

  it('recognises a HelloRetryRequest and the downgrade marks by the random', () => {
    const random = (hex: string) => layFields(octets(`02000026 0303 ${hex.padStart(64, '0')} 00 1301 00`), TLS13)[3]?.text
    expect(random('cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c')).toContain('(HelloRetryRequest)')
    expect(random('444f574e47524401')).toContain('(downgrade mark: the server can TLS 1.3')
    expect(random('ab'.repeat(32))).toBe('ab'.repeat(32))
  })

  it('reads ServerKeyExchange by the suite: curve, key and scheme', () => {
    const message = octets('0c00000c 03 0017 02 abcd 0804 0002 beef')
    expect(layFields(message, TLS12).map(({ name, text }) => `${name}=${text}`)).toEqual([
      ...['msg_type=ServerKeyExchange (12)', 'length=12', 'curve_type=3', 'named_curve=secp256r1 (23)', 'public length=2', 'public=abcd'],
      ...['algorithm=rsa_pss_rsae_sha256 (2052)', 'signature length=2', 'signature=beef'],
    ])
    expect(layFields(message, { ...TLS12, cipherSuite: 'TLS_PSK_WITH_AES_128_CBC_SHA' }).at(-1)?.name).toBe('params')
  })

  it.each(['go-tls13-ok', 'go-tls13-hrr-ok', 'go-tls13-client-certificate', 'go-tls12-ok', 'go-tls12-client-certificate', 'curl-tls13-ok'])(
    'reads every message of %s to its end without a left-over octet, with the certificates that were served',
    (name) => {
      const vector = readVector(name)
      const { transcript } = play(vector, 'before')
      const hello = transcript.serverHellos.at(-1)
      const context = { version: hello?.selectedVersion.id ?? 0, cipherSuite: hello?.cipherSuite.name ?? '', name: nameRegistered }
      expect(transcript.messages.filter(({ octets }) => octets !== undefined).length).toBeGreaterThan(3)
      for (const message of transcript.messages) {
        const bytes = message.octets ?? new Uint8Array(0)
        const fields = layFields(bytes, context)
        expect(coverage(fields)).toBe(bytes.length)
        expect(fields.filter((field) => /left over|cut short|but only/.test(field.name + field.text))).toEqual([])
        if (message.type !== 11 || message.dir !== 'server-to-client') continue
        const found = fields.filter((field) => /\.(cert_data|certificate)$/.test(field.name))
        expect(found.map((field) => bytes.subarray(field.offset, field.offset + field.length))).toEqual(transcript.chain)
      }
      const [client] = transcript.clientHellos
      const own = layFields(transcript.messages[0]?.octets ?? new Uint8Array(0), context)
      expect(own.find((field) => field.name === 'cipher_suites')?.text).toBe(client?.cipherSuites.map((suite) => suite.name).join(', '))
      expect(own.find((field) => field.name.endsWith('.host_name'))?.text).toBe(client?.serverName)
    },
  )

  it('says where a message is cut short, and what a length claims', () => {
    const fields = layFields(CLIENT_HELLO.subarray(0, 60), TLS13)
    expect(fields.at(-1)).toEqual({ name: 'extensions.server_name.server_name_list.host_name', offset: 56, length: 4, text: 'a.te' })
    expect(fields.at(-2)?.text).toBe('6, but only 4 bytes follow')
  })

  it('covers any octets without a hole and without an error', () => {
    const version = fc.constantFrom(0x0301, 0x0303, 0x0304)
    const suite = fc.constantFrom('', 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256', 'TLS_DHE_RSA_WITH_AES_128_CBC_SHA')
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.integer({ min: 0, max: 30 }),
        version,
        suite,
        (bytes, type, version, cipherSuite) => {
          const message = Uint8Array.from([type, 0, 1, 44, ...bytes])
          expect(coverage(layFields(message, { version, cipherSuite, name: nameRegistered }))).toBe(message.length)
          expect(coverage(layFields(bytes, { version, cipherSuite, name: () => undefined }))).toBe(bytes.length)
          expect(coverage(layAlertFields(bytes, nameRegistered))).toBe(bytes.length)
        },
      ),
      { numRuns: 2000 },
    )
  })

  it('covers a real hello with any one octet changed', () => {
    const real = play(readVector('go-tls13-ok'), 'before').transcript.messages[0]?.octets ?? expect.fail('no hello')
    fc.assert(
      fc.property(fc.nat(real.length - 1), fc.nat(255), (at, octet) => {
        const changed = Uint8Array.from(real)
        changed[at] = octet
        expect(coverage(layFields(changed, TLS13))).toBe(real.length)
      }),
      { numRuns: 1000 },
    )
  })
})

describe('layAlertFields', () => {
  it('names level and description', () => {
    expect(layAlertFields(octets('022a'), nameRegistered).map(({ name, text }) => `${name}=${text}`)).toEqual([
      'level=fatal (2)',
      'description=bad_certificate (42)',
    ])
  })
})

describe('layRecordFields', () => {
  const told = (hex: string) => layRecordFields(octets(hex), nameRegistered).map(({ offset, name, text }) => `${offset} ${name}=${text}`)

  it('finds the header and an alert or ChangeCipherSpec in clear', () => {
    const header = ['0 type=alert (21)', '1 legacy_record_version=TLS 1.2 (771)', '3 length=2']
    expect(told('15 0303 0002 0228')).toEqual([...header, '5 level=fatal (2)', '6 description=handshake_failure (40)'])
    expect(told('14 0303 0001 01').slice(-1)).toEqual(['5 change_cipher_spec=1'])
  })

  it('takes an alert record of another length for encrypted, and tells what is missing and left over', () => {
    expect(told('15 0303 0018 aabb').slice(2)).toEqual(['3 length=24', '5 fragment=aabb'])
    expect(told('16 0301 0001 aabb').slice(3)).toEqual(['5 fragment=aa', '6 record (left over)=bb'])
    expect(told('16 03')).toEqual(['0 type=handshake (22)', '1 legacy_record_version (cut short)=03'])
  })

  it('covers any octets without a hole', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        expect(coverage(layRecordFields(bytes, nameRegistered))).toBe(bytes.length)
        expect(coverage(laySslv2HelloFields(bytes, nameRegistered))).toBe(bytes.length)
      }),
      { numRuns: 500 },
    )
  })
})

describe('laySslv2HelloFields', () => {
  it('finds the fields of a hello in SSL 2.0 framing', () => {
    const hello = octets(`8012 01 0301 0003 0002 0004 00002f beef 01020304`)
    expect(laySslv2HelloFields(hello, nameRegistered).map(({ name, text }) => `${name}=${text}`)).toEqual([
      ...['msg_length=32786', 'msg_type=ClientHello (1)', 'version=TLS 1.0 (769)'],
      ...['cipher_spec_length=3', 'session_id_length=2', 'challenge_length=4'],
      ...['cipher_specs=00002f', 'session_id=beef', 'challenge=01020304'],
    ])
  })
})

/** The end of the last field when each begins where the one before ends, else -1. */
function coverage(fields: readonly Field[]): number {
  return fields.reduce((at, field) => (field.offset === at && field.length > 0 ? at + field.length : -1), 0)
}
