/** Answers the GOPROXY protocol (`go help goproxy`) for small modules made on the spot. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import { packZip } from './zip.ts'

/** The module that every lab case serves. */
export const LAB_MODULE = { path: 'lab.whytls.test/hello', version: 'v1.0.0' } as const

/** One answer, whichever HTTP version carries it. */
export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

export type Responder = (path: string) => Reply
export type AnyRequest = IncomingMessage | Http2ServerRequest
export type AnyResponse = ServerResponse | Http2ServerResponse

/** Answer for `/MODULE/@v/VERSION.info`, `.mod`, `.zip` and `/@v/list`; any module path is served, with version v1.0.0 only. */
export function respondAsModuleProxy(path: string): Reply {
  const [, module = '', file = ''] = /^\/(.+)\/@v\/([^/]+)$/.exec(path) ?? []
  if (file === 'list') return textReply(200, `${LAB_MODULE.version}\n`)
  if (file === `${LAB_MODULE.version}.info`) return jsonReply({ Version: LAB_MODULE.version, Time: '2024-01-01T00:00:00Z' })
  if (file === `${LAB_MODULE.version}.mod`) return textReply(200, goMod(module))
  if (file === `${LAB_MODULE.version}.zip`) return { status: 200, headers: { 'content-type': 'application/zip' }, body: moduleZip(module) }
  return textReply(404, `not found: ${module}: the lab serves ${LAB_MODULE.version} only`)
}

/** A text/plain answer; go shows such a body under its own line. */
export function textReply(status: number, text: string, headers: Readonly<Record<string, string>> = {}): Reply {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8', ...headers }, body: Buffer.from(text) }
}

/** Write a reply through HTTP/1.1 or HTTP/2. */
export function sendReply(response: AnyResponse, reply: Reply): void {
  response.writeHead(reply.status, { ...reply.headers, 'content-length': String(reply.body.length) })
  response.end(reply.body)
}

/** Announce the whole body, send its first octets and end the connection (HTTP/1.1) or the stream (HTTP/2) under it. */
export function sendTruncated(response: AnyResponse, reply: Reply, lengthBytes: number): void {
  const part = reply.body.subarray(0, lengthBytes)
  response.writeHead(reply.status, { ...reply.headers, 'content-length': String(reply.body.length) })
  if ('stream' in response) response.stream.write(part, () => response.stream.close(INTERNAL_ERROR))
  else response.write(part, () => response.socket?.destroy())
}

const INTERNAL_ERROR = 2

function jsonReply(value: unknown): Reply {
  return { status: 200, headers: { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify(value)) }
}

function goMod(module: string): string {
  return `module ${module}\n\ngo 1.20\n`
}

function moduleZip(module: string): Buffer {
  const root = `${module}@${LAB_MODULE.version}`
  const source = `// Package hello comes from the lab.\npackage hello\n\n// Greeting says that the download worked.\nconst Greeting = "hello"\n`
  return packZip([
    { name: `${root}/go.mod`, content: Buffer.from(goMod(module)) },
    { name: `${root}/hello.go`, content: Buffer.from(source) },
  ])
}
