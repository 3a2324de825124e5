/** The pages under docs/causes/ say what the source says. `npm run docs` writes them anew. */
import { existsSync, readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { CAUSES } from '../../src/diagnosis/causes/index.ts'
import { ROWS } from '../diagnosis/causes.table.ts'
import { causePage, indexPage, pageName } from './cause-page.ts'
import { goWords } from './go-words.ts'

const FOLDER = new URL('../../docs/causes/', import.meta.url).pathname

describe('the words of go on a page', () => {
  it.each(CAUSES)('$id has some, with nothing left of a pattern', ({ id }) => {
    const words = goWords(id)
    expect(words.length).toBeGreaterThan(0)
    for (const word of words) expect(word).not.toMatch(/\\|\[\^|\(\?:|[*+]\)?$/)
  })
})

describe('the page of each cause', () => {
  it.each(CAUSES)('$id has a page made from its source', async (cause) => {
    await expect(causePage(cause, ROWS[cause.id])).toMatchFileSnapshot(`${FOLDER}${pageName(cause.id)}.md`)
  })
  it('is in the list', async () => {
    await expect(indexPage()).toMatchFileSnapshot(`${FOLDER}README.md`)
  })
  it('has a cause for every page', () => {
    const pages = existsSync(FOLDER) ? readdirSync(FOLDER) : []
    expect(pages.sort()).toEqual([...CAUSES.map(({ id }) => `${pageName(id)}.md`), 'README.md'].sort())
  })
})
