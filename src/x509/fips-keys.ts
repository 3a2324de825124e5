import type { Certificate } from './certificate.ts'
import type { GoRules } from './rules.ts'

/** What crypto/tls says where no chain holds approved keys only; it does not say whose key it is. */
export const NO_FIPS_CHAIN = 'tls: failed to verify certificate: tls: no FIPS compatible certificate chains found'

/**
 * The certificate at which Go's FIPS mode refuses what was found: of each chain it wants RSA keys from 2048 bits, ECDSA on P-256, P-384 or P-521, Ed25519, or (1.27)
 * ML-DSA, the root's too.
 * @returns undefined where one chain is good, or where the mode is off
 */
export function findUnapprovedKey(chains: readonly (readonly Certificate[])[], rules: GoRules): Certificate | undefined {
  if (!rules.isFipsMode || chains.some((chain) => chain.every(isApproved))) return undefined
  return chains[0]?.find((certificate) => !isApproved(certificate))
}

function isApproved({ publicKey }: Certificate): boolean {
  if (publicKey === null) return false
  if (publicKey.kind === 'RSA') return publicKey.bits >= 2048
  return publicKey.kind === 'ECDSA' ? publicKey.curve.name !== 'P-224' : publicKey.kind !== 'DSA'
}
