import { HOP_BY_HOP, readPairs } from './header-field.ts'
import type { ParentProxy } from './route.ts'

/**
 * Write the CONNECT request for a parent proxy as go would: the client's own header fields in their order, without those that are for us,
 * and the parent's credentials at once.
 * @param authority `host:port` as the client sent it
 * @param rawHeaders names and values in turn, as http.IncomingMessage has them
 */
export function writeConnectRequest(authority: string, rawHeaders: readonly string[], proxy: ParentProxy, viaToken: string): string {
  const pairs = readPairs(rawHeaders)
  const via = pairs.filter(([name]) => name.toLowerCase() === 'via').map(([, value]) => value)
  const kept = pairs.filter(([name]) => !HOP_BY_HOP.has(name.toLowerCase()) && name.toLowerCase() !== 'via')
  const credentials = proxy.authorization === null ? [] : [['Proxy-Authorization', proxy.authorization]]
  const fields = [...kept, ...credentials, ['Via', [...via, `1.1 ${viaToken}`].join(', ')]]
  return `CONNECT ${authority} HTTP/1.1\r\n${fields.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`
}
