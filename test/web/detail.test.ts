// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { detailFailure, followOpenHandshake, shownDetail } from '../../web/detail.ts'
import { route } from '../../web/router.ts'
import { dropRows, holdRows } from '../../web/rows.ts'
import { sampleDetail, sampleHandshake, sampleRow } from './samples.ts'

/** A busy machine takes longer than the second that is usual. */
const PATIENTLY = { timeout: 60_000 }

/** What was asked, and how each question is answered. */
interface Asked {
  readonly path: string
  readonly answer: (response: Response) => void
}

let asked: Asked[]
let stop: () => void

beforeEach(() => {
  asked = []
  vi.stubGlobal('sessionStorage', { getItem: () => 'token' })
  vi.stubGlobal('fetch', (path: string) => new Promise<Response>((answer) => asked.push({ path, answer })))
  dropRows()
  open(1)
  stop = followOpenHandshake()
})

afterEach(() => {
  stop()
  vi.unstubAllGlobals()
})

describe('the handshake that is open', () => {
  it('is shown as the last question found it, in whatever order the answers come', async () => {
    holdRows([sampleRow({ id: 1, seq: 2 })], [])
    expect(asked).toHaveLength(2)
    answerWith(1, 'failed')
    await vi.waitFor(() => expect(shownDetail.value?.handshake.outcome).toBe('failed'), PATIENTLY)
    answerWith(0, 'open')
    await settle()
    expect(shownDetail.value?.handshake.outcome).toBe('failed')
  })

  it('is not said to be missing because another one was', async () => {
    asked[0]?.answer(new Response('{"code":"not-found","detail":"nothing is kept","hint":""}', { status: 404 }))
    await vi.waitFor(() => expect(detailFailure.value?.code).toBe('not-found'), PATIENTLY)
    open(2)
    expect(detailFailure.value).toBeNull()
  })

  it('says that whytls does not answer when it is gone in the middle of its answer', async () => {
    const cut = new ReadableStream({
      start(stream) {
        stream.enqueue(new TextEncoder().encode('{"handshake":'))
        stream.error(new TypeError('network error'))
      },
    })
    asked[0]?.answer(new Response(cut))
    await vi.waitFor(() => expect(detailFailure.value?.code).toBe('unreachable'), PATIENTLY)
  })
})

function open(id: number): void {
  route.value = { view: 'handshake', q: '', id, tab: null, place: null }
}

function answerWith(at: number, outcome: 'open' | 'failed'): void {
  asked[at]?.answer(Response.json(sampleDetail({ handshake: sampleHandshake({ id: 1, outcome }) })))
}

/** Every answer that was given has been read. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
}
