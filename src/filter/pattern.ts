/** Patterns with `*`, the same for rows in memory and for SQL. */
import type { Pattern, TextField } from './filter.ts'

/** Cut `Acme*Inc` at its stars, in ASCII lower case. */
export function cutPattern(text: string): Pattern {
  return lower(text).split(/\*+/)
}

/** The pattern that finds a word anywhere. */
export function cutWord(word: string): Pattern {
  return ['', ...cutPattern(word).filter((piece) => piece !== ''), '']
}

/** What is tried on the whole text of a field: `version` also with `TLS ` before it, `issuer` also as one attribute value (after `=`, before `,`). */
export function patternsFor(field: TextField, pattern: Pattern): readonly Pattern[] {
  if (field === 'version') return [pattern, before('tls ', pattern)]
  if (field !== 'issuer') return [pattern]
  const value = ['', ...before('=', pattern)]
  return [pattern, value, after(pattern, ','), after(value, ',')]
}

/** Match the whole text, ASCII letters in either case; linear in the text for each piece. */
export function matchPattern(pattern: Pattern, text: string): boolean {
  const subject = lower(text)
  const [first = '', ...rest] = pattern
  const last = rest.pop()
  if (last === undefined) return subject === first
  if (!subject.startsWith(first)) return false
  let at = first.length
  for (const piece of rest) {
    const found = subject.indexOf(piece, at)
    if (found < 0) return false
    at = found + piece.length
  }
  return subject.length - last.length >= at && subject.endsWith(last)
}

/** ASCII only, as SQLite's LIKE does it. */
function lower(text: string): string {
  return /[A-Z]/.test(text) ? text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()) : text
}

function before(text: string, [first = '', ...rest]: Pattern): Pattern {
  return [text + first, ...rest]
}

function after(pattern: Pattern, text: string): Pattern {
  return [...pattern.slice(0, -1), (pattern.at(-1) ?? '') + text, '']
}
