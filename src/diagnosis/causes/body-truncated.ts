import { networkFix } from '../fixes.ts'
import { httpCause } from '../http-cause.ts'
import { targetName } from '../proxy-cause.ts'

/** `read "URL": unexpected EOF`: the headers came, the body ended early. */
export const bodyTruncated = httpCause({
  id: 'body-truncated',
  meaning: 'TLS is fine; the body ended early',
  recognise: ({ text }, { line }) => /\bread "[^"]*": /.test(line) && /unexpected EOF|stream error|reset by peer|EOF$/.test(text),
  shownBy: 'truncated',
  words: (_evidence, seen) => ({
    title: `TLS is fine; an answer of ${targetName(seen)} broke off in the middle`,
    why: 'The headers came, then the body ended before its announced length. A gateway with a size or time limit does this, or a server that was restarted.',
    fixes: [networkFix(seen, 'look for a limit on size or time between here and the server; then try again')],
  }),
})
