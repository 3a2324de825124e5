/** Times, durations and counts in words. Durations in milliseconds. */

const CLOCK = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' })
/** Made once: it costs more than a row. */
const NUMBERS = new Intl.NumberFormat('en')
const DAY_MS = 86_400_000

/** "13:47:10", local time. */
export function clockTime(iso: string): string {
  const at = new Date(iso)
  return Number.isNaN(at.getTime()) ? '–' : CLOCK.format(at)
}

/** "13:47:10.004", local time. */
export function exactTime(iso: string): string {
  return `${clockTime(iso)}${/\.\d{3}/.exec(iso)?.[0] ?? ''}`
}

/** "2026-11-22", UTC. */
export function day(iso: string): string {
  return iso.slice(0, 10)
}

/** "41 ms", "10.0 s", "2 min 5 s"; a dash while unknown. */
export function took(durationMs: number | null): string {
  if (durationMs === null) return '–'
  if (durationMs < 999.5) return `${durationMs < 10 && !Number.isInteger(durationMs) ? durationMs.toFixed(1) : Math.round(durationMs)} ms`
  if (durationMs < 60_000) return `${(durationMs / 1000).toFixed(1)} s`
  return `${Math.floor(durationMs / 60_000)} min ${Math.round((durationMs % 60_000) / 1000)} s`
}

/** "38.6 ms" or "10.0 s": an offset on the track. */
export function offset(atMs: number): string {
  return atMs < 1000 ? `${atMs.toFixed(1)} ms` : `${(atMs / 1000).toFixed(1)} s`
}

/** "3 days", "13 minutes", "40 seconds": the length of a span, rounded down. */
export function span(lengthMs: number): string {
  const steps: readonly [number, string][] = [
    [DAY_MS, 'day'],
    [3_600_000, 'hour'],
    [60_000, 'minute'],
    [1000, 'second'],
  ]
  const [unitMs, unit] = steps.find(([stepMs]) => lengthMs >= 2 * stepMs) ?? [1000, 'second']
  return counted(Math.floor(lengthMs / unitMs), unit)
}

/** "1,204". */
export function count(n: number): string {
  return NUMBERS.format(n)
}

/** "1 host", "1,204 hosts". */
export function counted(n: number, noun: string): string {
  return `${count(n)} ${noun}${n === 1 ? '' : 's'}`
}
