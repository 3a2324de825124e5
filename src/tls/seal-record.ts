/** Protect one record as the server of a session does (RFC 8446 section 5.2, RFC 5288, RFC 7905). */
import { createCipheriv } from 'node:crypto'
import { deriveTrafficKeys, findSuiteParameters, makeNonce } from './key-schedule.ts'
import { CONTENT_TYPE } from './record.ts'
import { type AeadSuite, deriveServerKeys, findAeadSuite, type SessionSecrets } from './record-protection-12.ts'

/** What is written under the server's own keys. */
export interface RecordToSeal {
  readonly contentType: number
  readonly content: Uint8Array
  /** Records that were written under these keys before. */
  readonly sequence: number
}

/**
 * A record of a TLS 1.3 server, with its header.
 * @param secret SERVER_TRAFFIC_SECRET_0 of the session; no KeyUpdate may have been sent
 * @returns null for a suite that is none of TLS 1.3
 */
export function sealServerRecord13(
  { contentType, content, sequence }: RecordToSeal,
  secret: Uint8Array,
  cipherSuite: number,
): Buffer | null {
  const suite = findSuiteParameters(cipherSuite)
  if (suite === undefined) return null
  const { key, iv } = deriveTrafficKeys(secret, suite)
  const inner = Buffer.concat([content, Buffer.from([contentType])])
  const header = Buffer.concat([Buffer.from([CONTENT_TYPE.applicationData, 3, 3]), lengthOf(inner.length + suite.tagBytes)])
  const cipher = openCipher(suite.cipher, key, makeNonce(iv, sequence), suite.tagBytes)
  cipher.setAAD(header, { plaintextLength: inner.length })
  return Buffer.concat([header, cipher.update(inner), cipher.final(), cipher.getAuthTag()])
}

/**
 * A record of a TLS 1.2 server, with its header.
 * @param explicitNonce 8 octets that were used for no other record; read for AES-GCM only
 * @returns null for a suite without AEAD
 */
export function sealServerRecord12(
  { contentType, content, sequence }: RecordToSeal,
  secrets: SessionSecrets,
  cipherSuiteName: string,
  explicitNonce: Uint8Array,
): Buffer | null {
  const suite = findAeadSuite(cipherSuiteName)
  if (suite === undefined) return null
  const { key, iv } = deriveServerKeys(suite, secrets)
  const explicit = explicitNonce.subarray(0, suite.explicitBytes)
  const nonce = suite.explicitBytes === 0 ? makeNonce(iv, sequence) : Buffer.concat([iv, explicit])
  const start = Buffer.from([contentType, 3, 3])
  const cipher = openCipher(suite.cipher, key, nonce, TAG_BYTES)
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(sequence))
  cipher.setAAD(Buffer.concat([counter, start, lengthOf(content.length)]), { plaintextLength: content.length })
  const length = lengthOf(explicit.length + content.length + TAG_BYTES)
  return Buffer.concat([start, length, explicit, cipher.update(content), cipher.final(), cipher.getAuthTag()])
}

function lengthOf(octets: number): Buffer {
  return Buffer.from([octets >> 8, octets & 0xff])
}

type Cipher = AeadSuite['cipher'] | 'aes-128-ccm'

function openCipher(cipher: Cipher, key: Uint8Array, nonce: Uint8Array, authTagLength: number) {
  switch (cipher) {
    case 'aes-128-gcm':
    case 'aes-256-gcm':
      return createCipheriv(cipher, key, nonce, { authTagLength })
    case 'aes-128-ccm':
      return createCipheriv(cipher, key, nonce, { authTagLength })
    case 'chacha20-poly1305':
      return createCipheriv(cipher, key, nonce, { authTagLength })
  }
}

const TAG_BYTES = 16
