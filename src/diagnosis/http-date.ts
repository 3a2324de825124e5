/** The Date field of HTTP. */

/**
 * Read an HTTP-date (RFC 9110 section 5.6.7), in the one form that may still be sent: `Sun, 22 Nov 2026 13:44:02 GMT`.
 * @returns undefined for any other text, and for a moment that no calendar has
 */
export function parseHttpDate(text: string): Date | undefined {
  const found = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (\d\d) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):(\d\d) GMT$/.exec(text.trim())
  if (found === null) return undefined
  const [day = 0, year = 0, hour = 0, minute = 0, second = 0] = [1, 3, 4, 5, 6].map((at) => Number(found[at]))
  const month = MONTHS.indexOf(found[2] ?? '')
  const moment = new Date(Date.UTC(year, month, day, hour, minute, second))
  return month >= 0 && moment.getUTCDate() === day && moment.getUTCHours() === hour ? moment : undefined
}

/**
 * The moment at which a response was sent, by its fields: Date, and Age where a cache kept it meanwhile (RFC 9111 section 5.1).
 * @param fields names in any case, with their values
 */
export function readSentAt(fields: readonly (readonly [string, string])[]): Date | undefined {
  const fieldOf = (wanted: string) => fields.find(([name]) => name.toLowerCase() === wanted)?.[1] ?? ''
  const date = parseHttpDate(fieldOf('date'))
  const age = /^\s*(\d{1,9})\s*$/.exec(fieldOf('age'))?.[1]
  return date === undefined || age === undefined ? date : new Date(date.getTime() + Number(age) * 1000)
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
