/** Further ways to break the negotiation: one wrong thing each. */
import type { LabCase } from '../case.ts'
import { defineCertificateCase } from '../certificate-case.ts'
import { defineHelloCase } from '../hello-case.ts'
import { withoutTls13 } from '../hello-editor.ts'
import type { HelloAnswer } from '../hello-server.ts'
import {
  chosenProtocol,
  encryptedFlight,
  extension,
  type HelloParts,
  keyShare,
  rawX25519,
  retryRequest,
  serverHello12,
  serverHello13,
  u16,
} from '../raw-hello.ts'
import { block, handshakeMessage, type RawClientHello, record } from '../raw-messages.ts'
import { defineEditedCase } from './downgrade-detected.ts'

const TLS13 = extension(43, u16(0x0304))
const X448 = 30
const SECP384R1 = 24
const MLKEM1024 = 514
/** TLS_ECDHE_RSA_WITH_CAMELLIA_128_CBC_SHA256 (RFC 6367): no go offers it. */
const CAMELLIA = 0xc076
const HANDSHAKE_FAILURE = record(21, Buffer.from([2, 40]))

type Stage = 'client-hello' | 'server-hello' | 'certificate'

function variant(id: string, summary: string, answer: HelloAnswer, stage: Stage = 'server-hello'): LabCase {
  return defineHelloCase({ id, summary, answer, expect: { cause: id.split('/')[0] ?? id, leg: 'upstream', stage } })
}

/** A ServerHello of TLS 1.3 with one thing wrong. */
function malformed13(way: string, summary: string, parts: (hello: RawClientHello) => HelloParts): LabCase {
  return variant(`malformed-server-hello/${way}`, summary, (hello) => record(22, serverHello13(hello, parts(hello))))
}

/** A ServerHello of TLS 1.2 with one thing wrong. */
function malformed12(way: string, summary: string, parts: HelloParts): LabCase {
  return variant(`malformed-server-hello/${way}`, summary, () => record(22, serverHello12(parts)))
}

/** A first flight of TLS 1.3 whose messages are encrypted. */
function hidden(id: string, summary: string, messages: readonly Buffer[], stage: Stage = 'server-hello'): LabCase {
  return variant(id, summary, (hello) => encryptedFlight(hello, () => messages), stage)
}

function encryptedExtensions(...extensions: readonly Buffer[]): Buffer {
  return handshakeMessage(8, block(2, ...extensions))
}

