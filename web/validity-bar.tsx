/** When one certificate is valid, on the axis that the whole chain shares. */
import type { CertificateSummary } from '../src/contract/handshake.ts'
import type { Axis } from './certificate-chain.ts'
import { day } from './time-words.ts'

interface ValidityProps {
  /** null: never received, nothing is known. */
  readonly certificate: CertificateSummary | null
  readonly axis: Axis
  readonly nowMs: number
  /** What others say the time is, where that differs from the clock that judged; null where it does not. */
  readonly trueMs: number | null
  /** What the line of `nowMs` is called. */
  readonly nowName: string
  readonly isFirst: boolean
}

export function ValidityBar({ certificate, axis, nowMs, trueMs, nowName, isFirst }: ValidityProps) {
  const place = (ms: number): number => Math.min(100, Math.max(0, ((ms - axis.fromMs) / (axis.toMs - axis.fromMs)) * 100))
  const fromMs = Date.parse(certificate?.notBefore ?? '')
  const toMs = Date.parse(certificate?.notAfter ?? '')
  const isKnown = !Number.isNaN(fromMs) && !Number.isNaN(toMs)
  const isIn = (ms: number): boolean => ms >= fromMs && ms <= toMs
  const isValid = isIn(nowMs)
  const left = isKnown ? place(fromMs) : 0
  const right = isKnown ? place(toMs) : 100
  const gapFrom = Math.min(right, place(nowMs))
  const words = isKnown ? `${day(certificate?.notBefore ?? '')} to ${day(certificate?.notAfter ?? '')}` : 'validity unknown, not received'
  return (
    <div class="validity">
      <div class="axis" aria-hidden="true">
        <i
          class={isKnown ? (isIn(trueMs ?? nowMs) ? 'valid' : 'invalid') : 'unknown'}
          style={{ left: `${left}%`, width: `max(4px, ${right - left}%)` }}
        />
        {isKnown && nowMs > toMs && <i class="gap" style={{ left: `${right}%`, width: `${place(nowMs) - right}%` }} />}
        {isKnown && nowMs < fromMs && <i class="gap" style={{ left: `${gapFrom}%`, width: `${left - gapFrom}%` }} />}
        <TimeLine at={place(nowMs)} name={isFirst ? nowName : ''} look={trueMs === null ? 'now' : 'now wrong'} />
        {trueMs !== null && <TimeLine at={place(trueMs)} name={isFirst ? 'true time' : ''} look="now" isLeft={trueMs < nowMs} />}
      </div>
      <p class={isKnown && !isValid ? 'bad' : ''}>
        {isKnown && !isValid && '✕ '}
        {words}
        {isKnown && !isValid && trueMs !== null && isIn(trueMs) && ', valid at the true time'}
      </p>
    </div>
  )
}

interface LineProps {
  /** Percent of the axis. */
  readonly at: number
  readonly name: string
  readonly look: string
  /** Its name stands on the left, out of the way of another line's. */
  readonly isLeft?: boolean
}

function TimeLine({ at, name, look, isLeft = at > 70 }: LineProps) {
  return (
    <>
      <i class={look} style={{ left: `${at}%` }} />
      {name !== '' && (
        <span class={isLeft && at > 18 ? 'now-word left' : 'now-word'} style={{ left: `${at}%` }}>
          {name}
        </span>
      )}
    </>
  )
}
