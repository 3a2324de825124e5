/** Builds the causes that the verifier names: the client refused the origin's certificate, and Go's own rules say why. */
import type { AlsoPossible, EvidenceLine, Fix } from '../contract/diagnosis.ts'
import type { Confidence, Fault, Stage } from '../contract/terms.ts'
import type { ChainVerdict, Defect, DefectCode } from '../x509/verdict.ts'
import { shown, shownHost } from './captured.ts'
import { type Cause, defineCause, type Explanation, type Found } from './cause.ts'
import { NO_HELP_FOR_CERTIFICATES } from './fixes.ts'
import { describeVersionSplit } from './go-versions.ts'
import type { JudgedChain, Observation, RootsFacts, SettingPlace } from './observation.ts'
import { atMost, chainConfidence, clientRefusal, type Refusal, refusalBehindFinished } from './refusal.ts'
import { counted } from './units.ts'
import { placesText } from './where-set.ts'

/** What a certificate cause rests on; plain JSON. */
export interface CertificateEvidence {
  readonly defect: Defect
  /** Defects that repairing the first would uncover. */
  readonly further: readonly Defect[]
  readonly presented: number
  readonly source: JudgedChain['source']
  readonly sameAsGoSaw: boolean
  readonly tlsText: string
  readonly refusal: Refusal
  readonly completedBy: readonly string[]
  /** A sentence where other versions of go judge otherwise; null where all agree. */
  readonly versions: string | null
  /** In words, and how many; null when not known. */
  readonly roots: { readonly whose: string; readonly count: number } | null
}

export interface CertificateWords {
  readonly title: string
  readonly why: string
  readonly evidence: readonly EvidenceLine[]
  readonly fixes: readonly Fix[]
  readonly willNotHelp?: Explanation['willNotHelp']
  readonly alsoPossible?: readonly AlsoPossible[]
  /** Replaces the list of further defects. */
  readonly alsoTrue?: readonly string[]
  readonly limit?: Confidence
}

export interface CertificateCauseParts<Id extends string> {
  readonly id: Id
  readonly meaning: string
  readonly fault: Fault
  /** Which first defect makes this cause; the code equal to `id` when absent. */
  readonly recognise?: (defect: Defect, seen: Observation, verdict: ChainVerdict) => boolean
  /** Changes what the chain alone would allow; absent = keep. */
  readonly confidence?: (base: Confidence, verdict: ChainVerdict, seen: Observation) => Confidence
  readonly stage?: (defect: Defect) => Stage
  /** Alerts besides the usual ones with which a client refuses for this reason. */
  readonly alerts?: readonly number[]
  readonly goText?: (evidence: CertificateEvidence, seen: Observation) => string | undefined
  readonly words: (evidence: CertificateEvidence, seen: Observation) => CertificateWords
}

/** A cause that is the first defect of a refused chain. It is given only when the wire shows that the client refused. */
export function certificateCause<const Id extends string>(parts: CertificateCauseParts<Id>): Cause<Id> {
  return defineCause({
    id: parts.id,
    meaning: parts.meaning,
    fault: parts.fault,
    detect: (seen) => detectDefect(parts, seen),
    goText: (evidence, seen) => (parts.goText === undefined ? evidence.tlsText || undefined : parts.goText(evidence, seen)),
    explain: (evidence, seen) => explainDefect(parts.words(evidence, seen), evidence, seen),
  })
}

function detectDefect<Id extends string>(parts: CertificateCauseParts<Id>, seen: Observation): Found<CertificateEvidence> | undefined {
  const verdict = seen.judged?.verdict
  const defect = verdict?.defects[0]
  const refusal = clientRefusal(seen) ?? refusalBehindFinished(seen)
  if (verdict === undefined || verdict.ok || defect === undefined || refusal === undefined || seen.outcome !== 'failed') return undefined
  const isThis = parts.recognise === undefined ? defect.code === parts.id : parts.recognise(defect, seen, verdict)
  if (!isThis || !fitsAlert(refusal, parts.alerts ?? [])) return undefined
  const base = chainConfidence(seen, refusal)
  const confidence = parts.confidence?.(base, verdict, seen) ?? base
  return {
    evidence: gatherEvidence(seen, seen.judged, defect, refusal),
    leg: 'upstream',
    stage: parts.stage?.(defect) ?? 'certificate',
    confidence: seen.roots?.isAssumed === true && !WITHOUT_ROOTS.has(defect.code) ? atMost(confidence, 'likely') : confidence,
  }
}

