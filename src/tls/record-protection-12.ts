import { createDecipheriv } from 'node:crypto'
import { computePrf } from './prf.ts'

/** What an AEAD suite of TLS 1.2 is made of (RFC 5288, RFC 7905). */
export interface AeadSuite {
  readonly hash: 'sha256' | 'sha384'
  readonly cipher: 'aes-128-gcm' | 'aes-256-gcm' | 'chacha20-poly1305'
  readonly keyBytes: number
  /** The part of the nonce that the key block gives. */
  readonly ivBytes: number
  /** The part of the nonce that stands before each fragment. */
  readonly explicitBytes: number
}

/** The AEAD suite of this name, undefined for all others (CBC, RC4). */
export function findAeadSuite(cipherSuiteName: string): AeadSuite | undefined {
  if (cipherSuiteName.includes('CHACHA20_POLY1305'))
    return { hash: 'sha256', cipher: 'chacha20-poly1305', keyBytes: 32, ivBytes: 12, explicitBytes: 0 }
  if (cipherSuiteName.endsWith('AES_128_GCM_SHA256'))
    return { hash: 'sha256', cipher: 'aes-128-gcm', keyBytes: 16, ivBytes: 4, explicitBytes: 8 }
  if (cipherSuiteName.endsWith('AES_256_GCM_SHA384'))
    return { hash: 'sha384', cipher: 'aes-256-gcm', keyBytes: 32, ivBytes: 4, explicitBytes: 8 }
  return undefined
}

/** What the key block of a session is made from. */
export interface SessionSecrets {
  readonly masterSecret: Uint8Array
  readonly clientRandom: Uint8Array
  readonly serverRandom: Uint8Array
}

/** Key and IV of the server's records: the keys of both sides come first, then the IVs (RFC 5246 section 6.3). */
export function deriveServerKeys(suite: AeadSuite, secrets: SessionSecrets): { readonly key: Uint8Array; readonly iv: Uint8Array } {
  const { keyBytes, ivBytes } = suite
  const seed = Buffer.concat([secrets.serverRandom, secrets.clientRandom])
  const block = computePrf(suite.hash, secrets.masterSecret, 'key expansion', seed, 2 * (keyBytes + ivBytes))
  return { key: block.subarray(keyBytes, 2 * keyBytes), iv: block.subarray(2 * keyBytes + ivBytes) }
}

/**
 * Open the first record that the server sent under TLS 1.2 protection, which is its Finished.
 * @param octets the record with its header
 * @returns null when the tag does not fit or the record is too short
 */
export function openFirstServerRecord(octets: Uint8Array, suite: AeadSuite, secrets: SessionSecrets): Uint8Array | null {
  const { key, iv } = deriveServerKeys(suite, secrets)
  const fragment = octets.subarray(HEADER_BYTES)
  const contentBytes = fragment.length - suite.explicitBytes - TAG_BYTES
  if (contentBytes < 0) return null
  // The sequence number is 0, so XORing it into a 12-octet IV changes nothing.
  const nonce = Buffer.concat([iv, fragment.subarray(0, suite.explicitBytes)])
  const additional = Buffer.concat([Buffer.alloc(8), octets.subarray(0, 3), Buffer.from([contentBytes >> 8, contentBytes & 0xff])])
  try {
    const decipher = openCipher(suite, key, nonce)
    decipher.setAuthTag(fragment.subarray(suite.explicitBytes + contentBytes))
    decipher.setAAD(additional, { plaintextLength: contentBytes })
    const content = decipher.update(fragment.subarray(suite.explicitBytes, suite.explicitBytes + contentBytes))
    decipher.final()
    return content
  } catch {
    return null
  }
}

function openCipher({ cipher }: AeadSuite, key: Uint8Array, nonce: Uint8Array) {
  if (cipher === 'chacha20-poly1305') return createDecipheriv(cipher, key, nonce, { authTagLength: TAG_BYTES })
  return createDecipheriv(cipher, key, nonce, { authTagLength: TAG_BYTES })
}

const HEADER_BYTES = 5
const TAG_BYTES = 16
