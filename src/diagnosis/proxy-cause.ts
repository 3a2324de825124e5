/** Builds the causes of a parent proxy that did not answer CONNECT with 200. */
import type { AlsoPossible, EvidenceLine, Fix } from '../contract/diagnosis.ts'
import type { Confidence, Fault } from '../contract/terms.ts'
import { shown, shownHost } from './captured.ts'
import { type Cause, defineCause } from './cause.ts'
import { NO_HELP_FOR_PROXIES } from './fixes.ts'
import type { ConnectOutcome, Observation } from './observation.ts'
import { inTime } from './units.ts'

export interface ConnectEvidence {
  /** host:port of the parent proxy, "the proxy" when unknown. */
  readonly proxy: string
  readonly outcome: ConnectOutcome
}

export interface ProxyWords {
  readonly title: string
  readonly why: string
  readonly fixes: readonly Fix[]
  readonly alsoPossible?: readonly AlsoPossible[]
}

export interface ProxyCauseParts<Id extends string> {
  readonly id: Id
  readonly meaning: string
  readonly fault: Fault
  /** How sure this outcome makes it, undefined when it is another cause. */
  readonly recognise: (outcome: ConnectOutcome) => Confidence | undefined
  readonly goText: (outcome: ConnectOutcome) => string | undefined
  readonly words: (evidence: ConnectEvidence, seen: Observation) => ProxyWords
}

/** A cause that is one way in which the parent proxy may answer CONNECT, or fail to. */
export function proxyCause<const Id extends string>(parts: ProxyCauseParts<Id>): Cause<Id> {
  return defineCause({
    id: parts.id,
    meaning: parts.meaning,
    fault: parts.fault,
    detect(seen) {
      const confidence = seen.connect === null ? undefined : parts.recognise(seen.connect)
      if (seen.connect === null || confidence === undefined) return undefined
      return { evidence: { proxy: proxyName(seen), outcome: seen.connect }, leg: 'parent', stage: 'proxy-connect', confidence }
    },
    goText: (evidence) => parts.goText(evidence.outcome),
    explain: (evidence, seen) => ({
      ...parts.words(evidence, seen),
      evidence: connectEvidence(evidence.outcome),
      willNotHelp: NO_HELP_FOR_PROXIES,
    }),
  })
}

/** The parent proxy for a sentence: `gw.acme.example:3128`. */
export function proxyName(seen: Observation): string {
  const hop = seen.route[0]
  return hop === undefined ? 'the proxy' : shown(hop.address)
}

/** The host that was asked for, for a sentence. */
export function targetName(seen: Observation): string {
  return shownHost(seen.target.host, seen.target.port)
}

/** The reason phrase is all that go prints of a refused CONNECT; with an empty one it depends on a blank that the parser drops. */
export function reasonText(outcome: ConnectOutcome): string | undefined {
  return outcome.kind === 'answered' && outcome.reply.reason !== '' ? outcome.reply.reason : undefined
}

/** "407 Proxy Authentication Required" for a sentence. */
export function statusWords(outcome: ConnectOutcome): string {
  return outcome.kind === 'answered' ? `${outcome.reply.status} ${shown(outcome.reply.reason)}`.trimEnd() : outcome.kind
}

/** The values of a header in the proxy's answer. */
export function replyHeader(outcome: ConnectOutcome, name: string): readonly string[] {
  if (outcome.kind !== 'answered') return []
  return outcome.reply.headers.filter(([key]) => key.toLowerCase() === name.toLowerCase()).map(([, value]) => value)
}

function connectEvidence(outcome: ConnectOutcome): readonly EvidenceLine[] {
  const after = inTime(outcome.afterMs)
  if (outcome.kind === 'answered') return answeredEvidence(outcome)
  if (outcome.kind === 'not-http') {
    return [{ text: `the proxy's answer began with "${shown(outcome.head)}", which is not HTTP (${after})`, source: 'wire', ref: null }]
  }
  const bytes = outcome.receivedBytes === 0 ? 'no byte of an answer' : `${outcome.receivedBytes} bytes of an unfinished answer`
  return [{ text: `CONNECT was sent, ${bytes} came; ${END_WORDS[outcome.kind]} after ${after}`, source: 'wire', ref: null }]
}

function answeredEvidence(outcome: Extract<ConnectOutcome, { kind: 'answered' }>): readonly EvidenceLine[] {
  const lines: EvidenceLine[] = [
    { text: `the proxy answered CONNECT with ${statusWords(outcome)} after ${inTime(outcome.afterMs)}`, source: 'wire', ref: null },
  ]
  for (const name of ['Proxy-Authenticate', 'Via', 'Server']) {
    const values = replyHeader(outcome, name)
    if (values.length > 0) lines.push({ text: `${name}: ${values.map(shown).join(' / ')}`, source: 'wire', ref: null })
  }
  const said = outcome.reply.body
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
  if (said !== '') lines.push({ text: `its page says: "${shown(said)}"`, source: 'wire', ref: null })
  return lines
}

const END_WORDS = {
  closed: 'the proxy closed the connection',
  reset: 'the proxy reset the connection',
  silent: 'whytls stopped waiting',
} as const
