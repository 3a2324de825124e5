import type { Alert } from '../contract/handshake.ts'
import { nameAlert } from './registry.ts'

/** An alert's content. */
export type AlertContent = Pick<Alert, 'level' | 'code' | 'name'>

/** Octets of one alert: level and description. */
export const ALERT_BYTES = 2

/**
 * The alerts of one plaintext alert record (RFC 8446 section 6); TLS 1.2 and older may put several in one.
 * Of a record whose further octets are no alerts only the first one is told. None: there are fewer than two octets, or so many that are no alert
 * that they must be encrypted.
 */
export function parseAlerts(fragment: Uint8Array): AlertContent[] {
  const alerts: AlertContent[] = []
  for (let at = 0; at + ALERT_BYTES <= fragment.length; at += ALERT_BYTES) {
    const code = fragment[at + 1] ?? 0
    alerts.push({ level: nameLevel(fragment[at] ?? 0), code, name: nameAlert(code) })
  }
  if (fragment.length === ALERT_BYTES) return alerts
  const isWhole = fragment.length % ALERT_BYTES === 0 && alerts.every(({ level }) => typeof level === 'string')
  return isWhole ? alerts : alerts.slice(0, 1).filter(({ level, name }) => typeof level === 'string' && name !== 'unknown')
}

function nameLevel(level: number): Alert['level'] {
  if (level === 1) return 'warning'
  return level === 2 ? 'fatal' : level
}
