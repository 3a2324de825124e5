import type { Direction } from '../contract/terms.ts'
import type { AlertContent } from '../tls/alert.ts'
import type { PlacedAlert, SessionFacts } from './facts.ts'
import type { SeenAlert } from './transcript.ts'

/** Where an alert was met. */
export interface AlertPlace {
  readonly direction: Direction
  /** Offset of its record. */
  readonly offset: number
  readonly atMs: number
}

/** What is known of an alert that only its record's size tells. */
export const UNREADABLE_ALERT: AlertContent = { level: null, code: null, name: 'unknown' }

/** Write down an alert; null when there are too many already. */
export function addAlert(facts: SessionFacts, place: AlertPlace, content: AlertContent, how: SeenAlert['how']): SeenAlert | null {
  if (facts.alerts.length >= MAX_ALERTS) return null
  const beforeFinished = facts.marks.clientFinished === undefined
  const alert: SeenAlert = { sender: senderOf(place.direction), ...content, how, atMs: place.atMs, beforeFinished }
  facts.alerts.push({ alert, recordOffset: place.offset })
  return alert
}

/** Put what decryption found in the place of an inferred alert of the same record; null where none was inferred. */
export function replaceInferred(facts: SessionFacts, place: AlertPlace, content: AlertContent): SeenAlert | null {
  const at = facts.alerts.findIndex((placed) => isInferredAt(placed, place))
  const placed = facts.alerts[at]
  if (placed === undefined) return null
  const alert: SeenAlert = { ...placed.alert, ...content, how: 'decrypted' }
  facts.alerts[at] = { ...placed, alert }
  return alert
}

/** Take back an inferred alert: decryption found something else in its record. */
export function withdrawInferred(facts: SessionFacts, place: AlertPlace): void {
  const at = facts.alerts.findIndex((placed) => isInferredAt(placed, place))
  if (at < 0) return
  facts.alerts.splice(at, 1)
  if (place.direction === 'server-to-client') facts.serverAlertAfterFinished = false
}

function isInferredAt({ alert, recordOffset }: PlacedAlert, place: AlertPlace): boolean {
  return alert.how === 'inferred' && alert.sender === senderOf(place.direction) && recordOffset === place.offset
}

function senderOf(direction: Direction): SeenAlert['sender'] {
  return direction === 'client-to-server' ? 'client' : 'server'
}

const MAX_ALERTS = 64
