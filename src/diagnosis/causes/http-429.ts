import { fix } from '../fixes.ts'
import { httpCause } from '../http-cause.ts'
import { targetName } from '../proxy-cause.ts'

/** 429: too many requests. */
export const http429 = httpCause({
  id: 'http-429',
  meaning: 'TLS is fine; the server answered 429',
  recognise: ({ status }) => status === 429,
  words: (_evidence, seen) => ({
    title: `TLS is fine; ${targetName(seen)} answered 429 Too Many Requests`,
    why: 'The server limits how often this address may ask. Machines behind one company address share the limit. go does not try again by itself.',
    fixes: [
      fix({
        title: 'wait, then try again; what was fetched stays in the module cache',
        scope: 'this-command',
        commands: ['go mod download'],
        checkedHow: 'needs time',
      }),
    ],
  }),
})
