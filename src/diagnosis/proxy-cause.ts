/** Builds the causes of a parent proxy that did not answer CONNECT with 200. */
import type { AlsoPossible, EvidenceLine, Fix } from '../contract/diagnosis.ts'
import type { Confidence, Fault } from '../contract/terms.ts'
import { shown, shownHost } from './captured.ts'
import { type Cause, defineCause } from './cause.ts'
import { NO_HELP_FOR_PROXIES } from './fixes.ts'
import type { ConnectOutcome, Observation, ParentTls } from './observation.ts'
import { inTime } from './units.ts'
import { proxySettingLines } from './where-set.ts'

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
      const outcome = seen.connect ?? deathInTls(seen.parentTls)
      const confidence = outcome === null ? undefined : parts.recognise(outcome)
      if (outcome === null || confidence === undefined) return undefined
      const stage = seen.connect === null ? (seen.parentTls?.transcript.pending ?? 'client-hello') : 'proxy-connect'
      return { evidence: { proxy: proxyName(seen), outcome }, leg: 'parent', stage, confidence }
    },
    goText: ({ outcome }) => ('goText' in outcome && outcome.goText !== undefined ? outcome.goText : parts.goText(outcome)),
    explain: (evidence, seen) => ({
      ...parts.words(evidence, seen),
      evidence: [...connectEvidence(evidence.outcome, seen.route[0]?.kind === 'socks5-proxy'), ...proxySettingLines(seen)],
      willNotHelp: NO_HELP_FOR_PROXIES,
    }),
  })
}

/** How an https proxy ended its TLS handshake without a word, told as if CONNECT had met it; null for all other ends. */
function deathInTls(tls: ParentTls | undefined): ConnectOutcome | null {
  if (tls?.ending == null || tls.judged !== null || tls.answersPlainHttp === true) return null
  const { transcript, ending, goText } = tls
  if (transcript.notTls !== null || transcript.stoppedAt['server-to-client'] !== null) return null
  if (transcript.alerts.some(({ sender }) => sender === 'server')) return null
  const kind = ending.how === 'timeout' ? 'silent' : ending.by !== 'server' ? null : ending.how === 'rst' ? 'reset' : 'closed'
  if (kind === null) return null
  const words = goText === null || kind === 'reset' ? {} : { goText: `proxyconnect tcp: ${goText}` }
  return { kind, afterMs: ending.afterHelloMs ?? 0, receivedBytes: transcript.bytes['server-to-client'], ...words }
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
  if (outcome.kind === 'socks') return outcome.goText
  return outcome.kind === 'answered' && outcome.reply.reason !== '' ? outcome.reply.reason : undefined
}

/** "407 Proxy Authentication Required" for a sentence. */
export function statusWords(outcome: ConnectOutcome): string {
  if (outcome.kind === 'socks') return shown(outcome.goText.replace(/^socks connect tcp \S+: (?:unknown error )?/, ''))
  return outcome.kind === 'answered' ? `${outcome.reply.status} ${shown(outcome.reply.reason)}`.trimEnd() : outcome.kind
}

/** The values of a header in the proxy's answer. */
export function replyHeader(outcome: ConnectOutcome, name: string): readonly string[] {
  if (outcome.kind !== 'answered') return []
  return outcome.reply.headers.filter(([key]) => key.toLowerCase() === name.toLowerCase()).map(([, value]) => value)
}

function connectEvidence(outcome: ConnectOutcome, isSocks: boolean): readonly EvidenceLine[] {
  const after = inTime(outcome.afterMs)
  if (outcome.kind === 'answered') return answeredEvidence(outcome)
  if (outcome.kind === 'not-http') {
    const expected = outcome.goText === undefined ? 'HTTP' : 'SOCKS 5'
    return [
      { text: `the proxy's answer began with "${shown(outcome.head)}", which is not ${expected} (${after})`, source: 'wire', ref: null },
    ]
  }
  if (outcome.kind === 'socks') return [{ text: `${SOCKS_WORDS[outcome.step]} ${outcome.code} (${after})`, source: 'wire', ref: null }]
  const bytes = outcome.receivedBytes === 0 ? 'no byte of an answer' : `${outcome.receivedBytes} bytes of an unfinished answer`
  const asked = isSocks ? 'the SOCKS greeting' : whatWasAsked(outcome.goText)
  return [{ text: `${asked} was sent, ${bytes} came; ${END_WORDS[outcome.kind]} after ${after}`, source: 'wire', ref: null }]
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

function whatWasAsked(goText: string | undefined): string {
  return goText?.startsWith('proxyconnect') === true ? 'a ClientHello' : 'CONNECT'
}

const SOCKS_WORDS = {
  method: 'the SOCKS proxy chose the login method',
  login: 'the SOCKS proxy answered the login with status',
  request: 'the SOCKS proxy answered the request with reply',
} as const

const END_WORDS = {
  closed: 'the proxy closed the connection',
  reset: 'the proxy reset the connection',
  silent: 'whytls stopped waiting',
} as const
