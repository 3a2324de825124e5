import { certificateCause, fact, hostName, rootPlaces, verified } from '../certificate-cause.ts'
import { trustFixes } from '../fixes.ts'
import { isLoneLeaf } from '../missing-signs.ts'
import { atMost } from '../refusal.ts'
import { probeCommand } from '../remedy.ts'

/** No root of the pool leads to this chain. */
export const unknownAuthority = certificateCause({
  id: 'unknown-authority',
  meaning: "The chain ends at an authority that the client's pool lacks",
  fault: 'client-config',
  recognise: (defect) => defect.code === 'unknown-authority' || defect.code === 'missing-intermediate',
  confidence: (base, _verdict, seen) => (isLoneLeaf(seen) ? atMost(base, 'high') : base),
  words(evidence, seen) {
    const issuer = fact(evidence.defect, 'issuer')
    const rootCount = evidence.roots === null ? 'no root' : `none of the ${evidence.roots.count} roots of ${evidence.roots.whose}`
    return {
      title: `go does not trust the authority that signed for ${hostName(seen)}`,
      why: `The chain ends at ${issuer === undefined ? 'an authority' : `"${issuer}"`}, which is in ${rootCount === 'no root' ? 'no store that go reads' : 'no store of the client'}. It is a private or company CA (a TLS-inspecting proxy, for instance), or one that this machine's list of roots lacks. The network is fine.`,
      evidence: [
        verified(`${rootCount} signed ${issuer === undefined ? 'the end of the chain' : `for ${issuer}`}`),
        ...rootPlaces(seen.roots),
      ],
      fixes: trustFixes('the people who run this CA'),
      alsoPossible: [
        ...(isLoneLeaf(seen)
          ? [
              {
                cause: 'missing-intermediate',
                confidence: 'possible' as const,
                test: probeCommand(seen.target.host, seen.target.port, '--aia'),
              },
            ]
          : []),
        ...(seen.route.length > 0
          ? [{ cause: 'inspection-ca-untrusted', confidence: 'possible' as const, test: 'whytls show --chain' }]
          : []),
      ],
    }
  },
})
