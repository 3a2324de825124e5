import { fix } from '../fixes.ts'
import { httpCause } from '../http-cause.ts'
import { targetName } from '../proxy-cause.ts'

/** 404 or 410: the module or version is not there. */
export const http404 = httpCause({
  id: 'http-404',
  meaning: 'TLS is fine; the server answered 404 or 410',
  recognise: ({ status }) => status === 404 || status === 410,
  words: ({ status }, seen) => ({
    title: `TLS is fine; ${targetName(seen)} answered ${status === 410 ? '410 Gone' : '404 Not Found'}`,
    why: 'The module or version is not on this server: it is misspelt, private, or was never fetched there.',
    fixes: [
      fix({
        title: 'look where go asks for modules',
        scope: 'this-user',
        commands: ['go env GOPROXY GOPRIVATE GONOPROXY'],
        checkedHow: 'needs to be known where the module lives',
      }),
    ],
  }),
})
