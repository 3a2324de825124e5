import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { NUMBER_FIELDS, TEXT_FIELDS } from '../../src/filter/filter.ts'
import { matchRow } from '../../src/filter/match.ts'
import { parseFilter } from '../../src/filter/parse.ts'
import { openStore } from '../../src/store/open.ts'
import type { HandshakeDraft, HandshakeRow, Store } from '../../src/store/store.ts'
import { certificate, finding, fullDraft, plainDraft } from './draft.ts'

/** Signs that mean something to LIKE, to patterns or to names, and letters whose case ASCII does not know. */
const SIGNS = ['a', 'A', 'b', '%', '_', '\\', '=', ',', '.', 'é', 'É', 'K', ' ', "'", '\u{1f600}']
const text = fc.array(fc.constantFrom(...SIGNS), { maxLength: 8 }).map((list) => list.join(''))

describe('a filter in SQL', () => {
  const folder = mkdtempSync(join(tmpdir(), 'whytls-filter-'))
  let store: Store
  let rows: readonly HandshakeRow[]
  beforeAll(() => {
    store = openStore({ folder })
    for (const draft of fc.sample(drafts(), { numRuns: 150, seed: 7 })) store.put(draft)
    rows = store.rows({ limit: 1_000 })
  })
  afterAll(() => {
    store.close()
    rmSync(folder, { recursive: true })
  })

  it('finds exactly the rows that matchRow finds', () => {
    expect(rows).toHaveLength(150)
    let found = 0
    fc.assert(
      fc.property(filterText(), (filter) => {
        const ast = parseFilter(filter, new Date())
        const wanted = rows.filter((row) => matchRow(ast, row)).map(({ id }) => id)
        expect(store.rows({ limit: 1_000, filter }).map(({ id }) => id)).toEqual(wanted)
        expect(store.countRows(filter)).toBe(wanted.length)
        if (wanted.length > 0 && wanted.length < rows.length) found++
      }),
      { numRuns: 800 },
    )
    expect(found).toBeGreaterThan(100)
  })

  it('takes typed text as text only', () => {
    expect(store.rows({ limit: 9, filter: `"'; DROP TABLE handshakes; --"` })).toEqual([])
    expect(store.countRows('')).toBe(150)
  })
})

function drafts(): fc.Arbitrary<HandshakeDraft> {
  const base = fullDraft('x')
  return fc
    .record({
      key: fc.uuid(),
      host: text,
      issuer: text,
      title: text,
      alpn: fc.option(text),
      isFull: fc.boolean(),
      durationMs: fc.option(fc.integer({ min: 0, max: 20 })),
      minute: fc.integer({ min: 10, max: 59 }),
    })
    .map(({ key, host, issuer, title, alpn, isFull, durationMs, minute }) => {
      const target = { host, port: 443, address: null }
      const startedAt = `2026-11-22T12:${minute}:00.000Z`
      if (!isFull || !base.certificates || !base.serverHello) return plainDraft(key, { target, startedAt, durationMs })
      return fullDraft(key, {
        target,
        startedAt,
        durationMs,
        serverHello: { ...base.serverHello, alpn },
        certificates: { ...base.certificates, chain: [certificate('leaf', 'CN=x', issuer)] },
        findings: [finding('cert-expired', { title })],
      })
    })
}

function filterText(): fc.Arbitrary<string> {
  const value = fc.array(fc.constantFrom(...SIGNS, '*', '*'), { maxLength: 5 }).map((list) => list.join(''))
  const quoted = value.map((one) => `"${one.replace(/[\\"]/g, '\\$&')}"`)
  const open = TEXT_FIELDS.filter((field) => !['stage', 'leg', 'status', 'mode'].includes(field))
  const term = fc.oneof(
    quoted,
    fc
      .tuple(
        fc.constantFrom(...open),
        quoted.filter((one) => one !== '""'),
      )
      .map(([field, one]) => `${field}:${one}`),
    fc
      .tuple(fc.constantFrom(...NUMBER_FIELDS), fc.constantFrom('', '>', '<', '>=', '<=', '='), fc.integer({ min: 0, max: 150 }))
      .map(([field, sign, one]) => `${field}:${sign}${one}`),
    fc.constantFrom('status:passed', 'stage:cert*', 'leg:upstream|client', 'mode:probe', 'version:1.3', 'after:2026-11-22T12:30Z'),
    fc.integer({ min: 10, max: 59 }).map((minute) => `before:2026-11-22T12:${minute}Z`),
  )
  const { filter } = fc.letrec<{ filter: string }>((tie) => ({
    filter: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      term,
      tie('filter').map((one) => `-(${one})`),
      fc.tuple(tie('filter'), tie('filter')).map(([a, b]) => `(${a} ${b})`),
      fc.tuple(tie('filter'), tie('filter')).map(([a, b]) => `(${a} OR ${b})`),
    ),
  }))
  return filter
}
