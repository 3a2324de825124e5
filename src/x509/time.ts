import { type DerReader, TAG } from './der.ts'
import { formatGoTime, latin1 } from './go-text.ts'
import type { GoRules } from './rules.ts'

/** A time of a certificate's validity (RFC 5280 section 4.1.2.5). */
export interface ValidityTime {
  readonly at: Date
  /** As Go prints it: RFC 3339, in the zone of the encoding (UTC nearly always). */
  readonly goText: string
}

/** Go's zero time. */
export const ZERO_TIME: ValidityTime = { at: new Date(Number.NaN), goText: '0001-01-01T00:00:00Z' }

/** Read UTCTime or GeneralizedTime as Go does, offsets from UTC included. @returns the time, or Go's text for the refusal */
export function readTime(reader: DerReader, rules: Pick<GoRules, 'limitsZoneHours'>): ValidityTime | string {
  if (reader.peeks(TAG.utcTime)) return parseTime(UTC_TIME, reader.content(TAG.utcTime), rules) ?? 'x509: malformed UTCTime'
  if (reader.peeks(TAG.generalizedTime)) {
    return parseTime(GENERALIZED_TIME, reader.content(TAG.generalizedTime), rules) ?? 'x509: malformed GeneralizedTime'
  }
  return 'x509: unsupported time format'
}

/** Seconds may be missing in a UTCTime; a zero offset must be written Z. */
const UTC_TIME = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?(Z|[+-]\d{4})$/
const GENERALIZED_TIME = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(Z|[+-]\d{4})$/

function parseTime(format: RegExp, content: Uint8Array | undefined, rules: Pick<GoRules, 'limitsZoneHours'>): ValidityTime | undefined {
  const match = content === undefined ? null : format.exec(latin1(content))
  if (match === null) return undefined
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map((digits) => Number(digits ?? 0))
  const offset = parseOffset(match[7] ?? 'Z', rules)
  if (offset === undefined || hour > 23 || minute > 59 || second > 59) return undefined
  const fullYear = format === GENERALIZED_TIME ? year : year < 50 ? 2000 + year : 1900 + year
  const local = makeDate(fullYear, month, day)
  if (local === undefined) return undefined
  local.setUTCHours(hour, minute, second)
  const at = new Date(local.getTime() - offset * 60_000)
  return { at, goText: formatGoTime(at, offset) }
}

function makeDate(year: number, month: number, day: number): Date | undefined {
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date : undefined
}

/** Minutes east of UTC. */
function parseOffset(zone: string, { limitsZoneHours }: Pick<GoRules, 'limitsZoneHours'>): number | undefined {
  if (zone === 'Z') return 0
  const hours = Number(zone.slice(1, 3))
  const minutes = Number(zone.slice(3, 5))
  const offset = hours * 60 + minutes
  return (limitsZoneHours && hours > 24) || minutes > 59 || offset === 0 ? undefined : zone.startsWith('-') ? -offset : offset
}
