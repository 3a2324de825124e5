import type { PrfHash } from './prf.ts'

/** How a suite of TLS 1.2 and older protects its records. */
export type SuiteCipher =
  /** Nothing is hidden: the content, then its MAC (RFC 5246 section 6.2.3.1). */
  | { readonly kind: 'null'; readonly macBytes: number }
  /** RFC 5246 section 6.2.3.2, RFC 7366. */
  | {
      readonly kind: 'cbc'
      /** As OpenSSL names it. */
      readonly cipher: string
      readonly keyBytes: number
      readonly blockBytes: number
      readonly mac: string
      readonly macBytes: number
      readonly hash: PrfHash
    }
  /** RFC 5288, RFC 6655, RFC 7905. */
  | {
      readonly kind: 'aead'
      readonly cipher: string
      readonly keyBytes: number
      /** The part of the nonce that the key block gives. */
      readonly ivBytes: number
      /** The part of the nonce that stands before each fragment. */
      readonly explicitBytes: number
      readonly tagBytes: number
      readonly hash: PrfHash
    }

/**
 * What a suite's registered name says of its records; undefined for suites that are not read (RC4, DES, export, GOST) and those of TLS 1.3.
 * @param version agreed version: 0x0301 and 0x0302 have a PRF of their own
 */
export function findSuiteCipher(cipherSuiteName: string, version: number): SuiteCipher | undefined {
  const [, protection] = /^TLS_\w+_WITH_(\w+)$/.exec(cipherSuiteName) ?? []
  if (protection === undefined || cipherSuiteName.includes('EXPORT')) return undefined
  const hash = version < 0x0303 ? 'md5-sha1' : protection.endsWith('SHA384') ? 'sha384' : 'sha256'
  return readNull(protection) ?? readAead(protection, hash) ?? readCbc(protection, hash)
}

function readNull(protection: string): SuiteCipher | undefined {
  const [, mac] = /^NULL_(\w+)$/.exec(protection) ?? []
  const macBytes = mac === 'NULL' ? 0 : MACS[mac ?? '']?.bytes
  return macBytes === undefined ? undefined : { kind: 'null', macBytes }
}

function readAead(protection: string, hash: PrfHash): SuiteCipher | undefined {
  if (protection.startsWith('CHACHA20_POLY1305')) {
    return { kind: 'aead', cipher: 'chacha20-poly1305', keyBytes: 32, ivBytes: 12, explicitBytes: 0, tagBytes: 16, hash }
  }
  const [, name, bits, mode, isShort] = /^(AES|ARIA)_(128|256)_(GCM|CCM)(_8)?(?:_|$)/.exec(protection) ?? []
  if (name === undefined || bits === undefined || mode === undefined) return undefined
  const cipher = `${name}-${bits}-${mode}`.toLowerCase()
  return { kind: 'aead', cipher, keyBytes: Number(bits) / 8, ivBytes: 4, explicitBytes: 8, tagBytes: isShort === undefined ? 16 : 8, hash }
}

function readCbc(protection: string, hash: PrfHash): SuiteCipher | undefined {
  const [, name = '', macName = ''] = /^(\w+)_CBC_(\w+)$/.exec(protection) ?? []
  const mac = MACS[macName]
  if (mac === undefined) return undefined
  const rest = { kind: 'cbc', mac: mac.name, macBytes: mac.bytes, hash } as const
  if (name === '3DES_EDE') return { ...rest, cipher: 'des-ede3-cbc', keyBytes: 24, blockBytes: 8 }
  const [, family, bits] = /^(AES|CAMELLIA|ARIA)_(128|256)$/.exec(name) ?? []
  if (family === undefined || bits === undefined) return undefined
  return { ...rest, cipher: `${family.toLowerCase()}-${bits}-cbc`, keyBytes: Number(bits) / 8, blockBytes: 16 }
}

const MACS: Readonly<Record<string, { readonly name: string; readonly bytes: number }>> = {
  MD5: { name: 'md5', bytes: 16 },
  SHA: { name: 'sha1', bytes: 20 },
  SHA256: { name: 'sha256', bytes: 32 },
  SHA384: { name: 'sha384', bytes: 48 },
}
