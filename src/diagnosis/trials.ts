/** What the tries with changed copies of go's own ClientHello show. Pure. */
import type { EvidenceLine } from '../contract/diagnosis.ts'
import type { Confidence } from '../contract/terms.ts'
import type { HelloChange } from '../handshake/hello-change.ts'
import { remoteErrorText } from './alerts.ts'
import type { HelloTry, Observation } from './observation.ts'
import type { TriedCause } from './trial.ts'
import { counted, inBytes, inTime } from './units.ts'

/** How the tries with one change fared; those that did not reach the host are left out. */
export interface Tally {
  readonly change: HelloChange
  readonly wireBytes: number
  readonly passed: number
  readonly failed: number
  /** Of the failed ones, those that an alert ended. */
  readonly alerted: number
  /** Of the fastest answer, ms; null where none came. */
  readonly answeredMs: number | null
  /** How the failed ones ended, in words. */
  readonly failedBy: string
}

/** A change that passes where the unchanged hello fails. */
export interface Proof {
  readonly changed: Tally
  readonly unchanged: Tally
  /** `high`: at least 3 of 3 against 3 of 3; `likely`: fewer tries, or one of five that failed. */
  readonly confidence: Extract<Confidence, 'high' | 'likely'>
}

/** Where nothing but the ClientHello was answered, or refused: only then do trials tell why. */
export function hasDiedAtHello({ outcome, transcript, dialFailure, trials }: Observation): boolean {
  return outcome === 'failed' && dialFailure === null && transcript.serverHellos.length === 0 && trials !== undefined && trials.length > 0
}

/** How the tries with this change fared; all zero where it was not tried. */
export function tallyOf(seen: Observation, change: HelloChange): Tally {
  const trial = seen.trials?.find((one) => one.change === change)
  const tries = trial?.tries.filter(({ met }) => met !== 'dial-failure') ?? []
  const passed = tries.filter(hasPassed)
  const failed = tries.filter((one) => !hasPassed(one))
  return {
    change,
    wireBytes: trial?.wireBytes ?? 0,
    passed: passed.length,
    failed: failed.length,
    alerted: failed.filter(({ met }) => met === 'alert').length,
    answeredMs: passed.length === 0 ? null : Math.min(...passed.map(({ afterMs }) => afterMs)),
    failedBy: nameFailures(failed),
  }
}

/**
 * Whether this change makes it pass; undefined where it does not, was not tried twice, or where the unchanged hello passes too. A change that fails
 * once speaks of a path that flaps: by chance two of three pass too often.
 */
export function proveChange(seen: Observation, change: HelloChange): Proof | undefined {
  if (!hasDiedAtHello(seen)) return undefined
  const [changed, unchanged] = [tallyOf(seen, change), tallyOf(seen, 'unchanged')]
  if (unchanged.passed > 0 || unchanged.failed < 2 || changed.passed < 2) return undefined
  if (changed.failed > 0) {
    const isMostly = changed.failed === 1 && changed.passed >= 4 && unchanged.failed >= 5
    return isMostly ? { changed, unchanged, confidence: 'likely' } : undefined
  }
  return { changed, unchanged, confidence: unchanged.failed >= 3 && changed.passed >= 3 ? 'high' : 'likely' }
}

/**
 * Whether another server name is answered by an alert each time, where its own dies without a word: then the host was reached, and the name decides whether it is.
 * Less than a ServerHello shows.
 */
export function proveOtherAnswer(seen: Observation): Proof | undefined {
  if (!hasDiedAtHello(seen) || refusingAlert(seen) !== null) return undefined
  const [changed, unchanged] = [tallyOf(seen, 'another server name'), tallyOf(seen, 'unchanged')]
  const isSteady = changed.alerted >= 3 && changed.alerted === changed.failed && changed.passed === 0
  const isOther = unchanged.failed >= 3 && unchanged.passed === 0 && unchanged.alerted === 0 && tallyOf(seen, 'no ML-KEM').alerted === 0
  return isSteady && isOther ? { changed, unchanged, confidence: 'likely' } : undefined
}

/** What was chosen each time that a hello with this change passed; undefined where that differs, or is not known. */
export function chosenBy(seen: Observation, change: HelloChange): NonNullable<HelloTry['chose']> | undefined {
  const passed = seen.trials?.find((one) => one.change === change)?.tries.filter(hasPassed) ?? []
  const [first] = passed
  const isSame = passed.every(
    ({ chose }) => chose?.cipherSuite.id === first?.chose?.cipherSuite.id && chose?.group?.id === first?.chose?.group?.id,
  )
  return isSame ? first?.chose : undefined
}

/** "passes 3 of 3 without ML-KEM (300 bytes, 41 ms), fails 3 of 3 as go sends it (1,526 bytes, silence)" */
export function proofLine({ changed, unchanged }: Proof): EvidenceLine {
  const how = `${WORDS[changed.change]} (${inBytes(changed.wireBytes)}${changed.answeredMs === null ? '' : `, ${inTime(changed.answeredMs)}`})`
  const asGo = `as go sends it (${inBytes(unchanged.wireBytes)}, ${unchanged.failedBy})`
  if (changed.passed === 0)
    return line(`reaches the host ${outOf(changed, 'failed')} ${how} (${changed.failedBy}), fails ${outOf(unchanged, 'failed')} ${asGo}`)
  return line(`passes ${outOf(changed, 'passed')} ${how}, fails ${outOf(unchanged, 'failed')} ${asGo}`)
}

