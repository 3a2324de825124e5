/** What a request is answered with, as a value; `send` writes it. */
import type { ServerResponse } from 'node:http'
import { SECURITY_HEADERS } from './gate.ts'
import type { Problem } from './protocol.ts'

export interface Answer {
  readonly status: number
  readonly type: string
  readonly body: string | Uint8Array
  readonly headers?: Readonly<Record<string, string>>
}

/** A JSON document. */
export function jsonAnswer(value: unknown, headers: Readonly<Record<string, string>> = {}, status = 200): Answer {
  return { status, type: 'application/json; charset=utf-8', body: JSON.stringify(value), headers }
}

/** An error, as RFC 9457 has it, with our three fields. */
export function problemAnswer(status: number, problem: Problem, headers: Readonly<Record<string, string>> = {}): Answer {
  const body = JSON.stringify({ title: problem.code, status, ...problem })
  return { status, type: 'application/problem+json; charset=utf-8', body, headers }
}

/** A file to save. `name` is ours, never captured text. */
export function fileAnswer(name: string, type: string, body: string | Uint8Array): Answer {
  return { status: 200, type, body, headers: { 'Content-Disposition': `attachment; filename="${name}"` } }
}

/** Write an answer with the security headers; nothing of the API is cached unless the answer says how. */
export function send(response: ServerResponse, answer: Answer, isHead: boolean): void {
  const body = typeof answer.body === 'string' ? Buffer.from(answer.body) : answer.body
  const headers = { 'Cache-Control': 'no-store', ...SECURITY_HEADERS, ...answer.headers }
  const isEmpty = answer.status === 304
  response.writeHead(answer.status, isEmpty ? headers : { 'Content-Type': answer.type, 'Content-Length': body.byteLength, ...headers })
  response.end(isHead || isEmpty ? undefined : body)
}
