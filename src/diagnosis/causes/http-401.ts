import { fix } from '../fixes.ts'
import { httpCause } from '../http-cause.ts'
import { targetName } from '../proxy-cause.ts'

/** 401: the module server wants a login. */
export const http401 = httpCause({
  id: 'http-401',
  meaning: 'TLS is fine; the server answered 401',
  recognise: ({ status }) => status === 401,
  mayMeanNoCertificate: true,
  words: (_evidence, seen) => ({
    title: `TLS is fine; ${targetName(seen)} answered 401 Unauthorized`,
    why: 'The server wants a login, or refuses the one that it got. go takes user and password from ~/.netrc, or from what GOAUTH names (go 1.24 and later).',
    fixes: [
      fix({ title: 'look what go would send', scope: 'this-user', commands: ['go env GOAUTH'], checkedHow: 'needs your user and token' }),
    ],
  }),
})
