import { describe, expect, it } from 'vitest'
import { parseCertificate13 } from '../../src/tls/certificate-message.ts'
import { Cursor } from '../../src/tls/cursor.ts'
import { recognizeDatagram } from '../../src/tls/datagram.ts'
import { TlsDecodeError } from '../../src/tls/decode-error.ts'
import { type ExtensionPlace, readExtensionContent } from '../../src/tls/extension-content.ts'
import { parseNewSessionTicket12, parseNewSessionTicket13 } from '../../src/tls/new-session-ticket.ts'
import { readDowngradeMark } from '../../src/tls/server-hello.ts'
import { parseEcdheParameters } from '../../src/tls/server-key-exchange.ts'

const read = (id: number, place: ExtensionPlace, hex: string) => readExtensionContent(id, place, new Cursor(Buffer.from(hex, 'hex')))
const octets = (hex: string) => new Uint8Array(Buffer.from(hex.replaceAll(' ', ''), 'hex'))

describe('readExtensionContent', () => {
  it.each<[string, number, ExtensionPlace, string, object]>([
    ['status_request', 5, 'client-hello', '0100000000', { statusType: 1, responderIds: 0, requestExtensionsBytes: 0 }],
    ['a staple', 5, 'certificate', '01000003aabbcc', { statusType: 1, responseBytes: 3 }],
    ['SCTs', 18, 'server-hello', '00080002aaaa0002bbbb', { timestamps: 2 }],
    ['padding', 21, 'client-hello', '000000', { paddingBytes: 3 }],
    [
      'compress_certificate',
      27,
      'client-hello',
      '0400020001',
      {
        algorithms: [
          { id: 2, name: 'brotli' },
          { id: 1, name: 'zlib' },
        ],
      },
    ],
    ['record_size_limit', 28, 'client-hello', '4001', { limitBytes: 16385 }],
    ['session_ticket', 35, 'client-hello', 'aabb', { ticketBytes: 2 }],
    ['early_data in a ticket', 42, 'new-session-ticket', '00004000', { maxEarlyDataBytes: 16384 }],
    ['cookie', 44, 'hello-retry-request', '0002aabb', { cookieBytes: 2 }],
    ['signature_algorithms_cert', 50, 'client-hello', '00020403', { signatureAlgorithms: [{ id: 1027, name: 'ecdsa_secp256r1_sha256' }] }],
    ['renegotiation_info', 65281, 'client-hello', '00', { renegotiatedConnectionBytes: 0 }],
    ['an inner ECH', 65037, 'client-hello', '01', { kind: 'inner' }],
    [
      'an outer or GREASE ECH',
      65037,
      'client-hello',
      '000001000107' + '0002aaaa' + '0003bbbbbb',
      { kind: 'outer or GREASE', kdf: '0x0001', aead: '0x0001', configId: 7, encapsulatedKeyBytes: 2, payloadBytes: 3 },
    ],
    ['application_settings', 17613, 'client-hello', '0003026832', { protocols: ['h2'] }],
  ])('reads %s', (_name, id, place, hex, expected) => {
    expect(read(id, place, hex)).toEqual(expected)
  })

  it.each<[string, number, string]>([
    ['padding that is not zero', 21, '0001'],
    ['a record size below 64', 28, '003f'],
    ['octets behind an empty extension', 23, '00'],
    ['a list that runs past the end', 27, '060002'],
  ])('refuses %s', (_name, id, hex) => {
    expect(() => read(id, 'client-hello', hex)).toThrow(TlsDecodeError)
  })

  it('says nothing of types that it does not know', () => {
    expect(read(0x1a1a, 'client-hello', '00')).toBeUndefined()
  })
})

describe('messages behind the hellos', () => {
  it('tell the ticket of TLS 1.2 and of TLS 1.3', () => {
    expect(parseNewSessionTicket12(octets('00001c20 0003 aabbcc'))).toMatchObject({ lifetimeSeconds: 7200, ticketBytes: 3 })
    const ticket = parseNewSessionTicket13(octets('00015180 01020304 01 00 0002 aabb 0008 002a0004 00004000'))
    expect(ticket).toMatchObject({ lifetimeSeconds: 86400, ticketBytes: 2, maxEarlyDataBytes: 16384 })
    expect(() => parseNewSessionTicket13(octets('00015180 01020304 01 00 0002 aabb'))).toThrow(TlsDecodeError)
  })

  it('tell the parameters of ECDHE, signed as TLS 1.2 and as older versions do', () => {
    const parameters = '03 001d 02 aabb'
    expect(parseEcdheParameters(octets(`${parameters} 0804 0003 010203`), true)).toMatchObject({
      ...{ namedCurve: { name: 'x25519' }, publicKeyBytes: 2, signatureBytes: 3 },
      signatureScheme: { name: 'rsa_pss_rsae_sha256' },
    })
    expect(parseEcdheParameters(octets(`${parameters} 0003 010203`), false)).toMatchObject({ signatureScheme: null, signatureBytes: 3 })
    expect(parseEcdheParameters(octets(parameters), true)).toMatchObject({ signatureBytes: 0 })
    expect(parseEcdheParameters(octets('01'), true)).toBeNull()
  })

  it('tell the extensions of each certificate in TLS 1.3', () => {
    const { extensions } = parseCertificate13(octets('00 00001a' + '000001aa 0008 0012 0004 0002 0000' + '000001bb 0006 0005 0002 0101'))
    expect(extensions.map((list) => list.map(({ name }) => name))).toEqual([['signed_certificate_timestamp'], ['status_request']])
    expect(extensions[0]?.[0]?.content).toEqual({ timestamps: 1 })
    expect(extensions[1]?.[0]?.malformed).toMatch(/certificate_list.extensions.status_request.response length at octet 29/)
  })

  it('tell both downgrade marks apart', () => {
    const random = '00'.repeat(24)
    expect(readDowngradeMark({ random: `${random}444f574e47524401` })).toBe('TLS 1.2')
    expect(readDowngradeMark({ random: `${random}444f574e47524400` })).toBe('TLS 1.1 or older')
    expect(readDowngradeMark({ random: `${random}444f574e47524402` })).toBeNull()
  })
})

describe('recognizeDatagram', () => {
  it('names DTLS and QUIC, and nothing else', () => {
    expect(recognizeDatagram(octets('16fefd 0000000000000000 0004 01000000'))).toBe('DTLS')
    expect(recognizeDatagram(Buffer.concat([octets('c3 6b3343cf'), Buffer.alloc(1195)]))).toBe('QUIC')
    expect(recognizeDatagram(octets('1603010004 01000000'))).toBeNull()
    expect(recognizeDatagram(octets(''))).toBeNull()
  })
})
