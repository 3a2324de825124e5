import { networkFix } from '../fixes.ts'
import { proxyCause, reasonText, statusWords, targetName } from '../proxy-cause.ts'

/** 403; other refusals by a 3xx or 4xx are told the same way, with less confidence. */
export const proxyForbidden = proxyCause({
  id: 'proxy-forbidden',
  meaning: 'The proxy answered CONNECT with 403',
  fault: 'parent-proxy',
  recognise(outcome) {
    // Reply 2 of RFC 1928: not allowed by ruleset.
    if (outcome.kind === 'socks') return outcome.step === 'request' && outcome.code === 2 ? 'certain' : undefined
    if (outcome.kind !== 'answered') return undefined
    if (outcome.reply.status === 403) return 'certain'
    return isOtherRefusal(outcome.reply.status) ? 'likely' : undefined
  },
  goText: reasonText,
  words: ({ proxy, outcome }, seen) => ({
    title: `the proxy ${proxy} does not allow ${targetName(seen)}, TLS never began`,
    why:
      outcome.kind === 'socks'
        ? `The SOCKS proxy answered: ${statusWords(outcome)}.`
        : `It answered CONNECT with ${statusWords(outcome)}. go prints only the words behind the number, so its message names neither the proxy nor the number.`,
    fixes: [networkFix(seen, `allow CONNECT to ${targetName(seen)} on the proxy, or name a module mirror that is allowed`)],
  }),
})

/** 400, 404, 405 and 501 are how a plain web server answers CONNECT; 401, 407 and 5xx have causes of their own. */
function isOtherRefusal(status: number): boolean {
  return status >= 300 && status < 500 && ![400, 401, 403, 404, 405, 407].includes(status)
}
