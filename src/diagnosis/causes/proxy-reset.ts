import { networkFix } from '../fixes.ts'
import { proxyCause, targetName } from '../proxy-cause.ts'

/** RST instead of an answer to CONNECT. */
export const proxyReset = proxyCause({
  id: 'proxy-reset',
  meaning: 'The proxy reset the connection on CONNECT',
  fault: 'parent-proxy',
  recognise: (outcome) => (outcome.kind === 'reset' ? 'certain' : undefined),
  goText: () => undefined,
  words: ({ proxy }, seen) => ({
    title: `the proxy ${proxy} reset the connection when asked for ${targetName(seen)}`,
    why: 'A TCP reset came instead of an answer to CONNECT: from the proxy itself, or from a filter between this machine and it.',
    fixes: [networkFix(seen, `find out on the proxy why CONNECT to ${targetName(seen)} is reset`)],
  }),
})
