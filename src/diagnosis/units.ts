/** Numbers as people read them. */

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** A duration: `0.4 ms`, `41 ms`, `10.0 s`, `2 min 5 s`. */
export function inTime(ms: number): string {
  if (!Number.isFinite(ms)) return 'unknown time'
  if (ms < 10) return `${Math.max(0, ms).toFixed(1)} ms`
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < MINUTE) return `${(ms / 1000).toFixed(1)} s`
  return `${Math.floor(ms / MINUTE)} min ${Math.round((ms % MINUTE) / 1000)} s`
}

/** A count with thousands separated: `1,526`. */
export function inCount(n: number): string {
  return String(Math.trunc(n)).replace(/\B(?=(\d{3})+$)/g, ',')
}

/** A count with its noun: `1 handshake`, `14 handshakes`. */
export function counted(n: number, noun: string): string {
  return `${inCount(n)} ${n === 1 ? noun : `${noun}s`}`
}

/** An amount of bytes: `1,526 bytes` up to 10 KiB, then `96 KiB`, `14.0 MiB`. */
export function inBytes(n: number): string {
  if (n < 10_240) return counted(n, 'byte')
  if (n < 1024 * 1024) return `${inCount(n / 1024)} KiB`
  return `${(n / 1024 / 1024).toFixed(1)} MiB`
}

/** A span between two moments without its sign: `13 minutes`, `3 days`, `2 years`. */
export function inSpan(ms: number): string {
  const length = Math.abs(ms)
  if (length < MINUTE) return counted(Math.round(length / 1000), 'second')
  if (length < HOUR) return counted(Math.round(length / MINUTE), 'minute')
  if (length < 2 * DAY) return counted(Math.round(length / HOUR), 'hour')
  if (length < 730 * DAY) return counted(Math.round(length / DAY), 'day')
  return counted(Math.round(length / (365.25 * DAY)), 'year')
}

/** A moment seen from another: `3 days ago`, `in 13 minutes`. */
export function fromNow(moment: Date, now: Date): string {
  const span = inSpan(moment.getTime() - now.getTime())
  return moment <= now ? `${span} ago` : `in ${span}`
}

/** A day: `22 Nov 2026` (UTC). */
export function inDay(moment: Date): string {
  return `${moment.getUTCDate()} ${MONTHS[moment.getUTCMonth()] ?? ''} ${moment.getUTCFullYear()}`
}

/** A moment to the minute: `22 Nov 2026 13:44 UTC`. */
export function inMinute(moment: Date): string {
  return `${inDay(moment)} ${moment.toISOString().slice(11, 16)} UTC`
}

/** A moment to the second as certificates give it: `2026-11-19T12:00:00Z`. */
export function inInstant(moment: Date): string {
  return moment.toISOString().replace(/\.\d{3}Z$/, 'Z')
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const
