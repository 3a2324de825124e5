// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { HandshakeRow } from '../../src/store/store.ts'
import { listedRows } from '../../web/listed.ts'
import { fetchOlderRows, older, searchOlder } from '../../web/older.ts'
import { route } from '../../web/router.ts'
import { closeSnapshot, dropRows, holdRows, total } from '../../web/rows.ts'
import { sampleRow } from './samples.ts'

const TOTAL = 3_000
const HELD = 100
/** What a server with these rows answers; the questions are kept. */
const asked: URLSearchParams[] = []
let answers: (query: URLSearchParams) => Promise<Response>
let stop: () => void

const rowAt = (id: number): HandshakeRow =>
  sampleRow({ id, seq: id, host: id % 10 === 3 ? 'rare.example' : 'mods.example', startedAt: new Date(id * 1_000).toISOString() })
const rowsFrom = (newest: number, oldest: number): HandshakeRow[] =>
  Array.from({ length: newest - oldest + 1 }, (_, at) => rowAt(newest - at))
const ids = (): readonly number[] => listedRows.value.map(({ id }) => id)
const filterBy = (q: string): void => {
  route.value = { view: 'list', q }
}

function answer(query: URLSearchParams): Promise<Response> {
  const [before, limit] = [Number(query.get('before')), Number(query.get('limit'))]
  const isRare = query.get('q') === 'host:rare.example'
  const rows = rowsFrom(before - 1, 1).filter(({ host }) => !isRare || host === 'rare.example')
  return Promise.resolve(new Response(JSON.stringify({ rows: rows.slice(0, limit) })))
}

function snapshot(): void {
  dropRows()
  total.value = TOTAL
  holdRows(rowsFrom(TOTAL, TOTAL - HELD + 1), [])
  closeSnapshot()
}

beforeEach(() => {
  vi.useFakeTimers()
  asked.length = 0
  answers = answer
  vi.stubGlobal('fetch', (path: string) => {
    const { searchParams } = new URL(path, 'http://page.example')
    asked.push(searchParams)
    return answers(searchParams)
  })
  filterBy('')
  snapshot()
  stop = searchOlder()
})
afterEach(() => {
  stop()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

describe('a filter over more rows than the page holds', () => {
  it('finds the older matches, in the order of the database', async () => {
    filterBy('host:rare.example')
    expect([ids().length, older.value]).toEqual([10, 'busy'])
    await vi.runAllTimersAsync()
    expect(ids()).toEqual(rowsFrom(TOTAL, 1).flatMap(({ id }) => (id % 10 === 3 ? [id] : [])))
    expect(older.value).toBe('none')
    expect(asked.map((query) => query.get('before'))).toEqual([String(TOTAL - HELD + 1)])
  })
  it('asks in bounded pages and stops when a screen is full, until more is wanted', async () => {
    filterBy('host:mods.example')
    await vi.runAllTimersAsync()
    expect([asked.length, older.value]).toEqual([2, 'more'])
    const before = ids().length
    await fetchOlderRows()
    expect(ids().length).toBeGreaterThan(before)
    for (const query of asked) expect(Number(query.get('limit'))).toBeLessThanOrEqual(500)
  })
  it('leaves the list without a filter whole: no match stands behind a hole', async () => {
    filterBy('host:rare.example')
    await vi.runAllTimersAsync()
    filterBy('')
    expect(ids()).toEqual(rowsFrom(TOTAL, TOTAL - HELD + 1).map(({ id }) => id))
    await fetchOlderRows()
    expect(ids().slice(0, 600)).toEqual(rowsFrom(TOTAL, TOTAL - 599).map(({ id }) => id))
  })
  it('forgets the answer to a filter that is no longer set', async () => {
    let release: () => void = () => undefined
    answers = (query) =>
      new Promise((resolve) => {
        release = () => resolve(answer(query))
      })
    filterBy('host:rare.example')
    await vi.advanceTimersByTimeAsync(300)
    expect(asked).toHaveLength(1)
    filterBy('host:other.example')
    release()
    await vi.advanceTimersByTimeAsync(0)
    filterBy('host:rare.example')
    expect(ids()).toHaveLength(10)
  })
  it('begins again when the server sent another snapshot', async () => {
    filterBy('host:rare.example')
    await vi.runAllTimersAsync()
    snapshot()
    expect([ids().length, older.value]).toEqual([10, 'busy'])
    await vi.runAllTimersAsync()
    expect(ids()).toHaveLength(300)
  })
  it('says when the older ones did not come, and asks again on demand', async () => {
    answers = () => Promise.reject(new TypeError('failed'))
    filterBy('host:rare.example')
    await vi.runAllTimersAsync()
    expect([ids().length, older.value]).toEqual([10, 'failed'])
    answers = answer
    await fetchOlderRows()
    expect([ids().length, older.value]).toEqual([300, 'none'])
  })
  it('asks nothing while the page holds all, or keys still come', async () => {
    total.value = HELD
    closeSnapshot()
    filterBy('host:rare.example')
    await vi.runAllTimersAsync()
    snapshot()
    for (const q of ['r', 'ra', 'rar']) filterBy(q)
    await vi.advanceTimersByTimeAsync(150)
    expect(asked).toHaveLength(0)
  })
})
