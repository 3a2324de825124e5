import { networkFix } from '../fixes.ts'
import { proxyCause, targetName } from '../proxy-cause.ts'
import { inTime } from '../units.ts'

/** No answer to CONNECT until a time limit. */
export const proxySilent = proxyCause({
  id: 'proxy-silent',
  meaning: 'The proxy never answered CONNECT',
  fault: 'parent-proxy',
  recognise: (outcome) => (outcome.kind !== 'silent' ? undefined : outcome.afterMs >= WHOLE_WAIT_MS ? 'certain' : 'likely'),
  goText: () => 'context deadline exceeded',
  words: ({ proxy, outcome }, seen) => ({
    title: `the proxy ${proxy} never answered when asked for ${targetName(seen)}`,
    why: `It took the connection and the CONNECT request, then said nothing for ${inTime(outcome.afterMs)}. go gives up after 60 s and does not say that it waited for a proxy.`,
    fixes: [networkFix(seen, `find out on the proxy why CONNECT to ${targetName(seen)} gets no answer`)],
  }),
})

/** Nearly all of go's patience with a proxy; who left sooner lost patience (Ctrl-C), and the answer might have come. */
const WHOLE_WAIT_MS = 50_000
