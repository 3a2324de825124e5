/** The little ruler of validity: where the true time and this machine's clock lie beside a certificate. */
import type { Diagnosis } from '../contract/diagnosis.ts'
import type { CertificateSummary, Handshake } from '../contract/handshake.ts'
import type { Style } from './style.ts'

/** Two lines for a terminal of 80 columns; none where no evidence tells a true time, or no certificate is outside its validity by the clock. */
export function drawRuler(diagnosis: Diagnosis, handshake: Handshake | undefined, style: Style): readonly string[] {
  const moment = diagnosis.evidence.find((line) => line.moment !== undefined)?.moment
  if (moment === undefined || handshake === undefined) return []
  const clock = Date.parse(handshake.startedAt)
  const span = (handshake.certificates?.chain ?? []).map(validityOf).find((one) => one !== null && (clock < one.from || clock > one.to))
  if (span === undefined || span === null) return []
  return clock > span.to ? drawAhead(span, Date.parse(moment), signsOf(style)) : drawBehind(span, Date.parse(moment), signsOf(style))
}

interface Span {
  readonly from: number
  readonly to: number
}

function validityOf({ notBefore, notAfter }: CertificateSummary): Span | null {
  return notBefore === null || notAfter === null ? null : { from: Date.parse(notBefore), to: Date.parse(notAfter) }
}

const HALF = 7
/** Cells of the bar with both its ends. */
const BAR = 2 * HALF + ' valid '.length + 2
const GAP = 8

function drawAhead(span: Span, trueTime: number, signs: Signs): readonly string[] {
  const bar = drawBar(span, signs)
  const at = dayOf(span.from).length + 1 + placeInBar(span, trueTime)
  const clockAt = Math.max(bar.length + GAP, at + TRUE_TIME.length + 4)
  return [`${bar.padEnd(clockAt)}${signs.line}`, `${`${' '.repeat(at)}${signs.mark}${TRUE_TIME}`.padEnd(clockAt)}${signs.mark} your clock`]
}

function drawBehind(span: Span, trueTime: number, signs: Signs): readonly string[] {
  const at = GAP + dayOf(span.from).length + 1 + placeInBar(span, trueTime)
  const first = `${signs.line}${' '.repeat(GAP - 1)}${drawBar(span, signs)}`
  return [first, `${`${signs.mark} your clock`.padEnd(at)}${signs.mark}${TRUE_TIME}`]
}

const TRUE_TIME = ' true time'

function drawBar(span: Span, { left, right, stroke }: Signs): string {
  return `${dayOf(span.from)} ${left}${stroke.repeat(HALF)} valid ${stroke.repeat(HALF)}${right} ${dayOf(span.to)}`
}

function placeInBar({ from, to }: Span, moment: number): number {
  const share = to === from ? 0 : (moment - from) / (to - from)
  return Math.round(Math.min(1, Math.max(0, share)) * (BAR - 1))
}

/** "6 Oct 26" */
function dayOf(moment: number): string {
  const date = new Date(moment)
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()] ?? ''} ${String(date.getUTCFullYear() % 100).padStart(2, '0')}`
}

interface Signs {
  readonly left: string
  readonly right: string
  readonly stroke: string
  readonly line: string
  readonly mark: string
}

function signsOf({ unicode }: Style): Signs {
  return unicode
    ? { left: '├', right: '┤', stroke: '─', line: '┆', mark: '▲' }
    : { left: '|', right: '|', stroke: '-', line: ':', mark: '^' }
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const
