/** Go refuses to parse a certificate. */
export class CertificateParseError extends Error {
  /** Byte for byte what crypto/x509 says ("x509: negative serial number"). */
  readonly goText: string
  /** Octet of the DER input at which the field that cannot be read starts. */
  readonly offset: number
  /** The field in the words of RFC 5280 ("tbsCertificate.serialNumber"). */
  readonly field: string

  constructor(goText: string, offset: number, field: string) {
    super(`${goText} (octet ${offset}, ${field})`)
    this.name = 'CertificateParseError'
    this.goText = goText
    this.offset = offset
    this.field = field
  }
}

/** Called where Go would refuse. The strict parser throws here; the tolerant one takes a note and reads on. */
export type Refuse = (goText: string, offset: number, field: string) => void

/** The strict parser's way to refuse. @throws CertificateParseError always */
export const throwRefusal: Refuse = (goText, offset, field) => {
  throw new CertificateParseError(goText, offset, field)
}
