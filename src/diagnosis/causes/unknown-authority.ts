import type { AlsoPossible, EvidenceLine } from '../../contract/diagnosis.ts'
import { shown } from '../captured.ts'
import { type CertificateEvidence, certificateCause, fact, hostName, rootPlaces, verified } from '../certificate-cause.ts'
import { trustFixes } from '../fixes.ts'
import { gitWords } from '../git-roots.ts'
import { heldRootFixes } from '../held-root.ts'
import { callsItselfRoot, mayLackIntermediate } from '../missing-signs.ts'
import type { Observation } from '../observation.ts'
import { atMost } from '../refusal.ts'
import { probeCommand } from '../remedy.ts'
import { counted } from '../units.ts'

/** No root of the pool leads to this chain. */
export const unknownAuthority = certificateCause({
  id: 'unknown-authority',
  meaning: "The chain ends at an authority that the client's pool lacks",
  fault: 'client-config',
  recognise: (defect) => defect.code === 'unknown-authority' || defect.code === 'missing-intermediate',
  confidence: (base, { defects: [first] }, seen) => {
    if (first === undefined || !mayLackIntermediate(first, seen)) return base
    return atMost(base, callsItselfRoot(first) ? 'high' : 'likely')
  },
  words(evidence, seen) {
    if (seen.roots?.reader === 'git') return gitWords(evidence, seen)
    const issuer = fact(evidence.defect, 'issuer')
    return {
      title: `go does not trust the authority that signed for ${hostName(seen)}`,
      why: `The chain ends at ${issuer === undefined ? 'an authority' : `"${issuer}"`}, ${isNamesake(evidence) ? 'and the store of the client has an authority of that name only with another key' : 'which is in no store of the client'}. It is a private or company CA (a TLS-inspecting proxy, for instance), or one that this machine's list of roots lacks${mayLackIntermediate(evidence.defect, seen) ? ', or an intermediate whose certificate the server should have sent' : ''}.`,
      evidence: [verified(poolWords(evidence, issuer)), ...foundInVain(seen, issuer), ...trustedElsewhere(seen), ...rootPlaces(seen.roots)],
      fixes: [...heldRootFixes(seen), ...trustFixes('the people who run this CA')],
      alsoPossible: [...fromChain(evidence, seen), ...fromRoots(seen), ...fromRoute(seen)],
    }
  },
})

/** go found a certificate of the issuer's name, and the signature does not fit its key. */
function isNamesake({ defect }: CertificateEvidence): boolean {
  return fact(defect, 'candidate') !== undefined
}

/** The client's list is the odd one out: the authority is no stranger to this machine. By name only; the others' rules are not asked. */
function trustedElsewhere({ judged }: Observation): readonly EvidenceLine[] {
  const others = judged?.trustedBy ?? []
  if (others.length === 0) return []
  const text = `a root of that name is in the list of ${others.map(shown).join(' and of ')}, but not in go's`
  return [{ text, source: 'store', ref: null }]
}

function foundInVain({ judged }: Observation, issuer = 'its issuer'): readonly EvidenceLine[] {
  if (judged?.isIssuerFound !== true) return []
  return [verified(`the certificate of ${issuer}, which the server does not send, was found, and leads to no trusted root either`)]
}

function poolWords(evidence: CertificateEvidence, issuer = 'the end of the chain'): string {
  const { roots } = evidence
  const pool = roots === null ? 'the roots that were read' : `the ${counted(roots.count, 'root')} of ${roots.whose}`
  return isNamesake(evidence)
    ? `among ${pool} is a ${issuer}, but its key did not sign this chain (${fact(evidence.defect, 'hint') ?? 'another key id'})`
    : `${issuer} is not among ${pool}`
}

function fromChain({ defect }: CertificateEvidence, seen: Observation): readonly AlsoPossible[] {
  if (!mayLackIntermediate(defect, seen)) return []
  return [{ cause: 'missing-intermediate', confidence: 'possible', test: probeCommand(seen.target.host, seen.target.port, '--aia') }]
}

/** With both variables set nothing of the system's own list is read (go on Unix). */
function fromRoots({ roots, target }: Observation): readonly AlsoPossible[] {
  if (roots === null || roots.sslCertFile === '' || roots.sslCertDir === '') return []
  const test = `env -u SSL_CERT_FILE -u SSL_CERT_DIR ${probeCommand(target.host, target.port)}`
  return [{ cause: 'client-roots-missing', confidence: 'possible', test }]
}

function fromRoute(seen: Observation): readonly AlsoPossible[] {
  return seen.route.length > 0 ? [{ cause: 'inspection-ca-untrusted', confidence: 'possible', test: 'whytls show --chain' }] : []
}