/** What go finds wrong before it looks for a root: whose roots they are does not matter. */
const WITHOUT_ROOTS: ReadonlySet<DefectCode> = new Set([
  'cert-malformed',
  'cert-negative-serial',
  'rsa-key-too-large',
  'empty-certificate',
  'chain-order',
  'cert-expired',
  'cert-not-yet-valid',
  'cert-name-mismatch',
  'cert-no-san',
  'cert-ip-no-san',
])

/** Go refuses certificates with 42, unparsable ones with 50 since 1.25; other clients also with 43 to 48. */
const REFUSING_ALERTS: readonly number[] = [42, 43, 44, 45, 46, 48, 50]

function fitsAlert(refusal: Refusal, others: readonly number[]): boolean {
  return refusal.alertCode === null || REFUSING_ALERTS.includes(refusal.alertCode) || others.includes(refusal.alertCode)
}

function gatherEvidence(seen: Observation, judged: JudgedChain | null, defect: Defect, refusal: Refusal): CertificateEvidence {
  const source = judged?.source ?? 'probe'
  return {
    defect,
    further: judged?.verdict.defects.slice(1) ?? [],
    presented: judged?.chain.length ?? 0,
    source,
    sameAsGoSaw: source !== 'probe' || seen.probe?.sameAsGoSaw === true,
    tlsText: judged?.verdict.tlsText ?? '',
    refusal,
    completedBy: judged?.verdict.completedBy ?? [],
    versions: describeVersionSplit(judged?.byGoVersion ?? {}),
    roots: seen.roots === null ? null : { whose: seen.roots.whose, count: seen.roots.count },
  }
}

function explainDefect(words: CertificateWords, evidence: CertificateEvidence, seen: Observation): Explanation {
  return {
    ...words,
    willNotHelp: words.willNotHelp ?? NO_HELP_FOR_CERTIFICATES,
    evidence: [
      ...words.evidence,
      ...versionsLine(evidence),
      chainLine(evidence),
      refusalLine(evidence.refusal, seen.roots?.reader ?? 'go'),
    ],
    alsoTrue: words.alsoTrue ?? evidence.further.map(furtherSentence),
    notChecked: notChecked(evidence, seen),
  }
}

/** "certificate 1 of 2 (leaf), CN=modules.example" */
export function whichCertificate({ defect, presented }: CertificateEvidence): string {
  const subject = defect.subject === '' ? '' : `, ${shown(defect.subject)}`
  if (defect.certificate === null) return `a root of the pool${subject}`
  const role = defect.certificate === 0 ? ' (leaf)' : ''
  return `certificate ${defect.certificate + 1} of ${presented}${role}${subject}`
}

/** A named value of the defect, the first of these names that it has; escaped for a sentence. */
export function fact(defect: Defect, ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = defect.facts[name]
    if (value !== undefined && value !== '') return shown(value)
  }
  return undefined
}

/** A moment among the defect's facts. */
export function factDate(defect: Defect, ...names: readonly string[]): Date | undefined {
  const text = fact(defect, ...names)
  const moment = text === undefined ? undefined : new Date(text)
  return moment === undefined || Number.isNaN(moment.getTime()) ? undefined : moment
}

/** The host for a sentence. */
export function hostName(seen: Observation): string {
  return shownHost(seen.target.host, seen.target.port)
}

/** One line of evidence by the verifier. */
export function verified(text: string): EvidenceLine {
  return { text, source: 'verifier', ref: null }
}

/** Where a client's roots come from, one line each that has something to say. */
export function rootPlaces(roots: RootsFacts | null): readonly EvidenceLine[] {
  if (roots === null) return []
  const places = roots.places.map(
    (place) => `${shown(place.path)} (${place.problem === null ? counted(place.count, 'root') : shown(place.problem)})`,
  )
  const settings = [
    roots.sslCertFile === '' ? '' : `SSL_CERT_FILE=${shown(roots.sslCertFile)}${setIn(roots.setAt?.SSL_CERT_FILE)}`,
    roots.sslCertDir === '' ? '' : `SSL_CERT_DIR=${shown(roots.sslCertDir)}${setIn(roots.setAt?.SSL_CERT_DIR)}`,
  ]
  const set = settings.filter((text) => text !== '').join(' ')
  return [
    {
      text: `${counted(roots.count, 'root')} of ${shown(roots.whose)}: ${places.slice(0, 4).join(', ') || 'no place had any'}`,
      source: 'store',
      ref: null,
    },
    ...(set === '' ? [] : [{ text: set, source: 'environment' as const, ref: null }]),
  ]
}

