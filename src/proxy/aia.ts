/** Fetches the issuer certificate that a leaf names (authorityInfoAccess, RFC 5280 section 4.2.2.1), within narrow limits. */

import type { Socket } from 'node:net'
import { isIP } from 'node:net'
import { dial } from './dial.ts'
import { type AddressBlock, isInBlock, joinHostPort, parseAddressBlock, parseIpAddress } from './ip-address.ts'
import type { Resolve } from './resolve.ts'
import { chooseRoute, type ProxyEnvironment } from './route.ts'

export interface AiaRequest {
  /** As it stands in the certificate. Hostile text. */
  readonly url: string
  readonly env: ProxyEnvironment
  readonly resolve: Resolve
  /** Address of the failing host; private addresses are allowed only if it is private itself. */
  readonly failingAddress: string | null
  readonly signal: AbortSignal
}

/** Why nothing was fetched, for people. */
export class AiaError extends Error {
  override readonly name = 'AiaError'
}

const LIMIT_BYTES = 64 * 1024
const LIMIT_MS = 5_000

/**
 * GET one certificate: http only, no redirect, 64 KiB, 5 s, by go's route, never to a private address unless the failing host has one.
 * @returns the octets of the body; whoever asked verifies them, nothing here is trusted
 * @throws AiaError
 */
export async function fetchIssuer(request: AiaRequest): Promise<Uint8Array> {
  const url = parseUrl(request.url)
  const signal = AbortSignal.any([request.signal, AbortSignal.timeout(LIMIT_MS)])
  try {
    const { socket, target, headers } = await connectTo(url, request, signal)
    return await exchange(socket, `GET ${target} HTTP/1.1\r\nHost: ${url.host}\r\n${headers}Connection: close\r\n\r\n`, signal)
  } catch (error) {
    if (error instanceof AiaError) throw error
    throw new AiaError(signal.aborted ? `no answer within ${LIMIT_MS / 1000} s` : error instanceof Error ? error.message : String(error))
  }
}

function parseUrl(text: string): URL {
  if (!URL.canParse(text)) throw new AiaError('the certificate names something that is no URL')
  const url = new URL(text)
  if (url.protocol !== 'http:' || url.username !== '') throw new AiaError('only plain http URLs are fetched')
  return url
}

/** A socket on which the request can be written, with its request-target and the header lines that the route needs. */
interface Connected {
  readonly socket: Socket
  readonly target: string
  readonly headers: string
}

async function connectTo(url: URL, request: AiaRequest, signal: AbortSignal): Promise<Connected> {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  const port = Number(url.port || 80)
  const route = chooseRoute(request.env, 'http', host, port)
  if (route.kind === 'refused') throw new AiaError(route.goText)
  const path = `${url.pathname}${url.search}`
  if (route.kind === 'direct') {
    const { socket } = await dial({ host, port, leg: 'upstream', resolve: resolvePublic(request), signal })
    return { socket, target: path, headers: '' }
  }
  if (isIP(host) > 0) refusePrivate([host], request.failingAddress)
  const { proxy } = route
  if (proxy.kind !== 'http-proxy') throw new AiaError(`a proxy of kind ${proxy.kind} is not supported yet`)
  const { socket } = await dial({ host: proxy.host, port: proxy.port, leg: 'parent', resolve: request.resolve, signal })
  const headers = proxy.authorization === null ? '' : `Proxy-Authorization: ${proxy.authorization}\r\n`
  return { socket, target: `http://${joinHostPort(host, port)}${path}`, headers }
}

/** The resolver of go's route, without addresses that the certificate must not lead to. */
function resolvePublic({ resolve, failingAddress }: AiaRequest): Resolve {
  return async (name, port) => {
    const resolved = await resolve(name, port)
    refusePrivate(resolved.addresses, failingAddress)
    return resolved
  }
}

const PRIVATE_BLOCKS: readonly AddressBlock[] = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '224.0.0.0/3',
  '::/127',
  '::ffff:0:0/96',
  'fc00::/7',
  'fe80::/10',
  'ff00::/8',
]
  .map((text) => parseAddressBlock(text))
  .filter((block) => block !== undefined)

/** True for addresses that are not of the public internet. */
export function isPrivateAddress(address: string): boolean {
  const octets = parseIpAddress(address)
  return octets === undefined || PRIVATE_BLOCKS.some((block) => isInBlock(octets, block))
}

function refusePrivate(addresses: readonly string[], failingAddress: string | null): void {
  if (failingAddress !== null && isPrivateAddress(failingAddress)) return
  const found = addresses.find(isPrivateAddress)
  if (found !== undefined) throw new AiaError(`${found} is no public address`)
}

async function exchange(socket: Socket, head: string, signal: AbortSignal): Promise<Uint8Array> {
  const onAbort = () => socket.destroy(new AiaError(`no whole answer within ${LIMIT_MS / 1000} s`))
  signal.addEventListener('abort', onAbort)
  const parts: Buffer[] = []
  let length = 0
  try {
    socket.write(head, 'latin1')
    for await (const octets of socket) {
      parts.push(octets)
      length += octets.length
      if (length > LIMIT_BYTES) throw new AiaError('the answer is longer than 64 KiB')
      if (isWhole(Buffer.concat(parts))) break
    }
    return readBody(Buffer.concat(parts))
  } finally {
    signal.removeEventListener('abort', onAbort)
    socket.destroy()
  }
}

/** Everything that Content-Length announces has come: a server that keeps the connection open is not waited for. */
function isWhole(octets: Buffer): boolean {
  const end = octets.indexOf('\r\n\r\n')
  const length = /\r\ncontent-length:\s*(\d+)/i.exec(octets.subarray(0, Math.max(end, 0)).toString('latin1'))?.[1]
  return length !== undefined && octets.length >= end + 4 + Number(length)
}

function readBody(octets: Buffer): Uint8Array {
  const end = octets.indexOf('\r\n\r\n')
  const status = /^HTTP\/1\.[01] (\d{3})/.exec(octets.subarray(0, 16).toString('latin1'))?.[1]
  if (end < 0 || status === undefined) throw new AiaError('the answer is not HTTP')
  if (status !== '200') throw new AiaError(`the answer has status ${status}`)
  const isChunked = /\r\ntransfer-encoding:\s*chunked/i.test(octets.subarray(0, end).toString('latin1'))
  const body = octets.subarray(end + 4)
  return isChunked ? joinChunks(body) : body
}

/** RFC 9112 section 7.1; what is cut or malformed ends the body. */
function joinChunks(body: Buffer): Uint8Array {
  const parts: Buffer[] = []
  let at = 0
  while (at < body.length) {
    const lineEnd = body.indexOf('\r\n', at)
    const size = lineEnd < 0 ? 0 : Number.parseInt(body.subarray(at, lineEnd).toString('latin1'), 16)
    if (!(size > 0)) break
    parts.push(body.subarray(lineEnd + 2, lineEnd + 2 + size))
    at = lineEnd + 2 + size + 2
  }
  return Buffer.concat(parts)
}
