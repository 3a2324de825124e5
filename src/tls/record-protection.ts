import { createDecipheriv } from 'node:crypto'
import { deriveTrafficKeys, makeNonce, type SuiteParameters } from './key-schedule.ts'
import { CONTENT_TYPE } from './record.ts'

/** A decrypted record's true type and content (TLSInnerPlaintext, RFC 8446 section 5.2). */
export interface InnerPlaintext {
  readonly contentType: number
  readonly content: Uint8Array
}

/**
 * Removes the protection of TLS 1.3 records under one traffic secret. State over time: the sequence number, which only advances on success.
 */
export class RecordUnprotector {
  readonly #suite: SuiteParameters
  readonly #key: Uint8Array
  readonly #iv: Uint8Array
  #sequence: number

  /** @param sequence records under this secret that passed before */
  constructor(secret: Uint8Array, suite: SuiteParameters, sequence = 0) {
    this.#sequence = sequence
    const { key, iv } = deriveTrafficKeys(secret, suite)
    this.#suite = suite
    this.#key = key
    this.#iv = iv
  }

  /**
   * @param fragment encrypted_record with its tag
   * @param version the record header's version, which the tag covers
   * @returns null when the tag does not fit (another key, damaged octets) or nothing but padding is inside
   */
  unprotect(fragment: Uint8Array, version: number): InnerPlaintext | null {
    const plaintext = this.#decrypt(fragment, version)
    if (plaintext === null) return null
    this.#sequence += 1
    return removePadding(plaintext)
  }

  #decrypt(fragment: Uint8Array, version: number): Uint8Array | null {
    const contentBytes = fragment.length - this.#suite.tagBytes
    if (contentBytes < 1) return null
    const header = Uint8Array.of(CONTENT_TYPE.applicationData, version >> 8, version & 0xff, fragment.length >> 8, fragment.length & 0xff)
    try {
      const decipher = this.#openCipher()
      decipher.setAuthTag(fragment.subarray(contentBytes))
      decipher.setAAD(header, { plaintextLength: contentBytes })
      const content = decipher.update(fragment.subarray(0, contentBytes))
      decipher.final()
      return content
    } catch {
      // A tag that does not fit is an answer, not a fault: the caller says "could not be decrypted".
      return null
    }
  }

  #openCipher() {
    const nonce = makeNonce(this.#iv, this.#sequence)
    const authTagLength = this.#suite.tagBytes
    switch (this.#suite.cipher) {
      case 'aes-128-gcm':
      case 'aes-256-gcm':
        return createDecipheriv(this.#suite.cipher, this.#key, nonce, { authTagLength })
      case 'aes-128-ccm':
        return createDecipheriv(this.#suite.cipher, this.#key, nonce, { authTagLength })
      case 'chacha20-poly1305':
        return createDecipheriv(this.#suite.cipher, this.#key, nonce, { authTagLength })
    }
  }
}

function removePadding(plaintext: Uint8Array): InnerPlaintext | null {
  let end = plaintext.length - 1
  while (end >= 0 && plaintext[end] === 0) end -= 1
  const contentType = plaintext[end]
  return contentType === undefined ? null : { contentType, content: plaintext.subarray(0, end) }
}
