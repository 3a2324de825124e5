import { serverFix } from '../fixes.ts'
import { httpCause } from '../http-cause.ts'
import { targetName } from '../proxy-cause.ts'

/** go follows ten redirects. */
export const redirectLoop = httpCause({
  id: 'redirect-loop',
  meaning: 'TLS is fine; more than ten redirects',
  recognise: ({ text }) => /^stopped after \d+ redirects$/.test(text),
  shownBy: 'redirect-loop',
  words: (_evidence, seen) => ({
    title: `TLS is fine; ${targetName(seen)} redirects in a circle`,
    why: 'go followed ten redirects and gave up at the next. Two servers send the request to one another, or the answer depends on a cookie that go does not keep.',
    fixes: [serverFix(seen, 'repair the redirects of the URL below evidence')],
  }),
})
