/** What go refused of the server's first messages, by Go's own rules: the wire's where it is in clear, a probe's where TLS 1.3 encrypts it. */
import type { EvidenceLine } from '../contract/diagnosis.ts'
import type { Confidence, Stage } from '../contract/terms.ts'
import { judgeServer } from '../handshake/go-judge.ts'
import type { GoFault, GoRefusal } from '../handshake/go-refusal.ts'
import { listServerSteps } from '../handshake/go-steps.ts'
import { shown } from './captured.ts'
import type { Observation } from './observation.ts'

/** A refusal, and how far the wire bears it out. */
export interface NegotiationEvidence extends GoRefusal {
  /** What go's side shows: this alert in clear, an alert-sized record, or nothing. */
  readonly borneOut: 'alert' | 'hidden-alert' | 'silence'
  /** The refused message was read on go's own connection or on a probe's. */
  readonly met: 'wire' | 'probe'
  /** The go whose rules were used. */
  readonly goVersion: string
}

/** Go's refusal where it is of one of these kinds; undefined where go had no such reason, or where its alert speaks of another one. */
export function findRefusal(seen: Observation, faults: readonly GoFault[]): Negotiation | undefined {
  const found = remembered(seen)
  return found !== undefined && faults.includes(found.evidence.fault) ? found : undefined
}

/** Whether go refused the server's answer for something else than this, so that it never came to it. */
export function refusedEarlier(seen: Observation, fault: GoFault): boolean {
  const found = remembered(seen)
  return found !== undefined && found.evidence.fault !== fault
}

/** A refusal with its place and its weight. */
export interface Negotiation {
  readonly evidence: NegotiationEvidence
  readonly leg: 'upstream'
  readonly stage: Stage
  readonly confidence: Confidence
}

/** Six causes ask the same of one observation. */
const FOUND = new WeakMap<Observation, Negotiation | null>()

function remembered(seen: Observation): Negotiation | undefined {
  const known = FOUND.get(seen)
  if (known !== undefined) return known ?? undefined
  const found = examine(seen)
  FOUND.set(seen, found ?? null)
  return found
}

function examine(seen: Observation): Negotiation | undefined {
  if (seen.outcome !== 'failed' || seen.transcript.isComplete || seen.transcript.notTls !== null) return undefined
  for (const goVersion of versionsToTry(seen)) {
    const refusal = judge(seen, goVersion)
    const confidence = refusal === undefined ? undefined : weigh(refusal, seen)
    if (refusal === undefined || confidence === undefined) continue
    const met = refusal.isHidden && !hasOwnHidden(seen) ? 'probe' : 'wire'
    const evidence = { ...refusal, borneOut: bearsOut(refusal, seen) ?? 'silence', met, goVersion } as const
    return { evidence, leg: 'upstream', stage: stageOf(refusal), confidence }
  }
  return undefined
}

/** Where go's version is only assumed, its alert may tell which rules it has. */
function versionsToTry({ go }: Observation): readonly string[] {
  return go.isKnown ? [go.version] : [go.version, '1.26.8', '1.24.13', '1.21.13']
}

function judge(seen: Observation, goVersion: string): GoRefusal | undefined {
  const { transcript, probe } = seen
  const steps = listServerSteps(transcript, probe?.transcript ?? null)
  return judgeServer({ clientHellos: transcript.clientHellos, steps, goVersion })
}

/** The place where the refused message belongs: EncryptedExtensions counts to `server-hello`. */
function stageOf({ message, isBehindCertificate }: GoRefusal): Stage {
  if (message === 'Certificate' || message === 'CertificateStatus') return 'certificate'
  if (message === 'Finished') return 'finished'
  return isBehindCertificate ? 'key-exchange' : 'server-hello'
}

/** Undefined where what go did speaks against this refusal. */
function weigh(refusal: GoRefusal, seen: Observation): Confidence | undefined {
  // go judges the chain first: a chain that it refuses, or that nobody knows, may be its reason.
  if (refusal.isBehindCertificate && seen.judged?.verdict.ok !== true) return undefined
  const bearing = bearsOut(refusal, seen)
  if (bearing === undefined) return undefined
  if (refusal.isHidden && !hasOwnHidden(seen)) return bearing === 'hidden-alert' ? fitOfProbe(seen) : undefined
  if (bearing === 'alert') return 'certain'
  return bearing === 'hidden-alert' || refusal.alert === null ? 'high' : 'likely'
}

/** The probe met the same flight if go's own record lengths say so; a flight that is broken off has none to compare. */
function fitOfProbe({ probe, transcript }: Observation): Confidence {
  if (probe === null) return 'possible'
  if (probe.sameAsGoSaw) return 'high'
  const [go, other] = [transcript.encryptedLengths['server-to-client'], probe.transcript.encryptedLengths['server-to-client']]
  return go.length > 0 && go[0] === other[0] ? 'high' : 'likely'
}

/** What go's side shows of this refusal; undefined where it shows another one. */
function bearsOut(refusal: GoRefusal, { transcript, ending }: Observation): NegotiationEvidence['borneOut'] | undefined {
  const alert = transcript.alerts.find(({ sender, code }) => sender === 'client' && code !== CLOSE_NOTIFY)
  if (alert !== undefined && alert.how !== 'inferred') return alert.code === refusal.alert ? 'alert' : undefined
  if (alert !== undefined || transcript.clientAnswer === 'alert') return refusal.isAlertHidden ? 'hidden-alert' : undefined
  // A server that broke off itself says nothing of what go would have done.
  return ending?.by === 'client' && transcript.clientAnswer === 'none' ? 'silence' : undefined
}

function hasOwnHidden({ transcript }: Observation): boolean {
  return transcript.messages.some(({ dir, source }) => dir === 'server-to-client' && source === 'decrypted')
}

const CLOSE_NOTIFY = 0

/** What stood there and what belongs there, then go's answer. */
export function refusalLines(evidence: NegotiationEvidence): readonly EvidenceLine[] {
  const { message, field, seen, wanted, met, isHidden } = evidence
  const place = field === message ? message : `${message}, ${field}`
  const source = met === 'probe' ? 'probe' : isHidden ? 'decrypted' : 'wire'
  return [
    { text: `${place}: ${shown(seen)}; expected: ${shown(wanted)}`, source, ref: null },
    ...(evidence.borneOut === 'alert' ? [{ text: `go answered with alert ${evidence.alert}`, source: 'wire' as const, ref: null }] : []),
    ...(evidence.borneOut === 'hidden-alert'
      ? [{ text: 'go answered with an alert-sized encrypted record', source: 'inferred' as const, ref: null }]
      : []),
  ]
}

/** What could not be looked at. */
export function refusalGaps({ met, borneOut }: NegotiationEvidence): readonly string[] {
  if (met === 'probe') return ['whether go met the same message: it is encrypted, only a second connection showed it']
  return borneOut === 'silence' ? ["go's alert: it sent none"] : []
}
