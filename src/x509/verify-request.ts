import { type Certificate, parseCertificate } from './certificate.ts'
import { CertificateParseError } from './parse-error.ts'
import type { RootPool } from './root-pool.ts'
import type { GoRules } from './rules.ts'

/** What a Go client is shown and knows when it judges a server. */
export interface VerifyRequest {
  /** The certificates of the Certificate message as DER, in wire order; the first is the leaf. */
  readonly presented: readonly Uint8Array[]
  readonly roots: RootPool
  readonly now: Date
  /** Host of the URL: DNS name or IP address; "" checks none. */
  readonly name: string
  readonly rules: GoRules
  /** Certificates (DER) that are only used to learn whether they would complete the chain; they never change the verdict. */
  readonly extraIntermediates?: readonly Uint8Array[]
  /** Go's error when no root could be loaded and a place failed otherwise than by not being there ("read /etc: is a directory"). */
  readonly systemRootsError?: string
  /** Local zone of the `go` command, minutes east of UTC, for its texts. Default 0. */
  readonly timeZoneOffsetMinutes?: number
}

/** One presented certificate: parsed, or why not. */
export type Presented =
  | { readonly der: Uint8Array; readonly certificate: Certificate }
  | { readonly der: Uint8Array; readonly refusal: CertificateParseError }

/** Parse one presented certificate. */
export function parsePresented(der: Uint8Array, rules: GoRules): Presented {
  try {
    return { der, certificate: parseCertificate(der, rules) }
  } catch (error) {
    if (error instanceof CertificateParseError) return { der, refusal: error }
    throw error
  }
}