export const HELLO_VARIANTS: readonly LabCase[] = [
  malformed13('trailing', 'octets stand behind the extensions of the ServerHello', () => ({ tail: Buffer.from([0, 0]) })),
  variant('malformed-server-hello/cut', 'the extensions of the ServerHello go past its end', (hello) => {
    const whole = serverHello13(hello).subarray(4)
    return record(22, handshakeMessage(2, whole.subarray(0, whole.length - 7)))
  }),
  malformed13('session-id', 'the ServerHello does not echo the session id', () => ({ sessionId: Buffer.alloc(0) })),
  malformed13('compression', 'the ServerHello of TLS 1.3 chooses a compression', () => ({ compression: 1 })),
  malformed12('compression-tls12', 'the ServerHello of TLS 1.2 chooses a compression', { compression: 1 }),
  malformed13('suite-of-tls12', 'TLS 1.3 with a cipher suite of TLS 1.2', () => ({ suite: 0xc02b })),
  malformed12('suite-of-tls13', 'TLS 1.2 with a cipher suite of TLS 1.3', { suite: 0x1301 }),
  malformed12('legacy-field', 'TLS 1.3 is chosen in the old version field', { legacyVersion: 0x0304, suite: 0x1301 }),
  malformed13('draft', 'the server chooses a draft of TLS 1.3', () => ({
    extensions: [extension(43, u16(0x7f1c)), keyShare(29, rawX25519())],
  })),
  malformed13('forbidden-extension', 'the ServerHello of TLS 1.3 has an extension of TLS 1.2', () => ({
    extensions: [TLS13, keyShare(29, rawX25519()), extension(23, Buffer.alloc(0))],
  })),
  malformed13('no-key-share', 'the ServerHello of TLS 1.3 has no key share', () => ({ extensions: [TLS13] })),
  malformed13('short-key-share', 'the key share is one octet short', () => ({ extensions: [TLS13, keyShare(29, Buffer.alloc(31, 9))] })),
  malformed13('key-share-not-sent', 'the key share is of a group of which go sent none', () => ({
    extensions: [TLS13, keyShare(SECP384R1, Buffer.alloc(97, 4))],
  })),
  malformed13('pre-shared-key', 'the server chooses a pre-shared key that was not offered', () => ({
    extensions: [TLS13, keyShare(29, rawX25519()), extension(41, u16(0))],
  })),
  variant('malformed-server-hello/needless-retry', 'HelloRetryRequest asks for a group whose share was sent', (hello) =>
    record(22, retryRequest(hello, 29)),
  ),
  variant('malformed-server-hello/empty-retry', 'HelloRetryRequest asks for nothing', (hello) =>
    record(22, retryRequest(hello, 0, { extensions: [TLS13] })),
  ),
  variant('malformed-server-hello/other-suite', 'the cipher suite changes behind a HelloRetryRequest', (hello, round) =>
    record(22, round === 0 ? retryRequest(hello, SECP384R1) : serverHello13(hello, { suite: 0x1302 })),
  ),
  malformed12('renegotiation', 'a first handshake is answered as a renegotiation', {
    extensions: [extension(0xff01, block(1, Buffer.alloc(12, 7)))],
  }),
  hidden('malformed-server-hello/early-data', 'EncryptedExtensions accept early data that were not offered', [
    encryptedExtensions(extension(42, Buffer.alloc(0))),
  ]),
  hidden('malformed-server-hello/encrypted-extensions', 'EncryptedExtensions cannot be read', [
    handshakeMessage(8, Buffer.from([0, 9, 0])),
  ]),
  variant('no-common-group/retry', 'HelloRetryRequest asks for a group that was not offered', (hello) =>
    record(22, retryRequest(hello, X448)),
  ),
  variant('no-common-group/server-hello', 'the key share is of a group that was not offered', (hello) =>
    record(22, serverHello13(hello, { extensions: [TLS13, keyShare(X448, Buffer.alloc(56, 9))] })),
  ),
  refusedGroup('no-common-group/finite-field', 'the server takes finite-field groups only', { groups: 'ffdhe2048:ffdhe3072' }),
  refusedGroup('no-common-group/tls12', 'the server takes a Brainpool curve only, TLS 1.2', {
    groups: 'brainpoolP384r1',
    maxVersion: 'TLSv1.2',
  }),
  variant(
    'no-common-group/ml-kem',
    'the server takes ML-KEM-1024 alone and refuses by alert',
    taking((hello) => (hello.groups.includes(MLKEM1024) ? record(22, retryRequest(hello, MLKEM1024)) : undefined), HANDSHAKE_FAILURE),
    'client-hello',
  ),
  variant('no-common-cipher/camellia', 'the server takes Camellia alone', taking(camellia, HANDSHAKE_FAILURE), 'client-hello'),
  variant(
    'no-common-cipher/closed',
    'the server takes Camellia alone and closes without a word on any other offer',
    taking(camellia, null),
    'client-hello',
  ),
  variant('alpn-mismatch/chosen', 'the server chooses a protocol that was not offered, TLS 1.2', () =>
    record(22, serverHello12({ extensions: [extension(0xff01, block(1)), chosenProtocol('http/1.0')] })),
  ),
  hidden('alpn-mismatch/encrypted', 'the server chooses a protocol that was not offered, TLS 1.3', [
    encryptedExtensions(chosenProtocol('h3')),
  ]),
  defineCertificateCase({
    id: 'alpn-mismatch/tls12',
    summary: 'the server takes none of the protocols that go offers, TLS 1.2',
    recipe: 'ok',
    expect: { cause: 'alpn-mismatch', leg: 'upstream', stage: 'client-hello' },
    origin: { protocols: ['acme-tls/1'], maxVersion: 'TLSv1.2' },
  }),
  variant('downgrade-detected/server', 'the server marks a downgrade to an older version still', () =>
    record(22, serverHello12({ random: Buffer.concat([Buffer.alloc(24, 3), Buffer.from('DOWNGRD\u0000', 'latin1')]) })),
  ),
  defineEditedCase(
    'downgrade-detected/some-hellos',
    'a device takes TLS 1.3 out of large ClientHellos only',
    (hello) => (hello.length > 600 ? withoutTls13(hello) : hello),
    { cause: 'downgrade-detected', leg: 'upstream', stage: 'server-hello' },
    '1.24',
  ),
  variant('hrr-loop/cookie', 'every ClientHello is answered with a new cookie', (hello, round) =>
    record(22, retryRequest(hello, 0, { extensions: [TLS13, extension(44, block(2, Buffer.from(`cookie ${round}`)))] })),
  ),
  variant('unexpected-message/hello-request', 'the server sends HelloRequest instead of a ServerHello', () =>
    record(22, handshakeMessage(0, Buffer.alloc(0))),
  ),
  variant('unexpected-message/unknown-type', 'the server sends a message of a type that nobody knows', () =>
    record(22, handshakeMessage(77, Buffer.from('?'))),
  ),
  variant('unexpected-message/no-certificate', 'ServerHelloDone follows the ServerHello, TLS 1.2', () =>
    record(22, Buffer.concat([serverHello12(), handshakeMessage(14, Buffer.alloc(0))])),
  ),
  variant('unexpected-message/change-cipher-spec', 'ChangeCipherSpec follows the ServerHello, TLS 1.2', () =>
    Buffer.concat([record(22, serverHello12()), record(20, Buffer.from([1]))]),
  ),
  variant('unexpected-message/retry-then-certificate', 'a Certificate that cannot be read follows a HelloRetryRequest', (hello, round) =>
    record(22, round === 0 ? retryRequest(hello, SECP384R1) : handshakeMessage(11, block(3))),
  ),
  hidden('unexpected-message/encrypted', 'Finished stands where EncryptedExtensions belong', [handshakeMessage(20, Buffer.alloc(32, 1))]),
  hidden('unexpected-message/encrypted-key-update', 'KeyUpdate stands where the Certificate belongs', [
    encryptedExtensions(),
    handshakeMessage(24, Buffer.from([0])),
  ]),
]

/** A server that answers a hello that offers this, and refuses any other; null closes. */
function taking(answer: (hello: RawClientHello) => Buffer | undefined, refusal: Buffer | null): HelloAnswer {
  return (hello) => answer(hello) ?? refusal
}

function camellia({ cipherSuites }: RawClientHello): Buffer | undefined {
  return cipherSuites.includes(CAMELLIA) ? record(22, serverHello12({ suite: CAMELLIA })) : undefined
}

function refusedGroup(id: string, summary: string, origin: { readonly groups: string; readonly maxVersion?: 'TLSv1.2' }): LabCase {
  return defineCertificateCase({
    id,
    summary,
    recipe: 'ok',
    expect: { cause: 'no-common-group', leg: 'upstream', stage: 'server-hello' },
    origin,
  })
}
