/** Requests to the server that served this page: same origin, token in a header, answers made visible. */
import type { Comparison } from '../src/contract/comparison.ts'
import type { PasteExplanation } from '../src/diagnosis/explain-paste.ts'
import type { HandshakeDetail, LaterVerdict, MessageList, Meta, ProbeKind, Problem } from '../src/feed/protocol.ts'
import type { HandshakeRow } from '../src/store/store.ts'
import { inlined } from './inlined.ts'
import { currentToken } from './token.ts'
import { parseVisible } from './visible.ts'

/** A request that brought nothing, in words: what, where and what to do. */
export class RequestFailed extends Error {
  readonly status: number
  readonly code: string
  readonly where: string
  readonly hint: string
  constructor(status: number, problem: Problem, where: string) {
    super(problem.detail)
    this.status = status
    this.code = problem.code
    this.where = where
    this.hint = problem.hint
  }
}

/** @throws RequestFailed */
export function fetchMeta(): Promise<Meta> {
  return fetchJson('/api/v1/meta') as Promise<Meta>
}

/** @throws RequestFailed */
export function fetchDetail(id: number): Promise<HandshakeDetail> {
  return fetchJson(`/api/v1/handshakes/${id}`) as Promise<HandshakeDetail>
}

/** @throws RequestFailed */
export function fetchMessages(id: number): Promise<MessageList> {
  return fetchJson(`/api/v1/handshakes/${id}/messages`) as Promise<MessageList>
}

/** @throws RequestFailed */
export function fetchComparison(a: number, b: number): Promise<Comparison> {
  return fetchJson(`/api/v1/compare?a=${a}&b=${b}`) as Promise<Comparison>
}

/** Rows older than the row `before` that match a filter, newest first. @throws RequestFailed */
export async function fetchOlder(before: number, limit: number, q: string): Promise<readonly HandshakeRow[]> {
  const answer = (await fetchJson(`/api/v1/handshakes?before=${before}&limit=${limit}&q=${encodeURIComponent(q)}`)) as {
    readonly rows: readonly HandshakeRow[]
  }
  return answer.rows
}

/** What go would say of the chain at another moment. @throws RequestFailed */
export function fetchVerdict(id: number, at: string): Promise<LaterVerdict> {
  return fetchJson(`/api/v1/handshakes/${id}/verdict?at=${encodeURIComponent(at)}`) as Promise<LaterVerdict>
}

/** Start a look of whytls at the host of a handshake; its row comes by the feed. @throws RequestFailed */
export async function postProbe(id: number, kind: ProbeKind): Promise<void> {
  await ask(`/api/v1/handshakes/${id}/${kind}`, 'POST', '')
}

/** Causes of a pasted error; nothing of it is kept. @throws RequestFailed */
export async function postExplain(text: string): Promise<readonly PasteExplanation[]> {
  const answer = parseVisible(await (await ask('/api/v1/explain', 'POST', text)).text(), true) as {
    readonly explanations: readonly PasteExplanation[]
  }
  return answer.explanations
}

/** Save a file of the API under a name of ours. The token travels in a header, so a plain link could not do it. @throws RequestFailed */
export async function saveFile(path: string, name: string): Promise<void> {
  const url = URL.createObjectURL(await (await ask(path, 'GET')).blob())
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}

async function fetchJson(path: string): Promise<unknown> {
  if (inlined !== null) {
    if (Object.hasOwn(inlined.answers, path)) return inlined.answers[path]
    throw new RequestFailed(404, NOT_IN_FILE, path)
  }
  return parseVisible(await (await ask(path, 'GET')).text(), true)
}

async function ask(path: string, method: 'GET' | 'POST', body?: string): Promise<Response> {
  const mark: Record<string, string> = method === 'POST' ? { 'X-Whytls': '1' } : {}
  const headers = { Authorization: `Bearer ${currentToken()}`, ...mark }
  const answer = await fetch(path, { method, headers, cache: 'no-store', ...(body === undefined ? {} : { body }) }).catch(() => null)
  if (answer === null) throw new RequestFailed(0, UNREACHABLE, path)
  if (answer.ok) return answer
  throw new RequestFailed(answer.status, readProblem(answer.status, await answer.text()), path)
}

function readProblem(status: number, text: string): Problem {
  if (status === 401) return REFUSED
  try {
    const problem = parseVisible(text) as Partial<Problem>
    if (typeof problem.detail === 'string')
      return { code: problem.code ?? `http-${status}`, detail: problem.detail, hint: problem.hint ?? '' }
  } catch {
    // not JSON: the status says all there is
  }
  return {
    code: `http-${status}`,
    detail: `whytls answered with HTTP status ${status}.`,
    hint: 'Reload the page; if it stays, look at the terminal of whytls.',
  }
}

const UNREACHABLE: Problem = {
  code: 'unreachable',
  detail: 'whytls does not answer.',
  hint: 'Start it again (whytls); this page then goes on by itself.',
}

const NOT_IN_FILE: Problem = {
  code: 'not-found',
  detail: 'This file does not hold it.',
  hint: 'Open it in the page of whytls itself, or write another report.',
}

const REFUSED: Problem = {
  code: 'token-refused',
  detail: 'This page has no token that whytls accepts.',
  hint: 'Open the link that whytls printed when it started: it ends in #t=…',
}
