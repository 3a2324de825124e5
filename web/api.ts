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
  await ask(`/api/v1/handshakes/${id}/${kind}`, asText, { method: 'POST' })
}

/** End the look that runs at the host of a handshake. @throws RequestFailed */
export async function postStop(id: number): Promise<void> {
  await ask(`/api/v1/handshakes/${id}/stop`, asText, { method: 'POST' })
}

/** Causes of a pasted error; nothing of it is kept. @throws RequestFailed */
export async function postExplain(text: string): Promise<readonly PasteExplanation[]> {
  const answer = parseVisible(await ask('/api/v1/explain', asText, { method: 'POST', body: text }), true) as {
    readonly explanations: readonly PasteExplanation[]
  }
  return answer.explanations
}

/** Save a file of the API under a name of ours. The token travels in a header, so a plain link could not do it. @throws RequestFailed */
export async function saveFile(path: string, name: string): Promise<void> {
  const url = URL.createObjectURL(await ask(path, (answer) => answer.blob()))
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
  return parseVisible(await ask(path, asText), true)
}

const asText = (answer: Response): Promise<string> => answer.text()

/** Ask and read the whole answer: a server can also be gone, or hang, in the middle of it. */
async function ask<T>(path: string, read: (answer: Response) => Promise<T>, { method = 'GET', body = '' } = {}): Promise<T> {
  const isPost = method === 'POST'
  const headers = { Authorization: `Bearer ${currentToken()}`, ...(isPost ? { 'X-Whytls': '1' } : {}) }
  const signal = AbortSignal.timeout(ANSWER_MS)
  try {
    const answer = await fetch(path, { method, headers, signal, cache: 'no-store', ...(isPost ? { body } : {}) })
    if (answer.ok) return await read(answer)
    throw new RequestFailed(answer.status, readProblem(answer.status, await answer.text()), path)
  } catch (error) {
    throw error instanceof RequestFailed ? error : new RequestFailed(0, UNREACHABLE, path)
  }
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

/** On loopback the longest answer, a capture file of many probes, is there within a second. */
const ANSWER_MS = 20_000

const UNREACHABLE: Problem = {
  code: 'unreachable',
  detail: 'whytls does not answer.',
  hint: 'Start it again (whytls); this page then goes on by itself.',
}

const NOT_IN_FILE: Problem = {
  code: 'not-found',
  detail: 'This file does not hold it.',
  hint: 'Where it was written, `whytls report ID --html` writes a file of this one.',
}

const REFUSED: Problem = {
  code: 'token-refused',
  detail: 'This page has no token that whytls accepts.',
  hint: 'Open the link that whytls printed when it started: it ends in #t=…',
}
