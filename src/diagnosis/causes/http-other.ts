import { serverFix } from '../fixes.ts'
import { httpCause } from '../http-cause.ts'
import { targetName } from '../proxy-cause.ts'

/** A status that is neither 200 nor one from 400 to 599: go follows redirects that say where to, and takes nothing else. */
export const httpOther = httpCause({
  id: 'http-other',
  meaning: 'TLS is fine; the server answered neither 200 nor an error: another success, a redirect to nowhere, an unknown status',
  recognise: ({ status }) => status !== null && status !== 200 && (status < 400 || status > 599),
  words: ({ status }, seen) => ({
    title: `TLS is fine; ${targetName(seen)} answered ${status ?? 'another status'}${REDIRECTS.has(status ?? 0) ? ' without saying where to' : ''}`,
    why: `${reason(status ?? 0)} go takes 200 only.`,
    fixes: [serverFix(seen, 'let the server answer 200 with the module data, or a redirect with a Location')],
  }),
})

/** go follows these where they have a Location; it stops at one without. */
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

function reason(status: number): string {
  if (REDIRECTS.has(status)) return 'The server redirects and names no place: its Location header is missing.'
  if (status >= 300 && status < 400) return 'The server offers a choice, or tells a cache to use its old copy; go has none.'
  if (status >= 200 && status < 300) return 'The server says that it did something, and sends no module data.'
  return 'This status is not one that HTTP knows.'
}
