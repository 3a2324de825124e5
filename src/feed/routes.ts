/** The HTTP routes of the API, version 1. */
import { createHash } from 'node:crypto'
import type { Handshake } from '../contract/handshake.ts'
import { explainPaste } from '../diagnosis/explain-paste.ts'
import { compareHandshakes } from '../report/compare.ts'
import type { Store } from '../store/store.ts'
import { type Answer, jsonAnswer, problemAnswer } from './answer.ts'
import { describeHandshake, describeRun } from './describe.ts'
import { answerDownload } from './downloads.ts'
import { listMessages } from './messages.ts'
import type { LaterVerdict, Meta, ProbeKind } from './protocol.ts'

/** What the routes read from. */
export interface Sources {
  readonly store: Store
  readonly meta: () => Meta
  /** Starts a look of our own at a host that go went to; absent: probes are switched off. Its row appears by itself. */
  readonly startProbe?: (handshake: Handshake, kind: ProbeKind) => Promise<ProbeStart>
  /** End the look that runs at the host of a handshake; its row says what was seen until then. False where none runs. */
  readonly stopProbe?: (handshake: Handshake) => boolean
  /** The verdict on a stored chain at another moment; null where no chain or no roots are known. Absent: nobody can tell. */
  readonly judgeAt?: (handshake: Handshake, at: Date) => LaterVerdict | null
}

/** Whether a probe was started: `busy` while one of the same host runs, `not-gos` where go itself never went. */
export type ProbeStart = { readonly job: number } | 'busy' | 'not-gos' | 'unreadable'

/** A request as far as the routes care. */
export interface ApiRequest {
  readonly method: string
  /** Path after `/api/v1/`. */
  readonly path: string
  readonly query: URLSearchParams
  readonly ifNoneMatch: string | undefined
  /** The body of a POST, at most 1 MiB of text; "" for all others. */
  readonly body: string
  /** The header `X-Whytls` was there: no page of another origin can send it. */
  readonly isMarked: boolean
}

/** Answer a request whose Host, Origin and token were right. @throws FilterError, StoreError */
export async function answerApi(sources: Sources, request: ApiRequest): Promise<Answer> {
  const parts = request.path.split('/')
  if (request.method === 'POST') return request.path === 'explain' ? explain(request) : startProbe(sources, request, parts)
  if (request.method !== 'GET' && request.method !== 'HEAD') return wrongMethod('GET, HEAD')
  const [collection = '', idText, sub, ...more] = parts
  if (more.length > 0) return NOT_FOUND
  if (idText === undefined) return answerCollection(sources, collection, request.query)
  const id = readId(idText)
  if (id === undefined) return NOT_FOUND
  if (collection === 'runs' && sub === undefined)
    return orNotFound(sources.store.run(id), (run) => jsonAnswer(describeRun(sources.store, run.id)))
  if (collection !== 'handshakes') return NOT_FOUND
  return orNotFound(sources.store.handshake(id), (handshake) => answerHandshake(sources, handshake, sub, request))
}

function compare(store: Store, a: number | undefined, b: number | undefined): Answer {
  if (a === undefined || b === undefined) return BAD_PAIR
  const [left, right] = [store.handshake(a), store.handshake(b)]
  if (left === undefined || right === undefined) return NOT_FOUND
  return jsonAnswer(compareHandshakes(describeHandshake(store, left), describeHandshake(store, right)))
}

function answerCollection({ store, meta }: Sources, name: string, query: URLSearchParams): Answer {
  if (name === 'meta') return jsonAnswer(meta())
  if (name === 'compare') return compare(store, readId(query.get('a') ?? ''), readId(query.get('b') ?? ''))
  if (name === 'runs') return jsonAnswer({ runs: store.runs(readLimit(query)) })
  if (name !== 'handshakes') return NOT_FOUND
  const beforeText = query.get('before')
  const before = beforeText === null ? undefined : readId(beforeText)
  if (beforeText !== null && before === undefined) return BAD_BEFORE
  const seq = store.seq()
  const rows = store.rows({ limit: readLimit(query), filter: query.get('q') ?? '', ...(before === undefined ? {} : { before }) })
  return jsonAnswer({ seq, epoch: store.epoch(), rows })
}

function answerHandshake(sources: Sources, handshake: Handshake, sub: string | undefined, request: ApiRequest): Answer {
  const { store } = sources
  const { id } = handshake
  switch (sub) {
    case undefined:
      return withTag(jsonAnswer(describeHandshake(store, handshake)), id, request.ifNoneMatch)
    case 'messages':
      return jsonAnswer(listMessages(handshake, store.messages(id)))
    case 'verdict':
      return answerVerdict(sources, handshake, request.query)
    default:
      return answerDownload(store, handshake, sub, sources.meta().tool) ?? NOT_FOUND
  }
}

/** What may be behind a pasted error, for the page's box; the text is the body, and nothing of it is kept. */
function explain({ body, isMarked }: ApiRequest): Answer {
  return isMarked ? jsonAnswer({ explanations: explainPaste(body) }) : NOT_MARKED
}

