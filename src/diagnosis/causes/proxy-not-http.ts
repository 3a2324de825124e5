import { shown } from '../captured.ts'
import { fix } from '../fixes.ts'
import { proxyCause, reasonText, statusWords } from '../proxy-cause.ts'

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
  words: ({ proxy, outcome }) => ({
    title: `what listens at ${proxy} is not an HTTP proxy`,
    why:
      outcome.kind === 'not-http'
        ? `CONNECT was sent to it and it answered "${shown(outcome.head)}". HTTPS_PROXY names a port of another service.`
        : `It answered CONNECT with ${statusWords(outcome)}, as a web server does that knows no CONNECT. HTTPS_PROXY names a port of another service.`,
    fixes: [
      fix({
        title: 'look what HTTPS_PROXY says, and ask for the right address',
        shell: 'bash',
        commands: ['env | grep -i _proxy'],
        checkedHow: "needs the proxy's right address",
      }),
    ],
  }),
})

/** 2xx other than 200 makes no tunnel; 400, 404, 405 and 501 are what web servers say to CONNECT. */
function isWebServerAnswer(status: number): boolean {
  return [400, 404, 405, 501].includes(status) || (status > 200 && status < 300) || status < 200
}
