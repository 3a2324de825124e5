import { serverFix } from '../fixes.ts'
import { httpCause } from '../http-cause.ts'
import { targetName } from '../proxy-cause.ts'

/** 407 from the origin, inside TLS. */
export const http407 = httpCause({
  id: 'http-407',
  meaning: 'TLS is fine; the origin (not the proxy) answered 407',
  recognise: ({ status }) => status === 407,
  words: (_evidence, seen) => ({
    title: `TLS is fine; ${targetName(seen)} itself answered 407`,
    why: 'The answer came through TLS from the host, not from the parent proxy: a module server that hands on the trouble of its own proxy.',
    fixes: [serverFix(seen, 'give the module server the login for its own proxy')],
  }),
})
