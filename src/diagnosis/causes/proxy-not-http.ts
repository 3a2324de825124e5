import { shown } from '../captured.ts'
import { fix } from '../fixes.ts'
import { proxyCause, reasonText, statusWords } from '../proxy-cause.ts'
import { placeFixes } from '../where-set.ts'

/** Something else than HTTP answered, or a web server that knows no CONNECT. */
export const proxyNotHttp = proxyCause({
  id: 'proxy-not-http',
  meaning: 'What listens at HTTPS_PROXY is not an HTTP proxy',
  fault: 'parent-proxy',
  recognise(outcome) {
    if (outcome.kind === 'not-http') return 'certain'
    return outcome.kind === 'answered' && isWebServerAnswer(outcome.reply.status) ? 'likely' : undefined
  },
  goText: (outcome) => (outcome.kind === 'not-http' ? undefined : reasonText(outcome)),
  words: ({ proxy, outcome }, seen) => ({
    title: `what listens at ${proxy} is not an HTTP proxy`,
    why:
      outcome.kind === 'not-http'
        ? `${outcome.goText === undefined ? 'CONNECT' : 'A SOCKS greeting'} was sent to it and it answered "${shown(outcome.head)}". ${whatItIs(outcome.head)}`
        : `It answered CONNECT with ${statusWords(outcome)}, as a web server does that knows no CONNECT. HTTPS_PROXY names a port of another service.`,
    fixes: [
      fix({
        title: 'look what HTTPS_PROXY says, and ask for the right address',
        shell: 'bash',
        commands: ['env | grep -i _proxy'],
        checkedHow: "needs the proxy's right address",
      }),
      ...placeFixes(seen.proxySetting?.setAt, (line) => `then correct ${line}, which sets ${seen.proxySetting?.variable ?? 'HTTPS_PROXY'}`),
    ],
  }),
})

/** What the first octets of the answer tell of the service. */
function whatItIs(head: string): string {
  if (/^[\x14-\x17]\x03/.test(head))
    return 'These are octets of TLS: the port wants TLS from the first byte. If it is the proxy, write https:// in HTTPS_PROXY.'
  if (/^\x05[\x00-\x02\xff]/.test(head)) return 'These are octets of SOCKS 5: write socks5:// in HTTPS_PROXY.'
  return 'HTTPS_PROXY names a port of another service.'
}

/** 2xx other than 200 makes no tunnel; 400, 404, 405 and 501 are what web servers say to CONNECT. */
function isWebServerAnswer(status: number): boolean {
  return [400, 404, 405, 501].includes(status) || (status > 200 && status < 300) || status < 200
}
