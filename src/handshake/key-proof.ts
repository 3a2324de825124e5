import { constants, createHash, verify } from 'node:crypto'
import type { Direction, Named } from '../contract/terms.ts'
import { HANDSHAKE_HEADER_BYTES, HANDSHAKE_TYPE } from '../tls/handshake-message.ts'
import { findSuiteParameters, type SuiteParameters } from '../tls/key-schedule.ts'
import { nameSignatureScheme } from '../tls/registry.ts'
import { findSchemeAlgorithm, type SchemeAlgorithm } from '../tls/scheme-algorithm.ts'
import { readSignedParameters, usesEcdhe } from '../tls/server-key-exchange.ts'
import { readCertificate } from '../x509/certificate.ts'
import { describePublicKey, importPublicKey, type PublicKey } from '../x509/public-key.ts'
import { goRules } from '../x509/rules.ts'
import type { SeenMessage, Transcript } from './transcript.ts'

/** Whether the server showed that it holds the key of its certificate. */
export interface KeyProof {
  /** `not seen`: the signature, the key or something that it covers could not be read. */
  readonly outcome: 'fits' | 'does not fit' | 'not seen'
  readonly version: '1.2' | '1.3'
  /** How the handshake was signed; null where that was not read. */
  readonly scheme: Named | null
  /** The kind and size of the leaf's key ("ECDSA P-256"), "" where no leaf was read. */
  readonly key: string
  /** null: no leaf was read, or its key is of a kind that Go does not have. */
  readonly keyKind: PublicKey['kind'] | null
  /** Octets of an RSA modulus, else 0. */
  readonly modulusBytes: number
  /** TLS 1.2: the cipher suite asks for an RSA signature. */
  readonly hasRsaSuite: boolean
}

/**
 * Check the server's handshake signature with the key of the leaf that it sent: ServerKeyExchange of TLS 1.2 (RFC 5246 section 7.4.3) or CertificateVerify
 * of TLS 1.3 (RFC 8446 section 4.4.3). The chain, and whether Go takes the scheme, are not judged here.
 */
export function checkKeyProof(transcript: Transcript): KeyProof | null {
  const hello = transcript.serverHellos.find(({ helloRetryRequest }) => !helloRetryRequest)
  if (hello === undefined) return null
  const suite = findSuiteParameters(hello.cipherSuite.id)
  if (hello.selectedVersion.id === TLS13) return prove('1.3', transcript, suite === undefined ? null : readSigned13(transcript, suite))
  if (hello.selectedVersion.id !== TLS12) return null
  return prove('1.2', transcript, usesEcdhe(hello.cipherSuite.name) ? readSigned12(transcript) : null)
}

/** What was signed, and the signature. */
interface Signed {
  readonly scheme: number
  readonly octets: Uint8Array
  readonly signature: Uint8Array
}

function prove(version: KeyProof['version'], transcript: Transcript, signed: Signed | null): KeyProof {
  const leaf = readLeafKey(transcript.chain?.[0])
  const found = {
    version,
    scheme: signed === null ? null : nameSignatureScheme(signed.scheme),
    key: leaf?.words ?? '',
    keyKind: leaf?.key?.kind ?? null,
    modulusBytes: leaf?.key?.kind === 'RSA' ? Math.ceil(leaf.key.bits / 8) : 0,
    hasRsaSuite: transcript.serverHellos.some(({ cipherSuite }) => cipherSuite.name.includes('_RSA_')),
  }
  const key = leaf?.key ?? null
  const algorithm = signed === null ? undefined : findSchemeAlgorithm(signed.scheme)
  if (signed === null || key === null || algorithm === undefined) return { outcome: 'not seen', ...found }
  return { outcome: isSignedBy(key, algorithm, signed), ...found }
}

/** The leaf's key, also of a certificate that Go refuses for another reason. */
function readLeafKey(der: Uint8Array | undefined): { readonly key: PublicKey | null; readonly words: string } | null {
  if (der === undefined) return null
  const { publicKey, publicKeyOid } = readCertificate(der, goRules('1.26'), () => undefined)
  return { key: publicKey, words: describePublicKey(publicKey, publicKeyOid) }
}

function isSignedBy(key: PublicKey, algorithm: SchemeAlgorithm, { octets, signature }: Signed): KeyProof['outcome'] {
  if (algorithm.keyKind !== key.kind) return 'does not fit'
  const imported = importPublicKey(key)
  if (imported === undefined) return 'not seen'
  const padding = algorithm.isPss ? constants.RSA_PKCS1_PSS_PADDING : constants.RSA_PKCS1_PADDING
  const options = key.kind === 'RSA' ? { key: imported, padding, saltLength: constants.RSA_PSS_SALTLEN_DIGEST } : imported
  try {
    return verify(algorithm.hash, octets, options, signature) ? 'fits' : 'does not fit'
  } catch {
    // OpenSSL throws where a key is too short for its own scheme.
    return 'not seen'
  }
}