/** "fails 3 of 3 without ML-KEM, filled up to 1,526 bytes (silence)"; nothing where it was not tried. */
export function tallyLine(tally: Tally): readonly EvidenceLine[] {
  const { passed, failed, change, wireBytes, answeredMs } = tally
  if (passed + failed === 0) return []
  const words = change.endsWith('padded') || change.endsWith('bytes') ? `${WORDS[change]} ${inBytes(wireBytes)}` : WORDS[change]
  if (passed === 0) return [line(`fails ${outOf(tally, 'failed')} ${words} (${tally.failedBy})`)]
  return [line(`passes ${outOf(tally, 'passed')} ${words}${answeredMs === null ? '' : ` (${inTime(answeredMs)})`}`)]
}

/** Tries with one and the same hello that fared differently. */
export function isMixed({ passed, failed }: Tally): boolean {
  return passed > 0 && failed > 0
}

/** What trials say that found no cause: the same hello passed after all, or no change helped. */
export function fruitlessLines(seen: Observation): readonly EvidenceLine[] {
  if (!hasDiedAtHello(seen)) return []
  const unchanged = tallyOf(seen, 'unchanged')
  if (unchanged.passed > 0) {
    return [line(`the same ClientHello got an answer ${outOf(unchanged, 'passed')}: it does not fail every time`)]
  }
  const tallies = (seen.trials ?? [])
    .filter(({ change }) => change !== 'unchanged')
    .map(({ change }) => tallyOf(seen, change as HelloChange))
  const mixed = tallies.find(isMixed)
  if (mixed !== undefined)
    return [line(`the same ClientHello fared differently (${mixed.change}: ${outOf(mixed, 'passed')} answered): the path flaps`)]
  const failing = tallies.filter(({ passed, failed }) => passed === 0 && failed > 0)
  if (failing.length === 0 || tallies.some(({ passed }) => passed > 0)) return []
  return [line(`${counted(failing.length, 'changed ClientHello')} got no better answer: ${failing.map(({ change }) => change).join('; ')}`)]
}

/** The trials speak against this cause. */
export function isRefuted(cause: TriedCause, seen: Observation): boolean {
  const changes = DECIDED_BY[cause]
  if (changes === undefined || !hasDiedAtHello(seen)) return false
  if (tallyOf(seen, 'unchanged').passed > 0) return true
  const tallies = changes.map((change) => tallyOf(seen, change)).filter(({ passed, failed }) => passed + failed > 0)
  return (
    tallies.length > 0 &&
    tallies.every(({ passed, alerted }) => passed === 0 && (cause !== 'sni-filtered' || alerted === 0 || refusingAlert(seen) !== null))
  )
}

/** What go prints where its ClientHello was not answered; undefined where that varies. */
export function goTextOfDeath(seen: Observation): string | undefined {
  const { transcript, ending } = seen
  const alert = transcript.alerts.find(({ sender, level }) => sender === 'server' && level !== 'warning')
  if (alert !== undefined) return remoteErrorText(alert.code)
  if (transcript.notTls !== null) return transcript.notTls.kind === 'http' ? HTTP_ANSWER : NO_TLS_ANSWER
  if (ending?.by === 'server') return ending.how === 'fin' ? 'EOF' : undefined
  return 'net/http: TLS handshake timeout'
}

/** The number of the alert that refused the hello, null where none did. */
export function refusingAlert({ transcript }: Observation): number | null {
  return transcript.alerts.find(({ sender, level }) => sender === 'server' && level !== 'warning')?.code ?? null
}

const HTTP_ANSWER = 'http: server gave HTTP response to HTTPS client'
const NO_TLS_ANSWER = 'tls: first record does not look like a TLS handshake'

const DECIDED_BY: Readonly<Partial<Record<TriedCause, readonly HelloChange[]>>> = {
  'client-hello-too-large': ['no ML-KEM'],
  'sni-filtered': ['another server name', 'no server name'],
  'tls13-intolerant': ['TLS 1.2 only'],
  'alpn-mismatch': ['no ALPN', 'ALPN http/1.1 only'],
  'no-common-cipher': ['every cipher suite'],
}

const WORDS: Readonly<Record<HelloChange, string>> = {
  unchanged: 'as go sends it',
  'no ML-KEM': 'without ML-KEM',
  'no ML-KEM, padded': 'without ML-KEM, filled up to',
  'no ML-KEM, 1,024 bytes': 'without ML-KEM, filled up to',
  'no ML-KEM, 1,448 bytes': 'without ML-KEM, filled up to',
  'another server name': 'with another server name as long',
  'no server name': 'without a server name',
  'TLS 1.2 only': 'with an offer of TLS 1.2 only',
  'TLS 1.2 only, padded': 'with an offer of TLS 1.2 only, filled up to',
  'no ALPN': 'without ALPN',
  'ALPN http/1.1 only': 'with ALPN http/1.1 only',
  'split over two records': 'split over two records',
  'every cipher suite': 'with every cipher suite that has a number',
  'every group': 'with every key exchange group that has a number',
}

function outOf({ passed, failed }: Tally, which: 'passed' | 'failed'): string {
  return `${which === 'passed' ? passed : failed} of ${passed + failed}`
}

function line(text: string): EvidenceLine {
  return { text, source: 'bisect', ref: null }
}

function hasPassed({ met }: HelloTry): boolean {
  return met === 'server-hello'
}

function nameFailures(failed: readonly HelloTry[]): string {
  const names = failed.map(({ met, alert }) => (met === 'alert' && alert !== null ? `alert ${alert}` : ENDS[met]))
  return [...new Set(names)].join(', ')
}

const ENDS: Readonly<Record<HelloTry['met'], string>> = {
  'server-hello': 'answered',
  alert: 'alert',
  fin: 'closed',
  rst: 'reset',
  silence: 'silence',
  'not-tls': 'an answer that is not TLS',
  'dial-failure': 'not reached',
}
