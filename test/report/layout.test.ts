import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { escapeText, printable, toAscii } from '../../src/report/escape.ts'
import { cells, cut, padEnd, wrap } from '../../src/report/layout.ts'
import { formatBytes, formatCount, formatDuration, formatFromNow } from '../../src/report/units.ts'

describe('wrapping', () => {
  it('never makes a line wider than asked, and loses nothing but blanks', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 120 }), fc.integer({ min: 4, max: 80 }), (text, width) => {
        const escaped = escapeText(text)
        const lines = wrap(escaped, width)
        for (const line of lines) expect(cells(line)).toBeLessThanOrEqual(width)
        expect(lines.join('').replaceAll(' ', '')).toBe(escaped.replaceAll(' ', ''))
      }),
    )
  })

  it('counts wide and combining characters as terminals draw them', () => {
    expect(cells('漢字')).toBe(4)
    expect(cells('e\u0301')).toBe(1)
    expect(padEnd('漢', 4)).toBe('漢  ')
    expect(cut('modproxy.example', 8, '…')).toBe('modprox…')
  })
})

describe('escaping', () => {
  it('leaves nothing that moves the cursor, and is the same when done twice', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        const escaped = escapeText(text)
        expect(escaped).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f]/)
        expect(escapeText(escaped)).toBe(escaped)
      }),
    )
  })

  it('writes a character by its number', () => {
    expect(escapeText('a\u202eb\u001b')).toBe('a\\u202eb\\u001b')
    expect(toAscii('é ✓ →')).toBe('\\u00e9 ok ->')
    expect(printable('✕', { columns: 80, colour: false, unicode: false, plain: false })).toBe('FAIL')
  })
})

describe('units', () => {
  it('are those that people use', () => {
    expect([0.42, 41, 999.4, 10_003, 125_000].map(formatDuration)).toEqual(['0.4 ms', '41 ms', '999 ms', '10.0 s', '2 min 5 s'])
    expect([0, 1, 1526, 98_304, 14_680_064].map(formatBytes)).toEqual(['0 bytes', '1 byte', '1,526 bytes', '96 KiB', '14.0 MiB'])
    expect(formatCount(1284, 'handshake')).toBe('1,284 handshakes')
    const now = new Date('2026-11-22T12:00:00Z')
    expect(formatFromNow(new Date('2026-11-19T12:00:00Z'), now)).toBe('3 days ago')
    expect(formatFromNow(new Date('2026-11-22T12:13:00Z'), now)).toBe('in 13 minutes')
  })
})
