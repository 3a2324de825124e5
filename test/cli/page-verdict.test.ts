import { describe, expect, it } from 'vitest'
import { describeGo } from '../../src/cli/go-facts.ts'
import { makePageVerdict } from '../../src/cli/page-verdict.ts'
import { openMemoryStore } from '../../src/store/open.ts'
import { plainDraft } from '../store/draft.ts'

describe('the verdict at another time', () => {
  it('is none without a chain, and none without roots', () => {
    const store = openMemoryStore()
    store.put(plainDraft('a'))
    const handshake = store.handshake(1)
    if (handshake === undefined) throw new Error('it was not stored')
    const judgeAt = makePageVerdict({ store, go: describeGo(null, {}), roots: () => null })
    expect(judgeAt(handshake, new Date('2026-11-22'))).toBeNull()
  })
})
