import { networkFix } from '../fixes.ts'
import { proxyCause, targetName } from '../proxy-cause.ts'

/** FIN instead of an answer to CONNECT. */
export const proxyClosed = proxyCause({
  id: 'proxy-closed',
  meaning: 'The proxy closed the connection on CONNECT without an answer',
  fault: 'parent-proxy',
  recognise: (outcome) => (outcome.kind === 'closed' ? 'certain' : undefined),
  goText: () => 'unexpected EOF',
  words: ({ proxy }, seen) => ({
    title: `the proxy ${proxy} hung up when asked for ${targetName(seen)}`,
    why: 'It closed the connection without an answer to CONNECT. It is overloaded, allows this machine no CONNECT, or the port belongs to another service (a TLS port, for instance).',
    fixes: [networkFix(seen, `find out on the proxy why CONNECT to ${targetName(seen)} is dropped`)],
  }),
})
