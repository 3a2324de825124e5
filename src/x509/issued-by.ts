import { readCertificate } from './certificate.ts'
import { isSignedBy } from './issuer-signature.ts'
import { readNames } from './names.ts'
import { goRules } from './rules.ts'

/** What a pool of authorities has for a certificate: the one that signed it, only others of that name, or none of the name. */
export type IssuerFound = 'issuer' | 'namesake' | 'none'

/** Look for the issuer of a certificate by its name and by its signature. Never throws. */
export function findIssuer(der: Uint8Array, authorities: readonly Uint8Array[]): IssuerFound {
  const wanted = readNames(der)?.issuer
  if (wanted === undefined) return 'none'
  const named = authorities.filter((authority) => Buffer.from(wanted).equals(readNames(authority)?.subject ?? new Uint8Array()))
  if (named.length === 0) return 'none'
  const rules = goRules('1.26')
  const child = readCertificate(der, rules, () => {})
  const hasSigned = named.some((authority) =>
    isSignedBy(
      child,
      readCertificate(authority, rules, () => {}),
      rules,
    ),
  )
  return hasSigned ? 'issuer' : 'namesake'
}