function setIn(places: readonly SettingPlace[] | undefined): string {
  const text = placesText(places)
  return text === '' ? '' : ` (set in ${text})`
}

function chainLine(evidence: CertificateEvidence): EvidenceLine {
  const came = `the server sent ${counted(evidence.presented, 'certificate')}`
  if (evidence.source !== 'probe') return { text: came, source: evidence.source, ref: null }
  const same = evidence.sameAsGoSaw ? "; go's own record sizes fit it" : "; go's own record sizes do not show the same chain"
  return { text: `${came} to the probe${same}`, source: 'probe', ref: null }
}

function versionsLine({ versions }: CertificateEvidence): readonly EvidenceLine[] {
  return versions === null ? [] : [verified(versions)]
}

function refusalLine(refusal: Refusal, client: string): EvidenceLine {
  if (refusal.how === 'clear')
    return { text: `${client} refused with alert ${refusal.alertCode} (${refusal.alertName})`, source: 'wire', ref: null }
  if (refusal.how === 'inferred')
    return { text: `${client} sent an alert-sized record (19 bytes) where Finished belongs`, source: 'inferred', ref: null }
  return { text: `${client} closed the connection after the certificate`, source: 'wire', ref: null }
}

function notChecked(evidence: CertificateEvidence, seen: Observation): readonly string[] {
  return [
    seen.roots?.reader === 'git'
      ? "git's own way of checking: go's rules were used with git's roots"
      : 'revocation (go does not check it either)',
    ...(seen.roots?.reader === 'git' && seen.roots.isAssumed === true
      ? ["git's own list and settings where it runs (GIT_SSL_CAINFO, http.sslCAInfo): those of this machine were used"]
      : []),
    ...(evidence.sameAsGoSaw ? [] : ['whether go met the same chain as the probe']),
    ...(seen.go.isKnown ? [] : [`the version of go; the rules of ${shown(seen.go.version)} were used`]),
  ]
}

/** What a further defect adds, as a sentence without a full stop. */
export function furtherSentence(defect: Defect): string {
  const about = defect.subject === '' ? '' : ` (${shown(defect.subject)})`
  return `${FURTHER[defect.code]}${about}`
}

/** What else is wrong, as a sentence without a full stop. */
const FURTHER: Readonly<Record<DefectCode, string>> = {
  'cert-expired': 'the leaf certificate has expired too',
  'cert-not-yet-valid': 'the leaf certificate is not valid yet either',
  'intermediate-expired': 'an intermediate certificate has expired too',
  'root-expired': 'the root certificate has expired too',
  'cert-name-mismatch': 'the certificate is not for this host name either',
  'cert-no-san': 'the certificate has no subjectAltName either',
  'cert-ip-no-san': 'the certificate has no IP address in its subjectAltName either',
  'cert-self-signed': 'the leaf certificate is self-signed too',
  'unknown-authority': 'the chain also ends at an authority that the pool lacks',
  'missing-intermediate': 'an intermediate certificate is missing too',
  'chain-order': 'another certificate also stands before the leaf',
  'chain-signature-invalid': 'a signature of the chain does not hold either',
  'sha1-signature': 'a certificate of the chain is also signed with SHA-1',
  'md5-signature': 'a certificate of the chain is also signed with MD5',
  'weak-rsa-key': 'an RSA key is also shorter than 1024 bits',
  'rsa-key-too-large': 'an RSA key is also longer than go takes',
  'unsupported-public-key': 'a public key is also of a kind that cannot be used',
  'name-constraints': 'an authority of the chain may also not sign for this name',
  'path-length-exceeded': "the chain is also longer than an authority's path length allows",
  'issuer-not-ca': 'a certificate was also issued by one that is no CA',
  'eku-mismatch': 'a certificate is also not for server authentication',
  'unhandled-critical-extension': 'a certificate also has a critical extension that go does not know',
  'cert-malformed': 'a certificate also cannot be parsed',
  'cert-negative-serial': 'a certificate also has a negative serial number',
  'empty-certificate': 'the server also sent no certificate',
  'client-roots-missing': "the client's root pool is empty too",
}
