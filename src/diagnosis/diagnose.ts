/** From an observation to the diagnosis that is stored and shown. Pure. */
import type { AlsoPossible, EvidenceLine } from '../contract/diagnosis.ts'
import type { Confidence } from '../contract/terms.ts'
import { shown } from './captured.ts'
import type { Finding } from './cause.ts'
import { CAUSES } from './causes/index.ts'
import type { DiagnosisDraft } from './draft.ts'
import { gitSettingLines } from './git-settings.ts'
import { normaliseAddresses, normaliseTimes } from './normaliser.ts'
import type { Observation } from './observation.ts'
import { examineParentTls } from './parent-tls.ts'
import { atMost } from './refusal.ts'
import { probeCommand } from './remedy.ts'
import { isGitLine } from './witness.ts'

/** All causes that find themselves in an observation, the deepest first; none when the client left early, or when all went well. */
export function diagnose(seen: Observation): readonly Finding[] {
  if (seen.outcome === 'aborted' || seen.outcome === 'open') return []
  const own = CAUSES.flatMap((cause): Finding[] => {
    const finding: Finding | undefined = cause.examine(seen)
    return finding === undefined ? [] : [weighWords(finding, seen)]
  })
  const ofProxy = examineParentTls(seen)
  // Of the causes of its own a TLS session with a proxy has only shallow ones besides those two.
  const isDeeper = own.some(({ cause }) => cause === 'proxy-cert-invalid' || cause === 'proxy-scheme-wrong')
  return isDeeper ? [...own, ...ofProxy] : [...ofProxy, ...own]
}

/** The diagnosis of one handshake: the first finding, with the others as what is also possible. */
export function toDraft(findings: readonly Finding[], seen: Observation): DiagnosisDraft | undefined {
  const [first, ...others] = findings
  if (first === undefined) return undefined
  const { explanation } = first
  return {
    cause: first.cause,
    leg: first.leg,
    stage: first.stage,
    fault: first.fault,
    confidence: first.confidence,
    host: seen.target.host,
    port: seen.target.port,
    title: explanation.title,
    why: explanation.why,
    goText: goText(first, seen),
    evidence: [...explanation.evidence, ...ofGit(first, seen), ...otherWords(first, seen)].map((line) => ({
      ...line,
      ref: line.ref ?? placeOf(line, first),
    })),
    fixes: explanation.fixes,
    willNotHelp: explanation.willNotHelp ?? [],
    alsoPossible: alsoPossible(first, others, seen),
    alsoTrue: explanation.alsoTrue ?? [],
    notChecked: explanation.notChecked ?? [],
    facts: first.facts,
  }
}

/** What git is told about TLS bears on its handshakes, and on nothing behind them. */
function ofGit({ stage }: Finding, seen: Observation): readonly EvidenceLine[] {
  return stage === 'application-data' || stage === 'dns' ? [] : gitSettingLines(seen)
}

/** Where a line of evidence can be looked at, relative to its handshake; the store puts the id before it. */
function placeOf({ source }: EvidenceLine, { stage }: Finding): string | null {
  if (stage === 'dns' || stage === 'tcp' || stage === 'proxy-connect') return null
  if (source === 'bisect') return 'trials'
  if (source === 'inferred') return 'records'
  if (source === 'wire') return 'clientHello'
  const isOfChain = source === 'verifier' || source === 'probe' || source === 'decrypted'
  return isOfChain && stage === 'certificate' ? 'certificates' : null
}

/** go printed another sentence than this cause predicts, where its sentence does not vary from run to run: that is worth a report. */
function otherWords({ cause, stage, goText: expected }: Finding, { witness }: Observation): readonly EvidenceLine[] {
  if (witness === null || expected === undefined || !/\bGet "/.test(witness.line)) return []
  const isRace = stage === 'finished' || stage === 'application-data' || saysLess(cause)
  if (isRace || settled(witness.text) === settled(expected)) return []
  const text = `go printed "${shown(witness.text)}"; whytls expected "${shown(expected)}": please report this (whytls show --markdown makes a masked text)`
  return [{ text, source: 'stderr', ref: null }]
}

/** What the published normaliser leaves of a sentence. */
function settled(text: string): string {
  return normaliseAddresses(normaliseTimes(text))
}

/** go's own words win over what was predicted; git has words of its own, which are not. */
function goText(finding: Finding, { witness, roots }: Observation): DiagnosisDraft['goText'] {
  if (witness !== null) return { text: witness.text, source: 'stderr' }
  if (roots?.reader === 'git') return null
  return finding.goText === undefined ? null : { text: finding.goText, source: 'predicted' }
}

/** Another finding counts as an alternative only while the first is not sure; what merely says less about the same never does. */
function alsoPossible(first: Finding, others: readonly Finding[], seen: Observation): readonly AlsoPossible[] {
  const own = first.explanation.alsoPossible ?? []
  if (first.confidence === 'certain' || first.confidence === 'high') return own
  const known = new Set([first.cause, ...own.map(({ cause }) => cause)])
  const test = probeCommand(seen.target.host, seen.target.port)
  const more = others.filter(({ cause }) => !known.has(cause) && !saysLess(cause))
  return [...own, ...more.map(({ cause, confidence }) => ({ cause, confidence, test }))]
}

/** A code that only repeats what was met: nothing deeper was found. */
export function saysLess(cause: string): boolean {
  return cause.startsWith('peer-') || cause.startsWith('alert-')
}

/**
 * Weigh a verdict on a chain against go's own sentence, which is never what finds the cause: equal words show that go met such a chain, other words that it
 * met another one.
 */
function weighWords(finding: Finding, seen: Observation): Finding {
  if (finding.stage !== 'certificate' && finding.stage !== 'key-exchange') return finding
  const said = seen.witness?.text
  // git leaves without a readable word: its own sentence says at least that it was the certificate.
  if (finding.confidence === 'possible' && isGitLine(seen.witness?.line ?? '') && GIT_REFUSES.test(said ?? '')) {
    return { ...finding, confidence: 'likely' }
  }
  if (said === undefined || finding.goText === undefined || !/^(?:proxyconnect tcp: )?(?:tls|x509): /.test(said)) return finding
  if (normaliseTimes(said) === normaliseTimes(finding.goText)) return { ...finding, confidence: raised(finding) }
  return disagreeing(finding, seen.judged?.source === 'probe' ? 'possible' : 'likely')
}

/** libcurl, with GnuTLS and with OpenSSL. */
const GIT_REFUSES = /^(?:server certificate verification failed|SSL certificate problem: )/

function raised(finding: Finding): Confidence {
  if (isUndecidedByText(finding)) return finding.confidence
  return atMost(moreThan(finding.confidence), finding.explanation.limit ?? 'certain')
}

function moreThan(confidence: Confidence): Confidence {
  if (confidence === 'high') return 'certain'
  return confidence === 'likely' ? 'high' : confidence
}

/** One sentence of go stands for an unknown CA and for a missing intermediate: it cannot decide between the two. */
function isUndecidedByText({ explanation }: Finding): boolean {
  return (
    explanation.alsoPossible?.some(
      ({ cause }) => cause === 'missing-intermediate' || cause === 'unknown-authority' || cause === 'cert-name-mismatch',
    ) ?? false
  )
}

function disagreeing(finding: Finding, limit: Confidence): Finding {
  const { explanation } = finding
  return {
    ...finding,
    confidence: atMost(finding.confidence, limit),
    explanation: {
      ...explanation,
      notChecked: [...(explanation.notChecked ?? []), 'why go printed another sentence than this chain predicts'],
    },
  }
}
