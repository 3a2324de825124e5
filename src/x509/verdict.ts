/** What Go would say of a chain: the result of `verifyChain`. Pure data. */

/** The defects that the verifier can name; each is also a cause code of the taxonomy. */
export type DefectCode =
  | 'cert-expired'
  | 'cert-not-yet-valid'
  | 'intermediate-expired'
  | 'root-expired'
  | 'cert-name-mismatch'
  | 'cert-no-san'
  | 'cert-ip-no-san'
  | 'cert-self-signed'
  | 'unknown-authority'
  | 'missing-intermediate'
  | 'chain-order'
  | 'chain-signature-invalid'
  | 'sha1-signature'
  | 'md5-signature'
  | 'weak-rsa-key'
  | 'rsa-key-too-large'
  | 'unsupported-public-key'
  | 'name-constraints'
  | 'path-length-exceeded'
  | 'issuer-not-ca'
  | 'eku-mismatch'
  | 'unhandled-critical-extension'
  | 'cert-malformed'
  | 'cert-negative-serial'
  | 'empty-certificate'
  | 'client-roots-missing'

export interface Defect {
  readonly code: DefectCode
  /** Index in the presented list; null when it is about a root or about none. */
  readonly certificate: number | null
  /** Subject of the certificate at fault ("CN=…"), for people. */
  readonly subject: string
  /** Go's text for this defect (of crypto/x509), "" where Go has none of its own. */
  readonly goText: string
  /** The two values that disagreed and others, by name: notAfter, now, wanted, offered, issuer, serialNumber, offset, field … */
  readonly facts: Readonly<Record<string, string>>
}

export interface ChainVerdict {
  /** A Go client of that version would accept the connection, as far as certificates go. */
  readonly ok: boolean
  readonly stage: 'parse' | 'verify' | 'tls' | null
  /** Text of crypto/x509, "" when accepted. */
  readonly goText: string
  /** What the go command prints after the URL ("tls: failed to verify certificate: x509: …"), "" when accepted. */
  readonly tlsText: string
  /** SHA-256 of each certificate of the path taken, leaf first; [] when none. */
  readonly chain: readonly string[]
  /** The defect that Go reports stands first. */
  readonly defects: readonly Defect[]
  /** Of `extraIntermediates` the ones that completed a chain (sha256), when only they made it pass. */
  readonly completedBy: readonly string[]
}
