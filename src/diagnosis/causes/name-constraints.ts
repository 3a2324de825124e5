import { certificateCause, fact, hostName, verified, whichCertificate } from '../certificate-cause.ts'
import { serverFix } from '../fixes.ts'

/** Some name in the leaf (not only the host) lies outside what a CA of the chain may sign for. */
export const nameConstraints = certificateCause({
  id: 'name-constraints',
  meaning: 'An authority of the chain may not sign for a name in the leaf',
  fault: 'upstream',
  words(evidence, seen) {
    const name = fact(evidence.defect, 'name', 'wanted')
    const constraint = fact(evidence.defect, 'constraint', 'permitted', 'excluded', 'offered')
    return {
      title: `an authority under ${hostName(seen)} may not sign for a name in the certificate`,
      why: `Its name constraints forbid ${name === undefined ? 'one of the names' : `"${name}"`}. go checks every name in the leaf, not only the one that was asked for.`,
      evidence: [
        verified(
          `${whichCertificate(evidence)}${constraint === undefined ? '' : `: constraint ${constraint}`}${name === undefined ? '' : `, name ${name}`}`,
        ),
      ],
      fixes: [serverFix(seen, 'have the certificate issued by a CA that may sign for all its names, or leave that name out')],
    }
  },
})
