import { networkFix } from '../fixes.ts'
import { httpCause } from '../http-cause.ts'
import { targetName } from '../proxy-cause.ts'

/** 403: refused by policy, not by TLS. */
export const http403 = httpCause({
  id: 'http-403',
  meaning: 'TLS is fine; the server answered 403',
  recognise: ({ status }) => status === 403,
  mayMeanNoCertificate: true,
  words: (_evidence, seen) => ({
    title: `TLS is fine; ${targetName(seen)} answered 403 Forbidden`,
    why: 'The server, or a storage host that it redirects to, does not allow this request: a rule about the network, the country, the module or the account. With "," in GOPROXY go does not try the next entry after a 403.',
    fixes: [networkFix(seen, 'ask who runs the module server why it refuses, with the URL and the time')],
  }),
})
