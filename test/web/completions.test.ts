import { describe, expect, it } from 'vitest'
import { parseFilter } from '../../src/filter/parse.ts'
import { completeFilter, FIELD_NOTES, type ValuesOf } from '../../web/completions.ts'

const values: ValuesOf = (field) =>
  ({
    host: [
      ['mods.example', 7],
      ['sums.example', 2],
    ] as const,
    issuer: [['Acme "Inc" (2)', 1]] as const,
    status: [
      ['passed', null],
      ['failed', null],
    ] as const,
  })[field] ?? []

function offered(text: string, caret = text.length): readonly string[] {
  return completeFilter(text, caret, values).options.map((option) => option.text)
}

describe('completions of the filter', () => {
  it('begin with the fields, and find values by a bare word', () => {
    expect(offered('')[0]).toBe('host:')
    expect(offered('st')).toEqual(['stage:', 'status:'])
    expect(offered('sums')).toEqual(['host:sums.example'])
    expect(offered('fai')).toEqual(['status:failed'])
  })

  it('give the values of a field, those that begin so first', () => {
    expect(offered('host:')).toEqual(['host:mods.example', 'host:sums.example'])
    expect(offered('host:s')).toEqual(['host:sums.example', 'host:mods.example'])
    expect(offered('nothing:x')).toEqual([])
  })

  it('replace only the term at the caret, behind a minus sign or a parenthesis, too', () => {
    expect(completeFilter('-status:pa host:x', 10, values)).toMatchObject({ from: 1, to: 10, options: [{ text: 'status:passed' }] })
    expect(completeFilter('(host:mo) status:failed', 6, values)).toMatchObject({ from: 1, to: 8 })
  })

  it('are silent where the only one stands there already', () => {
    expect(offered('host:mods.example')).toEqual([])
  })

  it('are quoted so that the parser reads the value back', () => {
    const [text = ''] = offered('issuer:ac')
    expect(text).toBe('issuer:"Acme \\"Inc\\" (2)"')
    expect(parseFilter(text)).toMatchObject({ kind: 'text', field: 'issuer', pattern: ['acme "inc" (2)'] })
  })

  it('know no field that the language does not have', () => {
    for (const field of Object.keys(FIELD_NOTES)) {
      const value = {
        ms: '1',
        port: '1',
        run: '1',
        after: '2026-01-01',
        before: '2026-01-01',
        stage: 'dns',
        leg: 'client',
        status: 'open',
      }[field]
      expect(() => parseFilter(`${field}:${value ?? '*'}`)).not.toThrow()
    }
  })
})
