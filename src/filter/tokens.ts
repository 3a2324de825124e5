/** Cut a filter text into tokens. */
import { FilterError } from './filter.ts'

/** `term`: an optional field name, then a value (quoted or not), with the offsets of both. */
export type Token =
  | { readonly kind: '(' | ')' | '-' | 'or' | 'end'; readonly offset: number }
  | { readonly kind: 'term'; readonly offset: number; readonly field: string | null; readonly value: string; readonly valueOffset: number }

/** Read every token; the last one is `end`. @throws FilterError on a quote that is never closed or a text that is too long */
export function readTokens(text: string): Token[] {
  if (text.length > MAX_LENGTH) throw new FilterError(MAX_LENGTH, `the filter is longer than ${MAX_LENGTH} characters`)
  const tokens: Token[] = []
  let at = 0
  while (at < text.length) {
    if (/\s/.test(text.charAt(at))) {
      at++
      continue
    }
    const [token, next] = readToken(text, at)
    tokens.push(token)
    at = next
  }
  return [...tokens, { kind: 'end', offset: text.length }]
}

function readToken(text: string, offset: number): [Token, number] {
  const sign = text.charAt(offset)
  if (sign === '(' || sign === ')') return [{ kind: sign, offset }, offset + 1]
  if (sign === '-') return [{ kind: '-', offset }, offset + 1]
  const name = /^([A-Za-z0-9_]+):/.exec(text.slice(offset, offset + MAX_FIELD + 1))?.[1]
  const valueOffset = name === undefined ? offset : offset + name.length + 1
  const [value, end, isQuoted] = readValue(text, valueOffset)
  if (name === undefined && !isQuoted && value === 'OR') return [{ kind: 'or', offset }, end]
  return [{ kind: 'term', offset, field: name?.toLowerCase() ?? null, value, valueOffset }, end]
}

function readValue(text: string, offset: number): [value: string, end: number, isQuoted: boolean] {
  if (text.charAt(offset) !== '"') {
    const plain = /^[^\s()"]*/.exec(text.slice(offset))?.[0] ?? ''
    const end = offset + plain.length
    if (text.charAt(end) === '"') throw new FilterError(end, 'a quote must begin its word, or be written as \\" inside quotes')
    return [plain, end, false]
  }
  const quoted = /^"((?:[^"\\]|\\.)*)"/s.exec(text.slice(offset))
  if (!quoted) throw new FilterError(offset, 'this quote is never closed')
  return [(quoted[1] ?? '').replace(/\\(.)/gs, '$1'), offset + quoted[0].length, true]
}

const MAX_LENGTH = 1_000
const MAX_FIELD = 20
