import type { Fix } from '../../contract/diagnosis.ts'
import type { Defect, DefectCode } from '../../x509/verdict.ts'
import { shown } from '../captured.ts'
import { defineCause } from '../cause.ts'
import { rootPlaces, verified } from '../certificate-cause.ts'
import { NO_HELP_FOR_CERTIFICATES, networkFix, rootListFixes, trustFixes } from '../fixes.ts'
import type { Observation } from '../observation.ts'
import { proxyName } from '../proxy-cause.ts'
import { counted, fromNow, inInstant, inMinute } from '../units.ts'

interface Evidence {
  readonly proxy: string
  readonly defect: Defect
  readonly further: readonly DefectCode[]
  readonly presented: number
  readonly tlsText: string
}

/** The https proxy's own certificate does not hold by go's rules. whytls itself met it, so the chain is the wire's. */
export const proxyCertInvalid = defineCause({
  id: 'proxy-cert-invalid',
  meaning: "The HTTPS proxy's own certificate was refused",
  fault: 'parent-proxy',
  detect(seen) {
    const judged = seen.parentTls?.judged
    const defect = judged?.verdict.defects[0]
    if (judged == null || judged.verdict.ok || defect === undefined || seen.outcome !== 'failed') return undefined
    const evidence: Evidence = {
      proxy: proxyName(seen),
      defect,
      further: judged.verdict.defects.slice(1).map(({ code }) => code),
      presented: judged.chain.length,
      tlsText: judged.verdict.tlsText,
    }
    return { evidence, leg: 'parent', stage: 'certificate', confidence: 'certain' }
  },
  goText: ({ tlsText }: Evidence) => `proxyconnect tcp: ${tlsText}`,
  explain: (evidence: Evidence, seen) => ({
    title: `the proxy ${evidence.proxy} itself has ${TITLES[evidence.defect.code]}`,
    why: `HTTPS_PROXY names an https:// proxy, so go first makes TLS with the proxy itself and judges its certificate by the same roots and rules as that of every server. ${reason(evidence, seen)} ${shown(seen.target.host)} was never asked, and no password was sent.`,
    evidence: [
      verified(`${whichCertificate(evidence)}${values(evidence.defect, seen)}`),
      { text: `the proxy sent ${counted(evidence.presented, 'certificate')}`, source: 'decrypted', ref: null },
      ...(isAboutRoots(evidence.defect) ? rootPlaces(seen.roots) : []),
    ],
    fixes: fixesFor(evidence, seen),
    willNotHelp: NO_HELP_FOR_CERTIFICATES,
    ...(isAboutTime(evidence.defect)
      ? { alsoPossible: [{ cause: 'client-clock-wrong', confidence: 'possible' as const, test: 'date -u' }] }
      : {}),
    alsoTrue: evidence.further.map((code) => `the proxy's chain also has ${TITLES[code]}`),
    notChecked: ['revocation (go does not check it either)'],
  }),
})

function whichCertificate({ defect, presented }: Evidence): string {
  const subject = defect.subject === '' ? '' : `, ${shown(defect.subject)}`
  if (defect.certificate === null) return `a root of the pool${subject}`
  return `the proxy's certificate ${defect.certificate + 1} of ${presented}${defect.certificate === 0 ? ' (leaf)' : ''}${subject}`
}

/** The values that disagreed. */
function values({ facts }: Defect, { now }: Observation): string {
  const notAfter = dated(facts['notAfter'])
  const notBefore = dated(facts['notBefore'])
  if (notAfter !== null && notAfter < now) return `: notAfter ${inInstant(notAfter)} (${fromNow(notAfter, now)})`
  if (notBefore !== null && notBefore > now) return `: notBefore ${inInstant(notBefore)} (${fromNow(notBefore, now)})`
  const pairs = ['wanted', 'offered', 'issuer'].flatMap((name) => (facts[name] === undefined ? [] : [`${name} ${shown(facts[name])}`]))
  return pairs.length === 0 ? '' : `: ${pairs.join(', ')}`
}

function dated(text: string | undefined): Date | null {
  const moment = text === undefined ? null : new Date(text)
  return moment === null || Number.isNaN(moment.getTime()) ? null : moment
}

function reason({ defect }: Evidence, seen: Observation): string {
  if (isAboutTime(defect)) return `The clock of this machine said ${inMinute(seen.now)}.`
  if (NAME.has(defect.code)) return 'The name in HTTPS_PROXY must be one that stands in the certificate.'
  return isAboutRoots(defect) ? 'No root of the client leads to it: company proxies often have a private CA.' : ''
}

function fixesFor(evidence: Evidence, seen: Observation): readonly Fix[] {
  const { defect, proxy } = evidence
  if (defect.code === 'client-roots-missing') return rootListFixes()
  if (defect.code === 'unknown-authority' || defect.code === 'cert-self-signed') return trustFixes('the people who run the proxy')
  if (NAME.has(defect.code))
    return [networkFix(seen, `ask for the name under which the proxy's certificate holds, and let HTTPS_PROXY name it`)]
  return [networkFix(seen, `repair the certificate of the proxy ${proxy}`)]
}

const NAME: ReadonlySet<DefectCode> = new Set(['cert-name-mismatch', 'cert-no-san', 'cert-ip-no-san'])
const TIME: ReadonlySet<DefectCode> = new Set(['cert-expired', 'cert-not-yet-valid', 'intermediate-expired', 'root-expired'])
const ROOTS: ReadonlySet<DefectCode> = new Set(['unknown-authority', 'cert-self-signed', 'missing-intermediate', 'client-roots-missing'])

function isAboutTime({ code }: Defect): boolean {
  return TIME.has(code)
}

function isAboutRoots({ code }: Defect): boolean {
  return ROOTS.has(code)
}

const TITLES: Readonly<Record<DefectCode, string>> = {
  'cert-expired': 'an expired certificate',
  'cert-not-yet-valid': 'a certificate that is not valid yet',
  'intermediate-expired': 'an expired intermediate certificate',
  'root-expired': 'an expired root certificate',
  'cert-name-mismatch': 'a certificate for another name',
  'cert-no-san': 'a certificate with its name only in the common name',
  'cert-ip-no-san': 'a certificate without the IP address',
  'cert-self-signed': 'a self-signed certificate',
  'unknown-authority': 'a certificate of an authority that go does not trust',
  'missing-intermediate': 'a chain without its intermediate certificate',
  'chain-order': 'a chain in the wrong order',
  'chain-signature-invalid': 'a chain whose signature does not hold',
  'sha1-signature': 'a certificate signed with SHA-1',
  'md5-signature': 'a certificate signed with MD5',
  'weak-rsa-key': 'an RSA key shorter than 1024 bits',
  'rsa-key-too-large': 'an RSA key longer than go takes',
  'unsupported-public-key': 'a public key of a kind that cannot be used',
  'name-constraints': 'an authority that may not sign for this name',
  'path-length-exceeded': 'a chain longer than its authority allows',
  'issuer-not-ca': 'a certificate whose issuer is no CA',
  'eku-mismatch': 'a certificate that is not for servers',
  'unhandled-critical-extension': 'a critical extension that go does not know',
  'cert-malformed': 'a certificate that cannot be parsed',
  'cert-negative-serial': 'a negative serial number',
  'empty-certificate': 'no certificate',
  'client-roots-missing': 'no root to judge a certificate by',
}
