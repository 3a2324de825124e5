import { request } from 'node:http'
import { isLoopback, joinHostPort, parseIpAddress } from './ip-address.ts'
import type { ParentProxy } from './route.ts'

/** What a proxy setting leads to: a whytls that goes on directly, one that has a parent proxy of its own, or something else. */
export type Recognised = 'whytls' | 'chained-whytls' | 'other'

/** Answers for one proxy, asking at most once. */
export type Recognise = (proxy: ParentProxy) => Promise<Recognised>

/** Field by which a whytls tells another that it has a parent proxy. */
export const CHAINED_FIELD = 'Whytls-Parent'

/** A whytls on loopback answers at once, on a busy machine a little later; anything else is waited for only once. */
const PATIENCE_MS = 1_000

/**
 * Make a recogniser for one process. Only proxies at loopback addresses are asked (`OPTIONS *`, without credentials): whytls listens there,
 * and nobody else's proxy gets a request that go would not send.
 */
export function createRecogniser(): Recognise {
  const answers = new Map<string, Promise<Recognised>>()
  return (proxy) => {
    if (proxy.kind !== 'http-proxy' || !isOnLoopback(proxy.host) || proxy.port < 1 || proxy.port > 65_535) return Promise.resolve('other')
    const address = joinHostPort(proxy.host, proxy.port)
    const answer = answers.get(address) ?? ask(proxy)
    answers.set(address, answer)
    return answer
  }
}

function isOnLoopback(host: string): boolean {
  const octets = parseIpAddress(host)
  return host === 'localhost' || (octets !== undefined && isLoopback(octets))
}

function ask(proxy: ParentProxy): Promise<Recognised> {
  return new Promise((resolve) => {
    const question = request({ host: proxy.host, port: proxy.port, method: 'OPTIONS', path: '*', agent: false, timeout: PATIENCE_MS })
    const finish = (answer: Recognised) => {
      question.destroy()
      resolve(answer)
    }
    question.once('response', ({ headers }) => {
      const isWhytls = /\bwhytls-[0-9a-f]{12}\b/.test(headers.via ?? '')
      const isChained = headers[CHAINED_FIELD.toLowerCase()] === 'yes'
      finish(isWhytls ? (isChained ? 'chained-whytls' : 'whytls') : 'other')
    })
    question.on('timeout', () => finish('other'))
    question.on('error', () => finish('other'))
    question.end()
  })
}
