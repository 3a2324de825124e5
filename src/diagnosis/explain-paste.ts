/** Ranked causes for pasted errors, and the one command that decides; offline and pure. */
import { alertMeaning, alertNumberOfText, alertOfText } from './alerts.ts'
import { CAUSES } from './causes/index.ts'
import { type Decider, TEXT_RULES, type TextRule } from './explain-table.ts'
import { type PastedSentence, type PasteTool, readPaste } from './paste.ts'
import { commandLine, isHost, targetWord } from './remedy.ts'

export interface PasteExplanation {
  /** The sentence as it was understood: hostile text. */
  readonly text: string
  readonly line: string
  readonly tool: PasteTool
  readonly host: string | null
  readonly port: number | null
  readonly module: string | null
  /** How often it stood there, other modules included. */
  readonly count: number
  /** Most frequent first. */
  readonly candidates: readonly PasteCandidate[]
  readonly decide: { readonly command: string; readonly because: string }
  readonly notes: readonly string[]
}

export interface PasteCandidate {
  /** A code of the taxonomy. */
  readonly cause: string
  /** What the code means. */
  readonly meaning: string
  readonly why: string
}

/** All sentences that are known, in order of appearance; one for each reading. [] when nothing is known. */
export function explainPaste(text: string): readonly PasteExplanation[] {
  const known = new Map<string, PasteExplanation>()
  let skipped = ''
  for (const pasted of readPaste(text)) {
    const isRest = pasted.line === skipped
    skipped = ''
    if (isRest) continue
    const [sentence, rule] = readSentence(pasted)
    if (rule === undefined) continue
    if (sentence !== pasted) skipped = pasted.next
    const key = `${sentence.host ?? ''} ${rule.causes.map(([cause]) => cause).join()}`
    const before = known.get(key)
    if (before !== undefined) known.set(key, { ...before, count: before.count + 1 })
    else if (known.size < MOST_SENTENCES) known.set(key, explain(sentence, rule))
  }
  return [...known.values()]
}

const MOST_SENTENCES = 20

/** Nothing behind the URL is a sentence of its own (a proxy without words), unless the next line is the rest. */
function readSentence(pasted: PastedSentence): readonly [PastedSentence, ReturnType<typeof findRule>] {
  const found = pasted.text === '' ? undefined : findRule(pasted)
  if (found !== undefined) return [pasted, found]
  const wrapped = findWrapped(pasted)
  return wrapped[1] === undefined ? [pasted, findRule(pasted)] : wrapped
}

/** A terminal, or an issue, broke the sentence: with the next line, joined at once or by a blank, it may be known. */
function findWrapped(sentence: PastedSentence): readonly [PastedSentence, ReturnType<typeof findRule>] {
  if (sentence.next === '') return [sentence, undefined]
  for (const sign of ['', ' ']) {
    const whole = { ...sentence, text: `${sentence.text}${sign}${sentence.next}` }
    const rule = findRule(whole)
    if (rule !== undefined) return [whole, rule]
  }
  return [sentence, undefined]
}

/** Every known sentence has one of these; most lines of a log have none. */
const MAY_BE_KNOWN =
  /[tsx](?:ls|sl|509)|cert|issuer|revocation|proxy|host|connec|EOF|alert|record|read|tim|resolv|dial|refus|reach|secure|handshake|hello|http|zip|sum|module|toolchain|url|errno|SEC_E|pipe|transfer|lookup|checksum|invalid|package|stream error|credential|username|revision|versions for query|roots/i

function findRule(sentence: PastedSentence): Pick<TextRule, 'causes' | 'decide'> | undefined {
  if (sentence.kind === 'other' && !MAY_BE_KNOWN.test(sentence.text)) return undefined
  const rule = TEXT_RULES.find(
    ({ text, kind, proxyLeg }) =>
      (kind === undefined || kind === sentence.kind) &&
      (proxyLeg === undefined || proxyLeg === sentence.isProxyLeg) &&
      text.test(sentence.text),
  )
  const alert = /remote error: tls: (.{1,60})$/.exec(sentence.text)?.[1]
  const code = alert === undefined ? undefined : alertOfText(alert)
  const isRead = rule?.causes.some(([cause]) => !cause.startsWith('proxy-')) === true
  if (code === undefined || alert === undefined || isRead) return rule
  const why = alertMeaning(alertNumberOfText(alert)) ?? 'The server says no more than that.'
  return { causes: [[code, why.replace(/\.$/, '')]], decide: 'bisect' }
}

function explain(sentence: PastedSentence, rule: Pick<TextRule, 'causes' | 'decide'>): PasteExplanation {
  const { text, line, tool, host, port, module } = sentence
  return {
    text,
    line,
    tool,
    host,
    port,
    module,
    count: 1,
    candidates: rule.causes.map(([cause, why]) => ({ cause, meaning: meaningOf(cause), why })),
    decide: decide(sentence, rule.decide),
    notes: notesOn(sentence, rule),
  }
}

function meaningOf(cause: string): string {
  const id = cause.startsWith('alert-') ? 'alert-*' : cause
  return CAUSES.find((one) => one.id === id)?.meaning ?? ''
}

/** The command that tells the candidates apart; where the text names no host, a whole run does. */
function decide({ host, port, module }: PastedSentence, decider: Decider): PasteExplanation['decide'] {
  if (decider === 'settings') return { command: 'whytls doctor --offline', because: 'it reads the settings that this comes from' }
  const target = host !== null && isHost(host) ? targetWord(host, port ?? 443) : null
  if (decider === 'run' || target === null) {
    const words = module !== null && MODULE.test(module) ? [module] : []
    return {
      command: commandLine(['whytls', 'run', '--', 'go', 'mod', 'download', ...words]),
      because: 'it sees the same failure happen, and says which',
    }
  }
  const flags = decider === 'probe' ? [] : [`--${decider}`]
  return { command: commandLine(['whytls', 'probe', target, ...flags]), because: BECAUSE[decider] }
}

const BECAUSE: Readonly<Record<Exclude<Decider, 'run' | 'settings'>, string>> = {
  probe: 'it shows the certificates as they come here, and judges them as go does',
  bisect: 'it changes one thing of the ClientHello at a time: what passes names the cause',
  aia: 'it fetches the missing issuer, if the certificate names one',
}
const MODULE = /^[A-Za-z0-9][\w.~/-]*@[\w.+-]+$/

function notesOn({ isChecksum, isProxyLeg, tool }: PastedSentence, { causes }: Pick<TextRule, 'causes'>): readonly string[] {
  const aboutCertificates = causes.some(([cause]) => cause === 'unknown-authority')
  return [
    ...(isProxyLeg ? ['"proxyconnect" means the way to the proxy itself, not to the host'] : []),
    ...(isChecksum ? ['the request was for the checksum database, not for the module'] : []),
    ...(tool === 'git' ? ['git has roots and proxy settings of its own: SSL_CERT_FILE does not reach it'] : []),
    ...(aboutCertificates ? ['GOINSECURE, GOSUMDB=off and GONOSUMDB do not repair this'] : []),
  ]
}