/** client_random, server_random and the parameters (RFC 5246 section 7.4.3). */
function readSigned12(transcript: Transcript): Signed | null {
  const client = bodyOf(findFirst(transcript, 'client-to-server', HANDSHAKE_TYPE.clientHello))
  const server = bodyOf(findFirst(transcript, 'server-to-client', HANDSHAKE_TYPE.serverHello))
  const exchange = bodyOf(findFirst(transcript, 'server-to-client', HANDSHAKE_TYPE.serverKeyExchange))
  const read = exchange === null ? null : readSignedParameters(exchange)
  if (client === null || server === null || read === null) return null
  return { ...read, octets: Buffer.concat([randomOf(client), randomOf(server), read.parameters]) }
}

/** 64 spaces, the context, and the hash of all messages before (RFC 8446 section 4.4.3). */
function readSigned13(transcript: Transcript, suite: SuiteParameters): Signed | null {
  const verifyMessage = findFirst(transcript, 'server-to-client', HANDSHAKE_TYPE.certificateVerify)
  const body = bodyOf(verifyMessage)
  const digest = verifyMessage === undefined ? null : hashTranscript(transcript, verifyMessage, suite.hash)
  if (body === null || digest === null || body.length < SIGNATURE_HEADER_BYTES) return null
  const view = Buffer.from(body.buffer, body.byteOffset, body.length)
  return {
    scheme: view.readUInt16BE(0),
    octets: Buffer.concat([Buffer.alloc(64, 0x20), Buffer.from('TLS 1.3, server CertificateVerify\0'), digest]),
    signature: view.subarray(SIGNATURE_HEADER_BYTES, SIGNATURE_HEADER_BYTES + view.readUInt16BE(2)),
  }
}

/**
 * Transcript-Hash of TLS 1.3 over the hellos and the server's messages before `until` (RFC 8446 section 4.4.1); null where one of them was not read.
 */
export function hashTranscript(transcript: Transcript, until: SeenMessage, hash: SuiteParameters['hash']): Uint8Array | null {
  const digest = (octets: readonly Uint8Array[]) => createHash(hash).update(Buffer.concat(octets)).digest()
  const hellos = interleave(octetsOf(transcript, 'client-to-server', HELLO_TYPES), octetsOf(transcript, 'server-to-client', HELLO_TYPES))
  const before = transcript.messages.slice(0, transcript.messages.indexOf(until))
  const hidden = before.filter(({ dir, source }) => dir === 'server-to-client' && source === 'decrypted').map(({ octets }) => octets)
  const isWhole = hidden.every((octets) => octets !== undefined) && hidden.length > 0
  if (!isWhole || (hellos.length !== 2 && hellos.length !== 4)) return null
  const [first, ...others] = hellos
  if (first === undefined) return null
  const opening = others.length === 1 ? [first] : [wrapHash(digest([first]))]
  return digest([...opening, ...others, ...hidden.filter((octets) => octets !== undefined)])
}

/** Behind a HelloRetryRequest the first ClientHello counts as a message_hash message. */
function wrapHash(digest: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from([MESSAGE_HASH, 0, 0, digest.length]), digest])
}

function interleave(left: readonly Uint8Array[], right: readonly Uint8Array[]): readonly Uint8Array[] {
  return left.flatMap((octets, at) => [octets, ...right.slice(at, at + 1)])
}

function octetsOf(transcript: Transcript, direction: Direction, types: readonly number[]): readonly Uint8Array[] {
  const wanted = transcript.messages.filter(({ dir, type, source }) => dir === direction && source === 'wire' && types.includes(type))
  return wanted.flatMap(({ octets }) => octets ?? [])
}

function findFirst(transcript: Transcript, direction: Direction, wanted: number): SeenMessage | undefined {
  return transcript.messages.find(({ dir, type }) => dir === direction && type === wanted)
}

function bodyOf(message: SeenMessage | undefined): Uint8Array | null {
  return message?.octets?.subarray(HANDSHAKE_HEADER_BYTES) ?? null
}

/** Behind legacy_version in both hellos. */
function randomOf(body: Uint8Array): Uint8Array {
  return body.subarray(2, 34)
}

const HELLO_TYPES = [HANDSHAKE_TYPE.clientHello, HANDSHAKE_TYPE.serverHello] as const

const TLS12 = 0x0303
const TLS13 = 0x0304

/** HandshakeType of the stand-in for a first ClientHello. */
const MESSAGE_HASH = 254

/** SignatureScheme and length. */
const SIGNATURE_HEADER_BYTES = 4
