import { serverFix } from '../fixes.ts'
import { httpCause } from '../http-cause.ts'
import { targetName } from '../proxy-cause.ts'

/** A status from 400 to 499 that has no code of its own (400, 401, 403, 404, 407, 410 and 429 have one). */
export const http4xx = httpCause({
  id: 'http-4xx',
  meaning: 'TLS is fine; the server answered another status from 400 to 499',
  recognise: ({ status }) => status !== null && status >= 400 && status <= 499 && !WITH_OWN_CODE.has(status),
  words: ({ status }, seen) => ({
    title: `TLS is fine; ${targetName(seen)} answered ${status ?? '4xx'}`,
    why: `${MEANINGS[status ?? 0] ?? 'The server understood the request and refuses it.'} go takes 200 only, and asks no other entry of GOPROXY after "," (it does for 404 and 410, and behind "|").`,
    fixes: [serverFix(seen, "look into the server's answer and log at this time")],
  }),
})

const WITH_OWN_CODE: ReadonlySet<number> = new Set([400, 401, 403, 404, 407, 410, 429])

/** RFC 9110 section 15.5, RFC 7725, RFC 9110 section 7.4. */
const MEANINGS: Readonly<Record<number, string>> = {
  402: 'The server wants to be paid first.',
  405: 'The server does not allow GET at this address: it is no module proxy.',
  406: 'The server has no form of the answer that it thinks go would take.',
  408: 'The server waited too long for the request.',
  414: 'The address is too long for the server.',
  418: 'The server, or a filter in front of it, refuses to serve this; some send this status to what they take for a robot.',
  421: 'The request came to a server that does not answer for this name.',
  423: 'The address is locked.',
  426: 'The server wants another protocol than the one that was agreed on.',
  431: "The request's header fields are too large for the server.",
  451: 'The server may not serve this for legal reasons.',
}
