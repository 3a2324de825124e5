import type { Confidence, Stage } from '../../contract/terms.ts'
import { shown } from '../captured.ts'
import { defineCause } from '../cause.ts'
import { NO_HELP_FOR_PROXIES, variableFixes } from '../fixes.ts'
import type { Observation } from '../observation.ts'
import { proxyName } from '../proxy-cause.ts'
import { isHost } from '../remedy.ts'
import { placeFixes, proxySettingLines } from '../where-set.ts'

interface Evidence {
  readonly proxy: string
  readonly scheme: 'https' | 'socks5'
  /** In clear on this connection, or to a second one without TLS. */
  readonly seenBy: 'answer' | 'second-look'
  /** Status line or first octets, "" where only the second look told. */
  readonly head: string
  readonly goText: string | null
}

/** HTTPS_PROXY says https:// (or socks5://), and the proxy answers in plain HTTP. */
export const proxySchemeWrong = defineCause({
  id: 'proxy-scheme-wrong',
  meaning: 'HTTPS_PROXY says https:// but the proxy speaks plain HTTP',
  fault: 'client-config',
  detect: (seen) => (seen.outcome === 'failed' ? (insteadOfTls(seen) ?? insteadOfSocks(seen)) : undefined),
  goText: ({ goText }: Evidence) => goText ?? undefined,
  explain: ({ proxy, scheme, seenBy, head }: Evidence, seen) => ({
    title: `HTTPS_PROXY says ${scheme}://, but the proxy ${proxy} speaks plain HTTP`,
    why: `The scheme in HTTPS_PROXY says how go speaks to the proxy, not what goes through it: with ${scheme}:// go begins with ${scheme === 'https' ? 'a TLS handshake' : 'a SOCKS greeting'} with the proxy. Most company proxies take plain HTTP, and https modules go through them all the same.`,
    evidence: [
      seenBy === 'answer'
        ? {
            text: `the proxy answered ${scheme === 'https' ? 'the ClientHello' : 'the SOCKS greeting'} with "${head}"`,
            source: 'wire',
            ref: null,
          }
        : { text: 'the proxy said nothing in TLS; a second connection in plain HTTP got an HTTP answer', source: 'probe', ref: null },
      ...proxySettingLines(seen),
    ],
    fixes: [
      ...variableFixes('HTTPS_PROXY', `http://${addressWord(proxy)}`, {
        title: 'write http:// in front of the same address (and your user as before, where there was one)',
        checkedHow: 'try it in this shell; then set it where HTTPS_PROXY comes from',
      }),
      ...placeFixes(seen.proxySetting?.setAt, (line) => `for good: write http:// in ${line}`),
    ],
    willNotHelp: NO_HELP_FOR_PROXIES,
  }),
})

function insteadOfTls(seen: Observation) {
  const { parentTls } = seen
  if (parentTls == null || parentTls.ending === null) return undefined
  const { notTls } = parentTls.transcript
  const base = { proxy: proxyName(seen), scheme: 'https' as const, goText: parentTls.goText && `proxyconnect tcp: ${parentTls.goText}` }
  if (notTls?.kind === 'http') return found({ ...base, seenBy: 'answer', head: notTls.statusLine ?? '' }, 'server-hello', 'certain')
  return parentTls.answersPlainHttp === true ? found({ ...base, seenBy: 'second-look', head: '' }, 'client-hello', 'high') : undefined
}

function insteadOfSocks(seen: Observation) {
  const { connect } = seen
  if (connect?.kind !== 'not-http' || connect.goText === undefined || !/^HT/.test(connect.head)) return undefined
  const head = connect.head.split(/[\r\n]/, 1)[0] ?? ''
  return found({ proxy: proxyName(seen), scheme: 'socks5', seenBy: 'answer', head, goText: connect.goText }, 'proxy-connect', 'certain')
}

function found(evidence: Evidence, stage: Stage, confidence: Confidence) {
  return { evidence: { ...evidence, head: shown(evidence.head) }, leg: 'parent' as const, stage, confidence }
}

/** host:port where it is safe in a command, else a placeholder. */
function addressWord(address: string): string {
  const match = /^(.*):(\d{1,5})$/.exec(address)
  return match?.[1] !== undefined && isHost(match[1]) && !match[1].includes(':') ? address : 'PROXY:PORT'
}
