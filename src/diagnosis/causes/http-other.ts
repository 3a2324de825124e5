import { serverFix } from '../fixes.ts'
import { httpCause } from '../http-cause.ts'
import { targetName } from '../proxy-cause.ts'

/** A status that is neither 200 nor one from 400 to 599: go follows redirects that say where to, and takes nothing else. */
export const httpOther = httpCause({
  id: 'http-other',
  meaning: 'TLS is fine; the server answered neither 200 nor an error: another success, a redirect to nowhere, an unknown status',
  recognise: ({ status }) => status !== null && status !== 200 && (status < 400 || status > 599),
  words: ({ status, text }, seen) => ({
    title: `TLS is fine; ${targetName(seen)} answered ${status ?? 'another status'}${LACKS_PLACE.test(text) ? ' without saying where to' : ''}`,
    why: `${reason(status ?? 0, text)} go takes 200 only.`,
    fixes: [serverFix(seen, 'let the server answer 200 with the module data, or a redirect with a Location')],
  }),
})

const LACKS_PLACE = /missing Location header/

function reason(status: number, text: string): string {
  if (LACKS_PLACE.test(text)) return 'The server redirects and names no place: its Location header is missing.'
  if (status >= 300 && status < 400)
    return 'The server answers with a redirect that go cannot follow, or tells a cache to use its old copy.'
  if (status >= 200 && status < 300) return 'The server says that it did something, and sends no module data.'
  return 'This status is not one that HTTP knows.'
}
