import type { Certificate } from './certificate.ts'
import { equalOctets } from './der.ts'

/**
 * Which of the spare certificates complete a chain that the presented ones alone do not.
 * @param findChains all acceptable chains of the leaf with the given intermediates
 * @returns those on the first chain found, leaf side first; [] when they do not help or are not needed
 */
export function findCompleting(
  presented: readonly Certificate[],
  spare: readonly Certificate[],
  findChains: (intermediates: readonly Certificate[]) => readonly (readonly Certificate[])[],
): readonly Certificate[] {
  if (findChains(presented).length > 0) return []
  const [chain = []] = findChains([...presented, ...spare])
  const isSpare = (certificate: Certificate) =>
    spare.includes(certificate) && !presented.some((own) => equalOctets(own.raw, certificate.raw))
  return chain.filter(isSpare)
}
