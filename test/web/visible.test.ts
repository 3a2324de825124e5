import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { makeVisible, parseVisible } from '../../web/visible.ts'

describe('makeVisible', () => {
  it('shows bidi and control characters as escapes', () => {
    expect(makeVisible('evil\u202egnp.exe\u0007')).toBe('evil\\u202egnp.exe\\u0007')
  })
  it('shows a line feed as an escape unless lines are kept', () => {
    expect(makeVisible('a\nb')).toBe('a\\u000ab')
    expect(makeVisible('a\nb', true)).toBe('a\nb')
  })
  it('leaves other scripts alone', () => {
    expect(makeVisible('пример.例え ⇄ ✕')).toBe('пример.例え ⇄ ✕')
  })
  it('shows tag characters beyond the basic plane', () => {
    expect(makeVisible('a\u{e0041}')).toBe('a\\udb40\\udc41')
  })
})

describe('parseVisible', () => {
  it('makes strings visible however they are escaped', () => {
    expect(parseVisible('{"host":"a\\u202eb"}')).toEqual({ host: 'a\\u202eb' })
    expect(parseVisible(JSON.stringify({ deep: [{ host: 'a\u200bb' }] }))).toEqual({ deep: [{ host: 'a\\u200bb' }] })
  })
  it('keeps the lines of what go printed', () => {
    expect(parseVisible(JSON.stringify({ stderrTail: 'one\ntwo\u001b[31m' }))).toEqual({ stderrTail: 'one\ntwo\\u001b[31m' })
  })
  it('never lets a control or bidi character through', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const [seen] = parseVisible(JSON.stringify([text])) as [string]
        expect(seen).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/)
      }),
    )
  })

  it('keeps four marks over a letter and counts the rest, and shows fillers and tags', () => {
    const show = (text: string) => (parseVisible(JSON.stringify([text])) as [string])[0]
    expect(show(`e${'\u0301\u0489'.repeat(300)}!`)).toBe('e\u0301\u0489\u0301\u0489(and 596 more marks)!')
    expect(show('\u05e9\u05bc\u05c1\u05b8 o\u0302\u0323')).toBe('\u05e9\u05bc\u05c1\u05b8 o\u0302\u0323')
    expect(show('a\u3164\uffa0\u034f\u{e0067}')).toBe('a\\u3164\\uffa0\\u034f\\udb40\\udc67')
  })

  it('cuts names of absurd length where they are drawn in full, but no octets and no commands', () => {
    const long = 'A'.repeat(65_536)
    const json = JSON.stringify({ subject: long, dnsNames: [long], der: long, commands: [long] })
    expect(parseVisible(json, true)).toEqual({
      subject: `${'A'.repeat(2_048)}… (63488 more characters)`,
      dnsNames: [`${'A'.repeat(2_048)}… (63488 more characters)`],
      der: long,
      commands: [long],
    })
    expect(parseVisible(json)).toMatchObject({ subject: long })
  })
})
