import type { Confidence } from '../../contract/terms.ts'
import { networkFix } from '../fixes.ts'
import type { SocksOutcome } from '../observation.ts'
import { proxyCause, reasonText, statusWords, targetName } from '../proxy-cause.ts'

/** 502, 503, 504; another 5xx (not 501) is told the same way, with less confidence. */
export const proxyBadGateway = proxyCause({
  id: 'proxy-bad-gateway',
  meaning: 'The proxy answered CONNECT with 502, 503 or 504: it cannot reach the host',
  fault: 'parent-proxy',
  recognise(outcome) {
    if (outcome.kind === 'socks') return socksConfidence(outcome)
    if (outcome.kind !== 'answered') return undefined
    const { status } = outcome.reply
    if (status >= 502 && status <= 504) return 'certain'
    return status >= 500 && status !== 501 ? 'likely' : undefined
  },
  goText: reasonText,
  words: ({ proxy, outcome }, seen) => ({
    title: `the proxy ${proxy} cannot reach ${targetName(seen)}`,
    why: `It took the ${outcome.kind === 'socks' ? '' : 'CONNECT '}request and answered ${statusWords(outcome)}. Name resolution and TCP to the host are the proxy's part here; from this machine nothing can be said about the host.`,
    fixes: [networkFix(seen, `find out on the proxy why it cannot reach ${targetName(seen)}`)],
  }),
})

/** Replies 3 to 6 of RFC 1928 speak of the way to the host; of a general failure and of numbers without a meaning the reason is not known. */
function socksConfidence({ step, code, goText }: SocksOutcome): Confidence | undefined {
  if (goText === '' || step !== 'request' || code === 2) return undefined
  return code >= 3 && code <= 6 ? 'certain' : 'likely'
}
