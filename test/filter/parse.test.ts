import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FilterError } from '../../src/filter/filter.ts'
import { matchRow } from '../../src/filter/match.ts'
import { parseFilter } from '../../src/filter/parse.ts'
import { DEAR, growthBy4 } from '../effort.ts'
import { ROW } from './row.ts'

const NOW = new Date(2026, 10, 22, 15, 0, 0)

function matches(text: string): boolean {
  return matchRow(parseFilter(text, NOW), ROW)
}

describe('a filter', () => {
  it.each([
    '',
    '   ',
    'host:modproxy.example',
    'host:*.example',
    'HOST:MODPROXY.*',
    'stage:certificate',
    'stage:cert*',
    'leg:upstream',
    'cause:unknown-authority',
    'cause:unknown-*',
    'status:failed',
    'status:passed|failed',
    'run:9',
    'run:>8 run:<=9',
    'version:1.3',
    'version:"TLS 1.3"',
    'alpn:h2',
    'group:x25519*',
    'issuer:"Acme*"',
    'issuer:"Acme Issuing CA"',
    'issuer:ACME',
    'issuer:"CN=Acme Issuing CA,O=Acme,C=US"',
    'ja4:t13d13*',
    'ms:>1000',
    'ms:10003.25',
    'mode:observe',
    'port:443',
    'route:gw.*',
    'after:13:40',
    'after:13:40 before:14:30:00',
    'after:2026-11-22',
    // Times of day are this machine's; the row is of 14:10.
    `after:${new Date(2026, 10, 22, 14, 9).toISOString()} before:${new Date(2026, 10, 22, 14, 11).toISOString()}`,
    'modproxy',
    'chain ends',
    '"chain ends"',
    'issuing',
    'acme -host:other.example',
    '-status:passed',
    '--status:failed',
    'host:nowhere OR stage:certificate',
    '(host:nowhere OR stage:certificate) leg:upstream',
    'host:nowhere OR (leg:upstream -(alpn:http/1.1 OR alpn:h3))',
    '-(host:nowhere)',
    '"OR" OR acme',
  ])('%s matches the row', (text) => {
    expect(matches(text)).toBe(true)
  })

  it.each([
    'host:example',
    'host:*.exampl',
    'stage:dns',
    'status:open|passed',
    '-acme',
    'ms:<1000',
    'run:10',
    'issuer:Acm',
    'issuer:"Issuing*"',
    'version:3',
    'before:2026-11-22T00:00Z',
    'nowhere',
    'modproxy OR',
    'ends chain nowhere',
    'host:nowhere OR stage:dns',
    'ja4:',
  ])('%s does not match it, or cannot be read', (text) => {
    expect(matchOrError(text)).not.toBe(true)
  })

  it('finds nothing in a field without a value, negated or not as it says', () => {
    const empty = { ...ROW, cause: null, durationMs: null, runId: null, issuer: null }
    expect(matchRow(parseFilter('cause:*'), empty)).toBe(false)
    expect(matchRow(parseFilter('-cause:*'), empty)).toBe(true)
    expect(matchRow(parseFilter('ms:>=0 OR run:9 OR issuer:*'), empty)).toBe(false)
  })

  it.each([
    ['stage:certificat', 6, 'stage: is one of dns, tcp, proxy-connect'],
    ['a b status:', 11, 'status: needs a value'],
    ['a colour:red', 2, 'unknown field "colour"; there are host, stage'],
    ['ms:>x', 3, 'ms: needs a number'],
    ['issuer:"Acme', 7, 'this quote is never closed'],
    ['a"b', 1, 'a quote must begin its word'],
    ['(a b', 0, 'this parenthesis is never closed'],
    ['a)', 1, 'this parenthesis was never opened'],
    ['a OR', 4, 'a filter term was expected here'],
    ['OR a', 0, 'a filter term was expected here'],
    ['a -', 3, 'a filter term was expected here'],
    ['()', 1, 'a filter term was expected here'],
    ['after:25:00', 6, 'needs a time'],
    ['after:2026-13-01', 6, 'needs a time'],
    ['host:a*b*c*d*e*f*g*h*i*j', 5, 'more than 8 stars'],
    ['-'.repeat(40), 31, 'more than 30 levels'],
    ['x'.repeat(1_001), 1_000, 'longer than 1000 characters'],
  ])('%s says at which place it cannot be read', (text, offset, message) => {
    const error = errorOf(text)
    expect(error.message).toContain(message)
    expect(error.offset).toBe(offset)
  })

  it('takes a time of day as the latest such time of this machine, and needs the clock for it', () => {
    expect(parseFilter('after:14:00', NOW)).toEqual({ kind: 'time', operator: '>=', at: new Date(2026, 10, 22, 14).toISOString() })
    expect(parseFilter('after:16:00', NOW)).toEqual({ kind: 'time', operator: '>=', at: new Date(2026, 10, 21, 16).toISOString() })
    expect(() => parseFilter('after:14:00')).toThrow(FilterError)
  })

  it('is a value or a FilterError with an offset inside the text, whatever is typed', () => {
    const pieces = fc.constantFrom(
      'host:',
      'a',
      '*',
      '"',
      '\\',
      '(',
      ')',
      '-',
      ' ',
      'OR',
      ' OR ',
      'ms:>',
      '1',
      'stage:',
      'dns',
      '|',
      'é',
      ':',
    )
    const texts = fc.oneof(
      fc.string(),
      fc.array(pieces, { maxLength: 25 }).map((list) => list.join('')),
    )
    fc.assert(
      fc.property(texts, (text) => {
        const error = tryParse(text)
        expect(error === null || (error.offset >= 0 && error.offset <= text.length)).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })

  it('stays fast on a pattern made to be slow', () => {
    const filter = parseFilter('host:*a*a*a*a*a*a*b')
    const growth = growthBy4((share) => {
      const row = { ...ROW, host: 'a'.repeat(400_000 * share) }
      return () => expect(matchRow(filter, row)).toBe(false)
    })
    expect(growth).toBeLessThan(DEAR)
  })
})

function matchOrError(text: string): boolean | FilterError {
  return tryParse(text) ?? matches(text)
}

function errorOf(text: string): FilterError {
  const error = tryParse(text)
  if (error === null) throw new Error('it could be read')
  return error
}

function tryParse(text: string): FilterError | null {
  try {
    parseFilter(text, NOW)
    return null
  } catch (error) {
    if (error instanceof FilterError) return error
    throw error
  }
}
