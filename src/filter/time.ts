/** Read the value of `after:` and `before:`. */
import { FilterError } from './filter.ts'

/** Read `13:40`, `13:40:05` (the latest such time before `now`), `2026-11-22`, `2026-11-22T13:40` (this machine's time zone) or the same with `Z`.
 *  @returns ISO 8601 UTC with milliseconds
 *  @throws FilterError when it is none of these, or a time of day without `now` */
export function readTime(value: string, offset: number, now: Date | undefined): string {
  const clock = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(value)
  const at = clock
    ? latest(
        clock.slice(1, 4).map((part) => Number(part ?? 0)),
        offset,
        now,
      )
    : readDate(value)
  if (at === undefined || Number.isNaN(at.getTime())) {
    throw new FilterError(offset, 'needs a time, as in 13:40, 2026-11-22 or 2026-11-22T13:40Z')
  }
  return at.toISOString()
}

function latest([hours = 0, minutes = 0, seconds = 0]: readonly number[], offset: number, now: Date | undefined): Date | undefined {
  if (hours > 23 || minutes > 59 || seconds > 59) return undefined
  if (now === undefined) throw new FilterError(offset, 'a time of day needs its date here, as in 2026-11-22T13:40')
  const at = new Date(now)
  at.setHours(hours, minutes, seconds, 0)
  if (at > now) at.setDate(at.getDate() - 1)
  return at
}

function readDate(value: string): Date | undefined {
  if (/^\d{4}-\d{2}-\d{2}$/.test(value)) return new Date(`${value}T00:00`)
  return /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})?$/.test(value) ? new Date(value) : undefined
}
