import { certificateCause, hostName, rootPlaces, verified } from '../certificate-cause.ts'
import { fix, rootListFixes } from '../fixes.ts'

const ENDS_NOWHERE: readonly string[] = ['unknown-authority', 'missing-intermediate']

/** The pool is empty, so that every chain ends nowhere. */
export const clientRootsMissing = certificateCause({
  id: 'client-roots-missing',
  meaning: "The client's root pool is empty or lacks the public roots (SSL_CERT_FILE, SSL_CERT_DIR)",
  fault: 'client-machine',
  recognise: (defect, seen) => defect.code === 'client-roots-missing' || (seen.roots?.count === 0 && ENDS_NOWHERE.includes(defect.code)),
  words: (_evidence, seen) => ({
    title: 'go has no root certificates to check with',
    why: `No store that go reads on this machine holds a root, so every certificate is "signed by unknown authority". Nothing is known to be wrong with ${hostName(seen)}.`,
    evidence: [verified('the pool of roots is empty'), ...rootPlaces(seen.roots)],
    fixes: [...settingFixes(seen.roots?.sslCertFile !== '' || seen.roots?.sslCertDir !== ''), ...rootListFixes()],
  }),
})

function settingFixes(isSet: boolean) {
  if (!isSet) return []
  const parts = {
    title: 'go back to the roots of the system in this shell',
    checkedHow: 'needs a second try without the settings',
  } as const
  return [
    fix({ ...parts, shell: 'bash', commands: ['unset SSL_CERT_FILE SSL_CERT_DIR'] }),
    fix({ ...parts, shell: 'fish', commands: ['set -e SSL_CERT_FILE SSL_CERT_DIR'] }),
  ]
}