/** 202 with the number of the job; the probe's row comes by the feed. Or `stop`: end it. Needs the header that only our page sends. */
async function startProbe(sources: Sources, request: ApiRequest, parts: readonly string[]): Promise<Answer> {
  const [collection, idText = '', kind, ...more] = parts
  const id = readId(idText)
  if (collection !== 'handshakes' || id === undefined || more.length > 0 || (kind !== 'probe' && kind !== 'bisect' && kind !== 'stop'))
    return NOT_FOUND
  if (!request.isMarked) return NOT_MARKED
  const handshake = sources.store.handshake(id)
  if (handshake === undefined) return NOT_FOUND
  if (handshake.imported !== undefined) return NOT_OURS
  if (sources.startProbe === undefined) return NO_PROBES
  if (kind === 'stop') return jsonAnswer({ stopped: sources.stopProbe?.(handshake) === true })
  const started = await sources.startProbe(handshake, kind)
  return typeof started === 'string' ? PROBE_REFUSALS[started] : jsonAnswer(started, {}, 202)
}

/** What go would say of the same chain at another moment. */
function answerVerdict({ judgeAt }: Sources, handshake: Handshake, query: URLSearchParams): Answer {
  const at = new Date(query.get('at') ?? '')
  if (Number.isNaN(at.getTime())) return BAD_TIME
  const verdict = judgeAt?.(handshake, at) ?? null
  return verdict === null ? NO_VERDICT : jsonAnswer(verdict)
}

/** The tag is made of the octets: a diagnosis can change by what happens to other handshakes. */
function withTag(answer: Answer, id: number, ifNoneMatch: string | undefined): Answer {
  const tag = `"${id}-${createHash('sha256').update(answer.body).digest('hex').slice(0, 16)}"`
  const headers = { ETag: tag, 'Cache-Control': 'no-store' }
  const isKnown = ifNoneMatch?.split(',').some((one) => one.trim() === tag) === true
  return isKnown ? { ...answer, status: 304, headers } : { ...answer, headers }
}

function orNotFound<T>(found: T | undefined, answer: (found: T) => Answer): Answer {
  return found === undefined ? NOT_FOUND : answer(found)
}

function readId(text: string): number | undefined {
  return /^[1-9]\d{0,14}$/.test(text) ? Number(text) : undefined
}

function readLimit(query: URLSearchParams): number {
  return Math.min(readId(query.get('limit') ?? '') ?? DEFAULT_LIMIT, MAX_LIMIT)
}

/** 405, with what is allowed. */
export function wrongMethod(allowed: string): Answer {
  const problem = { code: 'method-not-allowed', detail: 'this address does not know that method', hint: `use ${allowed}` }
  return problemAnswer(405, problem, { Allow: allowed })
}

/** 404. */
export const NOT_FOUND = problemAnswer(404, {
  code: 'not-found',
  detail: 'nothing is kept under this address',
  hint: 'it may have been forgotten (whytls forget) or been too old to be kept',
})

const BAD_BEFORE = problemAnswer(400, {
  code: 'bad-query',
  detail: 'before= is not the id of a handshake',
  hint: 'use the id of the last row',
})

const BAD_PAIR = problemAnswer(400, {
  code: 'bad-query',
  detail: 'a= and b= are not the ids of two handshakes',
  hint: 'for example ?a=418&b=421',
})

const NOT_MARKED = problemAnswer(403, {
  code: 'header-missing',
  detail: 'this request lacks the header X-Whytls: 1',
  hint: 'send X-Whytls: 1; pages of other origins cannot',
})

/** What a capture file names is not where go just went: whytls sends nothing there. */
const NOT_OURS = problemAnswer(409, {
  code: 'imported',
  detail: 'this handshake was imported from a capture: whytls does not probe where it only read of',
  hint: 'use `whytls probe HOST` in a terminal if you mean to connect there',
})

const PROBE_REFUSALS = {
  busy: problemAnswer(409, {
    code: 'busy',
    detail: 'a look at this host is under way already',
    hint: 'wait for it; it ends within a minute',
  }),
  'not-gos': problemAnswer(409, {
    code: 'not-gos',
    detail: 'no go command made this handshake: from the page whytls goes only where go went',
    hint: 'use `whytls probe HOST` in a terminal if you mean to connect there',
  }),
  unreadable: problemAnswer(409, {
    code: 'no-hello',
    detail: "the octets of go's ClientHello were not kept, so that there is nothing to change",
    hint: 'use `whytls probe --bisect HOST` in a terminal',
  }),
} as const

const NO_VERDICT = problemAnswer(501, {
  code: 'no-verdict',
  detail: 'no chain or no roots are known by which it could be judged',
  hint: 'use `whytls verify --at TIME` in a terminal',
})

const BAD_TIME = problemAnswer(400, {
  code: 'bad-query',
  detail: 'at= is no time',
  hint: 'for example ?at=2026-11-22T13:40:00Z',
})

const NO_PROBES = problemAnswer(501, {
  code: 'no-probes',
  detail: 'this whytls makes no probes from the page',
  hint: 'use `whytls probe HOST` in a terminal',
})

const DEFAULT_LIMIT = 500
const MAX_LIMIT = 2_000
