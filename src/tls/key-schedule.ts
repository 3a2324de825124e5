import { createHmac } from 'node:crypto'

/** What a TLS 1.3 cipher suite is made of. */
export interface SuiteParameters {
  readonly hash: 'sha256' | 'sha384'
  /** Octets of Finished's verify_data. */
  readonly hashBytes: number
  readonly cipher: 'aes-128-gcm' | 'aes-256-gcm' | 'chacha20-poly1305' | 'aes-128-ccm'
  readonly keyBytes: number
  readonly tagBytes: number
}

/** The parameters of a TLS 1.3 suite (RFC 8446 appendix B.4), undefined for all others. */
export function findSuiteParameters(cipherSuite: number): SuiteParameters | undefined {
  return TLS13_SUITES[cipherSuite]
}

/** Key and IV that protect the records under one traffic secret (RFC 8446 section 7.3). */
export function deriveTrafficKeys(secret: Uint8Array, suite: SuiteParameters): { readonly key: Uint8Array; readonly iv: Uint8Array } {
  return {
    key: expandLabel(secret, 'key', suite.keyBytes, suite.hash),
    iv: expandLabel(secret, 'iv', IV_BYTES, suite.hash),
  }
}

/** HKDF-Expand-Label with an empty context (RFC 8446 section 7.1); `length` at most one hash long, which is all that TLS needs here. */
export function expandLabel(secret: Uint8Array, label: string, length: number, hash: SuiteParameters['hash']): Uint8Array {
  const name = Buffer.from(`tls13 ${label}`, 'latin1')
  const hkdfLabel = Buffer.concat([Buffer.from([length >> 8, length & 0xff, name.length]), name, Buffer.from([0])])
  const block = createHmac(hash, secret)
    .update(hkdfLabel)
    .update(Buffer.from([1]))
    .digest()
  return new Uint8Array(block.subarray(0, length))
}

/** The traffic secret behind a KeyUpdate (RFC 8446 section 7.2). */
export function deriveNextSecret(secret: Uint8Array, suite: SuiteParameters): Uint8Array {
  return expandLabel(secret, 'traffic upd', suite.hashBytes, suite.hash)
}

/** The nonce of a record: the IV with the record's number XORed into its end (RFC 8446 section 5.3, RFC 7905 section 2). */
export function makeNonce(iv: Uint8Array, sequence: number): Uint8Array {
  const nonce = new Uint8Array(iv)
  let rest = sequence
  for (let at = IV_BYTES - 1; rest > 0; at -= 1) {
    nonce[at] = (nonce[at] ?? 0) ^ (rest & 0xff)
    rest = Math.floor(rest / 256)
  }
  return nonce
}

/** Octets of the per-record nonce. */
const IV_BYTES = 12

const TLS13_SUITES: Readonly<Record<number, SuiteParameters>> = {
  4865: { hash: 'sha256', hashBytes: 32, cipher: 'aes-128-gcm', keyBytes: 16, tagBytes: 16 },
  4866: { hash: 'sha384', hashBytes: 48, cipher: 'aes-256-gcm', keyBytes: 32, tagBytes: 16 },
  4867: { hash: 'sha256', hashBytes: 32, cipher: 'chacha20-poly1305', keyBytes: 32, tagBytes: 16 },
  4868: { hash: 'sha256', hashBytes: 32, cipher: 'aes-128-ccm', keyBytes: 16, tagBytes: 16 },
  4869: { hash: 'sha256', hashBytes: 32, cipher: 'aes-128-ccm', keyBytes: 16, tagBytes: 8 },
}
