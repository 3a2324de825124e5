import { type CipherGCM, createDecipheriv, createHmac, timingSafeEqual } from 'node:crypto'
import { makeNonce } from './key-schedule.ts'
import { computePrf } from './prf.ts'
import type { SessionSecrets } from './record-protection-12.ts'
import type { SuiteCipher } from './suite-cipher.ts'

/** What both sides agreed on besides the suite. */
export interface AgreedProtection {
  readonly version: number
  /** encrypt_then_mac (RFC 7366): the MAC stands outside. */
  readonly macsLast: boolean
  /** truncated_hmac (RFC 6066 section 7): ten octets. */
  readonly macsShort: boolean
}

/** A protected record as it travelled; `fragment` without its header. */
export interface SealedRecord {
  readonly contentType: number
  readonly version: number
  readonly fragment: Uint8Array
}

/**
 * Opens the records that one side sends under one ChangeCipherSpec of TLS 1.0 to 1.2. State over time: the sequence number and, in TLS 1.0, the IV.
 * Every record of that side must pass, in order: those of no interest by {@link skip}.
 */
export class RecordOpener12 {
  readonly #suite: Exclude<SuiteCipher, { readonly kind: 'null' }>
  readonly #agreed: AgreedProtection
  readonly #keys: DirectionKeys
  #sequence = 0
  /** TLS 1.0 goes on with the last block of the record before. */
  #iv: Uint8Array

  constructor(
    suite: Exclude<SuiteCipher, { readonly kind: 'null' }>,
    agreed: AgreedProtection,
    secrets: SessionSecrets,
    isFromClient: boolean,
  ) {
    this.#suite = suite
    this.#agreed = agreed
    this.#keys = deriveKeys(suite, agreed, secrets, isFromClient)
    this.#iv = this.#keys.iv
  }

  /** The record's content; null when its tag or MAC does not fit, or it cannot be one: nothing behind it can be opened then. Never throws. */
  open(record: SealedRecord): Uint8Array | null {
    const suite = this.#suite
    try {
      return suite.kind === 'aead' ? this.#openAead(suite, record) : this.#openCbc(suite, record)
    } catch {
      // What the cipher refuses is not for this key, or this machine has no such cipher.
      return null
    } finally {
      this.skip(record.fragment)
    }
  }

