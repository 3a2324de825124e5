import type { EvidenceLine, Fix } from '../../contract/diagnosis.ts'
import type { Defect } from '../../x509/verdict.ts'
import { certificateCause, fact, hostName, verified } from '../certificate-cause.ts'
import { fix, serverFix } from '../fixes.ts'
import { hasIntermediateSigns } from '../missing-signs.ts'
import type { Observation } from '../observation.ts'
import { atMost } from '../refusal.ts'
import { commandLine, exportMissingCommand, pathWord, probeCommand, setVariable, unsetVariable } from '../remedy.ts'
import { counted } from '../units.ts'

/** A known intermediate completes the chain; or the chain breaks off at an issuer that is no root by its name, and more speaks for a forgotten link. */
export const missingIntermediate = certificateCause({
  id: 'missing-intermediate',
  meaning: 'The server does not send the intermediate that links its leaf to a root the client has',
  fault: 'upstream',
  recognise: (defect, seen, verdict) =>
    (defect.code === 'missing-intermediate' || defect.code === 'unknown-authority') &&
    (verdict.completedBy.length > 0 || hasIntermediateSigns(defect, seen)),
  confidence(base, verdict) {
    if (verdict.completedBy.length === 0) return atMost(base, 'likely')
    return base === 'high' ? 'certain' : base
  },
  words(evidence, seen) {
    const host = hostName(seen)
    const issuer = fact(evidence.defect, 'issuer')
    const isShown = evidence.completedBy.length > 0
    return {
      title: `${host} does not send its whole chain`,
      why: `The server sent ${counted(evidence.presented, 'certificate')}; ${missing(issuer, isShown)}. Browsers fetch or remember such a certificate, go never does. go's text is the same as for an unknown CA${isShown ? ', but your CA store is fine' : ''}.`,
      evidence: [
        isShown
          ? verified(`with a known intermediate added the chain passes (SHA-256 ${evidence.completedBy[0]?.slice(0, 16) ?? ''}…)`)
          : verified(
              `${evidence.presented === 1 ? 'only the leaf was sent' : 'the chain breaks off'}${issuer === undefined ? '' : `, issued by ${issuer}`}`,
            ),
        ...(isShown ? [] : speakingFor(evidence.defect)),
      ],
      fixes: [
        serverFix(seen, 'send leaf and intermediate from the server, leaf first', {
          commands: [...written(seen, isShown), `cat leaf.crt ${INTERMEDIATE} > fullchain.pem`],
          checked: isShown,
          checkedHow: isShown ? 'the chain passes with the intermediate' : "needs the CA's intermediate",
        }),
        ...(isShown ? untilThen(seen) : []),
      ],
      alsoPossible: isShown
        ? []
        : [{ cause: 'unknown-authority', confidence: 'possible', test: probeCommand(seen.target.host, seen.target.port, '--aia') }],
    }
  },
})

/** Trusted certificates of the same organisation, which make a forgotten link more likely than a stranger. */
function speakingFor(defect: Defect): readonly EvidenceLine[] {
  const sibling = fact(defect, 'trustedSibling')
  const root = fact(defect, 'rootOfSameOrganisation')
  if (sibling !== undefined) return [verified(`the server also sent "${sibling}", of the same organisation, which leads to a trusted root`)]
  return root === undefined ? [] : [verified(`a root of the same organisation is trusted: "${root}"`)]
}

function missing(issuer: string | undefined, isShown: boolean): string {
  const which = issuer === undefined ? 'that of its issuer' : `that of "${issuer}"`
  return isShown
    ? `${which}, which links it to a trusted root, is missing`
    : `${which} did not come, and may be the link to a root that go has`
}

/** Where the intermediate is known and leads to a root that the client has, whytls can write it out: it adds no trust. */
function written({ target }: Observation, isShown: boolean): readonly string[] {
  return isShown ? [exportMissingCommand(target.host, target.port, INTERMEDIATE)] : []
}

const INTERMEDIATE = 'intermediate.crt'

/**
 * The intermediate leads to a root that is trusted already, so it adds no trust. It joins the list that go reads now; git reads no SSL_CERT_FILE.
 */
function untilThen(seen: Observation): readonly Fix[] {
  if (seen.roots?.reader === 'git') return []
  const own = ownList(seen)
  const bundle = fix({
    title: 'until then, in this shell only, with the intermediate',
    os: 'linux',
    shell: 'bash',
    commands: [
      ...written(seen, true),
      `${commandLine(['cat', own ?? '/etc/ssl/certs/ca-certificates.crt', INTERMEDIATE])} > bundle.pem`,
      'export SSL_CERT_FILE="$PWD/bundle.pem"',
    ],
    undo: [own === null ? unsetVariable('SSL_CERT_FILE', 'bash') : setVariable('SSL_CERT_FILE', own, 'bash')],
    checkedHow: "needs the intermediate's file",
    risk: 'trusts the intermediate itself while it is set',
  })
  return [bundle]
}

/** What SSL_CERT_FILE names, where go takes roots from it and its path can be written into a command. */
function ownList({ roots }: Observation): string | null {
  const path = roots?.sslCertFile ?? ''
  const isRead = roots?.places.some((place) => place.path === path && place.count > 0) === true
  return isRead && pathWord(path) === path ? path : null
}
