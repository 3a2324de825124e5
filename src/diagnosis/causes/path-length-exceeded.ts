import { certificateCause, fact, hostName, verified, whichCertificate } from '../certificate-cause.ts'
import { serverFix } from '../fixes.ts'

/** A CA's pathLenConstraint allows fewer intermediates below it than there are. */
export const pathLengthExceeded = certificateCause({
  id: 'path-length-exceeded',
  meaning: "The chain is longer than an authority's path length allows",
  fault: 'upstream',
  words: (evidence, seen) => ({
    title: `the chain of ${hostName(seen)} is longer than one of its authorities allows`,
    why: `A CA of the chain may have at most ${fact(evidence.defect, 'pathLength', 'maxPathLen', 'wanted') ?? 'fewer'} further CAs below it (pathLenConstraint), and there are more.`,
    evidence: [verified(whichCertificate(evidence))],
    fixes: [serverFix(seen, 'have the certificate issued by a CA that stands high enough')],
  }),
})
