/** When one certificate is valid, on the axis that the whole chain shares. */
import type { CertificateSummary } from '../src/contract/handshake.ts'
import type { Axis } from './certificate-chain.ts'
import { day } from './time-words.ts'

interface ValidityProps {
  /** null: never received, nothing is known. */
  readonly certificate: CertificateSummary | null
  readonly axis: Axis
  readonly nowMs: number
  readonly isFirst: boolean
}

export function ValidityBar({ certificate, axis, nowMs, isFirst }: ValidityProps) {
  const place = (ms: number): number => Math.min(100, Math.max(0, ((ms - axis.fromMs) / (axis.toMs - axis.fromMs)) * 100))
  const fromMs = Date.parse(certificate?.notBefore ?? '')
  const toMs = Date.parse(certificate?.notAfter ?? '')
  const isKnown = !Number.isNaN(fromMs) && !Number.isNaN(toMs)
  const isValid = nowMs >= fromMs && nowMs <= toMs
  const left = isKnown ? place(fromMs) : 0
  const right = isKnown ? place(toMs) : 100
  const gapFrom = Math.min(right, place(nowMs))
  const words = isKnown ? `${day(certificate?.notBefore ?? '')} to ${day(certificate?.notAfter ?? '')}` : 'validity unknown, not received'
  return (
    <div class="validity">
      <div class="axis" aria-hidden="true">
        <i
          class={isKnown ? (isValid ? 'valid' : 'invalid') : 'unknown'}
          style={{ left: `${left}%`, width: `max(4px, ${right - left}%)` }}
        />
        {isKnown && nowMs > toMs && <i class="gap" style={{ left: `${right}%`, width: `${place(nowMs) - right}%` }} />}
        {isKnown && nowMs < fromMs && <i class="gap" style={{ left: `${gapFrom}%`, width: `${left - gapFrom}%` }} />}
        <i class="now" style={{ left: `${place(nowMs)}%` }} />
        {isFirst && (
          <span class={place(nowMs) > 70 ? 'now-word left' : 'now-word'} style={{ left: `${place(nowMs)}%` }}>
            judged at
          </span>
        )}
      </div>
      <p class={isKnown && !isValid ? 'bad' : ''}>
        {isKnown && !isValid && '✕ '}
        {words}
      </p>
    </div>
  )
}
