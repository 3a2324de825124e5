import type { AlsoPossible, EvidenceLine } from '../../contract/diagnosis.ts'
import { shown } from '../captured.ts'
import { certificateCause, hostName, rootPlaces, verified } from '../certificate-cause.ts'
import { NO_HELP_FOR_CERTIFICATES, trustFixes } from '../fixes.ts'
import { heldRootFixes } from '../held-root.ts'
import { findInspectionSigns, type InspectionSigns, weighInspection } from '../inspection-signs.ts'
import type { Observation } from '../observation.ts'
import { atMost } from '../refusal.ts'
import { commandLine, hostWord, probeCommand } from '../remedy.ts'
import { inSpan } from '../units.ts'

/** The chain ends at an authority that signs for whatever host passes by. */
export const inspectionCaUntrusted = certificateCause({
  id: 'inspection-ca-untrusted',
  meaning: "A TLS-inspecting proxy re-signed the host's certificate and the client does not trust its CA",
  fault: 'client-config',
  recognise(defect, seen, verdict) {
    if (defect.code !== 'unknown-authority' && defect.code !== 'missing-intermediate') return false
    if (verdict.completedBy.length > 0) return false
    const signs = findInspectionSigns(seen)
    return signs !== null && weighInspection(signs) !== null
  },
  confidence(base, _verdict, seen) {
    const signs = findInspectionSigns(seen)
    const strength = signs === null ? null : weighInspection(signs)
    if (strength === 'shown') return base
    return atMost(base, strength === 'high' ? 'high' : 'likely')
  },
  words(_evidence, seen) {
    const signs = findInspectionSigns(seen)
    const authority = shown(signs?.authority ?? 'an authority')
    const box = seen.route.length > 0 ? `the proxy ${seen.route.map(({ address }) => shown(address)).join(', ')} or a gateway` : 'a gateway'
    return {
      title: `${box === 'a gateway' ? 'a TLS-inspecting gateway' : 'a TLS-inspecting proxy'} re-signs ${hostName(seen)} and go does not trust its CA`,
      why: `The certificate of ${hostName(seen)} was issued${sinceWhen(signs)} by "${authority}", whose root is in no store that go reads. ${reason(signs)} So ${box} on the way opens the connection and signs again what the host sent; the network and the host are fine, only trust is missing.`,
      evidence: [...signLines(signs), ...poolLines(seen, authority), ...compareLines(signs)],
      fixes: [...heldRootFixes(seen), ...trustFixes('your network or IT team')],
      willNotHelp: NO_HELP_FOR_CERTIFICATES,
      alsoPossible: others(signs, seen),
    }
  },
})

function sinceWhen(signs: InspectionSigns | null): string {
  return signs?.madeBeforeMs == null ? '' : ` ${inSpan(signs.madeBeforeMs)} before this connection`
}

function reason(signs: InspectionSigns | null): string {
  if (signs === null) return ''
  const hosts = signs.alsoIssuedFor.slice(0, 3).map(shown).join(' and ')
  if (hosts !== '')
    return `The same authority also signed for ${hosts}, which ${signs.alsoIssuedFor.length === 1 ? 'has' : 'have'} nothing to do with it.`
  if (signs.earlierIssuer !== null) return `Earlier the same host had a certificate of "${shown(signs.earlierIssuer)}".`
  if (signs.issuesForAnyName) return 'Asked for a name that nobody can have, it had a certificate ready at once.'
  return `Its name ("${shown(signs.product ?? '')}") is that of a product or service that inspects TLS.`
}

function signLines(signs: InspectionSigns | null): readonly EvidenceLine[] {
  if (signs === null) return []
  const lines: EvidenceLine[] = []
  if (signs.alsoIssuedFor.length > 0) {
    const key = signs.sharesLeafKey ? ', with one key for all' : ''
    lines.push({
      text: `the same authority by the same route: ${signs.alsoIssuedFor.slice(0, 4).map(shown).join(', ')}${key}`,
      source: 'probe',
      ref: null,
    })
  }
  if (signs.earlierIssuer !== null)
    lines.push({ text: `issuer of this host before: ${shown(signs.earlierIssuer)}`, source: 'history', ref: null })
  if (signs.issuesForAnyName)
    lines.push({ text: 'a certificate came for a name under .invalid, which nobody can have', source: 'probe', ref: null })
  if (signs.product !== null)
    lines.push({ text: `issuer named like an inspecting product: ${shown(signs.product)}`, source: 'verifier', ref: null })
  if (signs.madeBeforeMs !== null)
    lines.push({
      text: `the leaf is valid since ${inSpan(signs.madeBeforeMs)} before the connection, and in no public log`,
      source: 'verifier',
      ref: null,
    })
  return lines
}

/** Where roots were read, and that the authority is none of them, in one line. */
function poolLines({ roots }: Observation, authority: string): readonly EvidenceLine[] {
  const [places, ...settings] = rootPlaces(roots)
  if (places === undefined) return [verified(`${authority} is not among the roots that were read`)]
  return [{ ...places, text: `${places.text}; none is ${authority}` }, ...settings]
}

/** What to compare with the file from the network team; never something to take from the wire. */
function compareLines(signs: InspectionSigns | null): readonly EvidenceLine[] {
  if (signs === null) return []
  const ids = [
    signs.keyId === null ? '' : `key id ${signs.keyId}`,
    signs.sha256 === null ? '' : `SHA-256 ${signs.sha256} as the gateway sends it`,
  ].filter((text) => text !== '')
  return [
    { text: `the CA to ask for: ${shown(signs.authority)}${ids.length === 0 ? '' : `, ${ids.join(', ')}`}`, source: 'verifier', ref: null },
  ]
}

/** While it only looks so, the chain may as well be a private server's own; a host that cannot be private tells. */
function others(signs: InspectionSigns | null, seen: Observation): readonly AlsoPossible[] {
  const strength = signs === null ? null : weighInspection(signs)
  if (strength === 'shown') return []
  const test = strength === 'high' ? probeCommand(seen.target.host, seen.target.port) : otherHostTest(seen)
  return [{ cause: 'unknown-authority', confidence: 'possible', test }]
}

function otherHostTest(seen: Observation): string {
  const other = (seen.resigning?.comparable ?? []).find((host) => hostWord(host) === host)
  return other === undefined ? commandLine(['whytls', 'probe', 'HOST']) : probeCommand(other, 443)
}
