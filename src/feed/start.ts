/** Serve the page, its API and its websocket on one loopback port. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { FilterError } from '../filter/filter.ts'
import { StoreError } from '../store/error.ts'
import { type Answer, problemAnswer, send } from './answer.ts'
import {
  bearerToken,
  HOST_REFUSED,
  isHostAllowed,
  isSameOrigin,
  isSameToken,
  LOOPBACK_HOSTS,
  ORIGIN_REFUSED,
  TOKEN_REFUSED,
} from './gate.ts'
import { type Problem, SUBPROTOCOL } from './protocol.ts'
import { answerApi, NOT_FOUND, type Sources, wrongMethod } from './routes.ts'
import { PageSockets, SOCKET_TIMES, type SocketTimes } from './sockets.ts'

export interface FeedOptions extends Sources {
  readonly token: string
  readonly host: '127.0.0.1'
  /** 0 = any free one. */
  readonly port: number
  /** More names that the Host header may have. */
  readonly allowedHosts?: readonly string[]
  /** A file of the page by its name (`index.html`). */
  readonly assets: (name: string) => { readonly body: Uint8Array; readonly type: string } | undefined
  /** Tests shorten them. */
  readonly times?: SocketTimes
}

export interface Feed {
  readonly port: number
  /** Without the token. */
  readonly url: string
  /** Says goodbye to the pages and frees the port. */
  readonly close: () => Promise<void>
}

/** Start serving. @throws the listener's error (EADDRINUSE, EACCES) */
export async function startFeed(options: FeedOptions): Promise<Feed> {
  const sockets = new PageSockets(options.store, options.times ?? SOCKET_TIMES)
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 5_000 })
  const gate = { ...options, hosts: [...LOOPBACK_HOSTS, ...(options.allowedHosts ?? []).map((name) => name.toLowerCase())] }
  server.on('request', (request, response) => void serve(gate, request, response))
  server.on('upgrade', (request, stream, head) => upgrade(gate, sockets, request, stream, head))
  const port = await listen(server, options).catch((error: unknown) => {
    sockets.close('whytls could not start')
    throw error
  })
  return { port, url: `http://${options.host}:${port}/`, close: () => stop(server, sockets) }
}

interface Gate extends FeedOptions {
  readonly hosts: readonly string[]
}

async function serve(gate: Gate, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const answer = await answerRequest(gate, request).catch(explain)
  request.resume()
  send(response, answer, request.method === 'HEAD')
}

async function answerRequest(gate: Gate, request: IncomingMessage): Promise<Answer> {
  const { headers, method = 'GET' } = request
  if (!isHostAllowed(headers, gate.hosts)) return problemAnswer(403, HOST_REFUSED)
  const url = readUrl(request)
  if (url === null) return NOT_FOUND
  if (!url.pathname.startsWith(API)) return answerAsset(gate, url.pathname, method)
  if (headers.origin !== undefined && !isSameOrigin(headers)) return problemAnswer(403, ORIGIN_REFUSED)
  if (!isSameToken(bearerToken(headers), gate.token)) return problemAnswer(401, TOKEN_REFUSED, { 'WWW-Authenticate': 'Bearer' })
  return answerApi(gate, {
    method,
    path: url.pathname.slice(API.length),
    query: url.searchParams,
    body: method === 'POST' ? await readBody(request) : '',
    ifNoneMatch: headers['if-none-match'],
    isMarked: headers['x-whytls'] === '1',
  })
}

/** Text of at most 1 MiB; what is longer is left out. */
async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = []
  let lengthBytes = 0
  for await (const chunk of request) {
    const octets: Uint8Array = chunk
    if (lengthBytes < MOST_BODY) chunks.push(octets.subarray(0, MOST_BODY - lengthBytes))
    lengthBytes += octets.length
    if (lengthBytes > 4 * MOST_BODY) break
  }
  return Buffer.concat(chunks).toString('utf8')
}

const MOST_BODY = 1 << 20

/** The page itself needs no token: it holds nothing but code, and reads the token from its fragment. */
function answerAsset({ assets }: Gate, path: string, method: string): Answer {
  if (method !== 'GET' && method !== 'HEAD') return wrongMethod('GET, HEAD')
  const asset = assets(path === '/' ? 'index.html' : path.slice(1))
  return asset === undefined ? NOT_FOUND : { status: 200, ...asset, headers: { 'Cache-Control': 'no-cache' } }
}

function upgrade(gate: Gate, sockets: PageSockets, request: IncomingMessage, stream: Duplex, head: Buffer): void {
  stream.on('error', () => stream.destroy())
  const refusal = refuseUpgrade(gate, request)
  if (refusal === null) sockets.accept(request, stream, head)
  else refuse(stream, ...refusal)
}

function refuse(stream: Duplex, status: string, problem: Problem): void {
  const body = JSON.stringify(problem)
  stream.end(
    `HTTP/1.1 ${status}\r\nContent-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
}

/** A browser cannot set headers on a websocket, so the token comes as a second subprotocol, `t.TOKEN`. It is never sent back. */
function refuseUpgrade(gate: Gate, request: IncomingMessage): readonly [status: string, problem: Problem] | null {
  const { headers } = request
  if (!isHostAllowed(headers, gate.hosts)) return ['403 Forbidden', HOST_REFUSED]
  if (!isSameOrigin(headers)) return ['403 Forbidden', ORIGIN_REFUSED]
  if (readUrl(request)?.pathname !== `${API}events`) return ['404 Not Found', NO_SOCKET]
  const offered = (headers['sec-websocket-protocol'] ?? '').split(',').map((one) => one.trim())
  if (!offered.includes(SUBPROTOCOL)) return ['400 Bad Request', WRONG_SUBPROTOCOL]
  const token = offered.find((one) => one.startsWith('t.'))?.slice(2) ?? ''
  return isSameToken(token, gate.token) ? null : ['401 Unauthorized', TOKEN_REFUSED]
}

function explain(error: unknown): Answer {
  if (error instanceof FilterError) {
    return problemAnswer(400, { code: 'filter', detail: `at ${error.offset}: ${error.message}`, hint: 'see the filter help of the page' })
  }
  if (error instanceof StoreError) return problemAnswer(503, { code: `store-${error.code}`, detail: error.message, hint: error.fix })
  const detail = error instanceof Error ? error.message : String(error)
  return problemAnswer(500, { code: 'internal', detail, hint: 'this is a defect of whytls; please report it' })
}

function readUrl(request: IncomingMessage): URL | null {
  return URL.canParse(request.url ?? '', 'http://page') ? new URL(request.url ?? '', 'http://page') : null
}

function listen(server: Server, { host, port }: FeedOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      const address = server.address() as AddressInfo // a TCP listener has no other kind of address
      resolve(address.port)
    })
  })
}

async function stop(server: Server, sockets: PageSockets): Promise<void> {
  sockets.close('whytls was stopped')
  await new Promise<void>((resolve) => {
    server.close(() => resolve())
    server.closeIdleConnections()
    setTimeout(() => server.closeAllConnections(), 250).unref()
  })
}

const API = '/api/v1/'

const NO_SOCKET: Problem = { code: 'not-found', detail: 'there is no websocket under this address', hint: `use ${API}events` }

const WRONG_SUBPROTOCOL: Problem = {
  code: 'wrong-subprotocol',
  detail: `this server speaks the subprotocol ${SUBPROTOCOL} only`,
  hint: 'reload the page; it may come from another version of whytls',
}
