/** What a screen reader is told: short notices at once, new failures in batches of at most one every five seconds. */
import { signal } from '@preact/signals'
import { counted } from './time-words.ts'

const FAILURES_EVERY_MS = 5000

/** Text of the page's live region. */
export const announced = signal('')

let waitingFailures = 0
let isWaiting = false

/** Say something now. */
export function announce(text: string): void {
  announced.value = text
}

/** Tell of failures that just arrived; those within five seconds are told together. */
export function announceFailures(howMany: number): void {
  waitingFailures += howMany
  if (isWaiting || waitingFailures === 0) return
  isWaiting = true
  tellFailures()
}

function tellFailures(): void {
  if (waitingFailures === 0) {
    isWaiting = false
    return
  }
  announce(counted(waitingFailures, 'new failure'))
  waitingFailures = 0
  setTimeout(tellFailures, FAILURES_EVERY_MS)
}
