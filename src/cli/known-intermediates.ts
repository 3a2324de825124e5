/** Intermediates that whytls saw in earlier chains and that could complete this one. */
import type { Store } from '../store/store.ts'
import { readNames } from '../x509/names.ts'

/** Certificates by which a presented chain might continue: those whose subject is an issuer that the chain itself lacks. */
export function findKnownIntermediates(store: Store, presented: readonly Uint8Array[]): readonly Uint8Array[] {
  const names = presented.map((der) => readNames(der)).filter((name) => name !== null)
  const own = new Set(names.map(({ subject }) => Buffer.from(subject).toString('hex')))
  const missing = names.filter(({ issuer }) => !own.has(Buffer.from(issuer).toString('hex')))
  return missing.flatMap(({ issuer }) => store.certificatesBySubject(issuer))
}