  /** A record that need not be opened. @param fragment its last octets are enough */
  skip(fragment: Uint8Array): void {
    this.#sequence += 1
    const suite = this.#suite
    if (suite.kind !== 'cbc' || this.#agreed.version !== TLS10) return
    const end = fragment.length - (this.#agreed.macsLast ? macBytesOf(suite, this.#agreed) : 0)
    this.#iv = fragment.slice(Math.max(0, end - suite.blockBytes), end)
  }

  #openAead(suite: AeadCipher, { contentType, version, fragment }: SealedRecord): Uint8Array | null {
    const contentBytes = fragment.length - suite.explicitBytes - suite.tagBytes
    if (contentBytes < 0) return null
    const nonce =
      suite.explicitBytes === 0
        ? makeNonce(this.#keys.iv, this.#sequence)
        : Buffer.concat([this.#keys.iv, fragment.subarray(0, suite.explicitBytes)])
    const sealed = fragment.subarray(suite.explicitBytes, suite.explicitBytes + contentBytes)
    // The types name few ciphers of this kind; the others work alike.
    const decipher = createDecipheriv(suite.cipher as 'aes-128-gcm', this.#keys.key, nonce, { authTagLength: suite.tagBytes })
    decipher.setAuthTag(fragment.subarray(suite.explicitBytes + contentBytes))
    decipher.setAAD(this.#cover(contentType, version, contentBytes), { plaintextLength: contentBytes } as Parameters<
      CipherGCM['setAAD']
    >[1])
    const content = decipher.update(sealed)
    decipher.final()
    return content
  }

  #openCbc(suite: CbcCipher, record: SealedRecord): Uint8Array | null {
    const { fragment, contentType, version } = record
    const { macsLast, version: agreed } = this.#agreed
    const macBytes = macBytesOf(suite, this.#agreed)
    const end = fragment.length - (macsLast ? macBytes : 0)
    const ivBytes = agreed > TLS10 ? suite.blockBytes : 0
    const sealed = fragment.subarray(ivBytes, end)
    if (sealed.length === 0 || sealed.length % suite.blockBytes !== 0) return null
    if (macsLast && !this.#fits(fragment.subarray(end), contentType, version, fragment.subarray(0, end))) return null
    const decipher = createDecipheriv(suite.cipher, this.#keys.key, ivBytes === 0 ? this.#iv : fragment.subarray(0, ivBytes))
    decipher.setAutoPadding(false)
    const plain = Buffer.concat([decipher.update(sealed), decipher.final()])
    const unpadded = plain.length - 1 - (plain.at(-1) ?? 0)
    const contentBytes = macsLast ? unpadded : unpadded - macBytes
    if (contentBytes < 0) return null
    const content = plain.subarray(0, contentBytes)
    if (macsLast || this.#fits(plain.subarray(contentBytes, unpadded), contentType, version, content)) return content
    return null
  }

  #fits(mac: Uint8Array, contentType: number, version: number, covered: Uint8Array): boolean {
    if (this.#suite.kind !== 'cbc') return false
    const hmac = createHmac(this.#suite.mac, this.#keys.mac)
    const wanted = hmac
      .update(this.#cover(contentType, version, covered.length))
      .update(covered)
      .digest()
      .subarray(0, mac.length)
    return timingSafeEqual(wanted, mac)
  }

  /** Sequence number, type, version and length (RFC 5246 section 6.2.3). */
  #cover(contentType: number, version: number, lengthBytes: number): Buffer {
    const cover = Buffer.alloc(13)
    cover.writeBigUInt64BE(BigInt(this.#sequence))
    cover.writeUInt8(contentType, 8)
    cover.writeUInt16BE(version, 9)
    cover.writeUInt16BE(lengthBytes, 11)
    return cover
  }
}

type AeadCipher = Extract<SuiteCipher, { readonly kind: 'aead' }>
type CbcCipher = Extract<SuiteCipher, { readonly kind: 'cbc' }>

interface DirectionKeys {
  readonly mac: Uint8Array
  readonly key: Uint8Array
  readonly iv: Uint8Array
}

/** MAC keys of both sides come first, then keys, then IVs (RFC 5246 section 6.3); from TLS 1.1 on CBC has no IV there. */
function deriveKeys(
  suite: AeadCipher | CbcCipher,
  { version }: AgreedProtection,
  { masterSecret, serverRandom, clientRandom }: SessionSecrets,
  isFromClient: boolean,
): DirectionKeys {
  const ivBytes = suite.kind === 'aead' ? suite.ivBytes : version === TLS10 ? suite.blockBytes : 0
  const parts = [suite.kind === 'aead' ? 0 : suite.macBytes, suite.keyBytes, ivBytes]
  const total = 2 * parts.reduce((sum, part) => sum + part, 0)
  const block = computePrf(suite.hash, masterSecret, 'key expansion', Buffer.concat([serverRandom, clientRandom]), total)
  let at = 0
  const take = (length: number): Uint8Array => {
    const start = at + (isFromClient ? 0 : length)
    at += 2 * length
    return block.subarray(start, start + length)
  }
  const [mac, key, iv] = parts.map(take)
  return { mac: mac ?? NONE, key: key ?? NONE, iv: iv ?? NONE }
}

function macBytesOf(suite: CbcCipher, { macsShort }: AgreedProtection): number {
  return macsShort ? SHORT_MAC_BYTES : suite.macBytes
}

const NONE = new Uint8Array(0)
const TLS10 = 0x0301
const SHORT_MAC_BYTES = 10
