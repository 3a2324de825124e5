/** What a SignatureScheme of the handshake asks for (RFC 8446 section 4.2.3). */
export interface SchemeAlgorithm {
  readonly keyKind: 'RSA' | 'ECDSA' | 'Ed25519'
  /** null: the octets are signed as they are. */
  readonly hash: 'sha1' | 'sha256' | 'sha384' | 'sha512' | null
  readonly isPss: boolean
}

/** The algorithm behind a scheme, undefined for those that Go does not have (Ed448, RSA-PSS keys, brainpool, MD5, SHA-224). */
export function findSchemeAlgorithm(scheme: number): SchemeAlgorithm | undefined {
  return ALGORITHMS[scheme]
}

const pkcs1 = (hash: SchemeAlgorithm['hash']): SchemeAlgorithm => ({ keyKind: 'RSA', hash, isPss: false })
const pss = (hash: SchemeAlgorithm['hash']): SchemeAlgorithm => ({ keyKind: 'RSA', hash, isPss: true })
const ecdsa = (hash: SchemeAlgorithm['hash']): SchemeAlgorithm => ({ keyKind: 'ECDSA', hash, isPss: false })

const ALGORITHMS: Readonly<Record<number, SchemeAlgorithm>> = {
  513: pkcs1('sha1'),
  515: ecdsa('sha1'),
  1025: pkcs1('sha256'),
  1027: ecdsa('sha256'),
  1281: pkcs1('sha384'),
  1283: ecdsa('sha384'),
  1537: pkcs1('sha512'),
  1539: ecdsa('sha512'),
  2052: pss('sha256'),
  2053: pss('sha384'),
  2054: pss('sha512'),
  2055: { keyKind: 'Ed25519', hash: null, isPss: false },
}
