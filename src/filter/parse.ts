/** Parse the filter language: terms stand side by side (and), `OR` between them, `-` before one, parentheses around some. */
import { type Filter, FilterError } from './filter.ts'
import { readTerm } from './term.ts'
import { readTokens, type Token } from './tokens.ts'

/** Parse a filter text; "" matches every row.
 *  @param now the clock, needed for a time of day (`after:13:40` is the latest 13:40 of this machine's time zone); without it such a term is an error
 *  @throws FilterError with the offset of what cannot be read */
export function parseFilter(text: string, now?: Date): Filter {
  const reader = new TokenReader(readTokens(text))
  if (reader.peek().kind === 'end') return { kind: 'and', of: [] }
  const filter = parseOr(reader, now, 0)
  const rest = reader.peek()
  if (rest.kind === 'end') return filter
  throw new FilterError(rest.offset, rest.kind === ')' ? 'this parenthesis was never opened' : 'a filter term was expected here')
}

class TokenReader {
  readonly #tokens: readonly Token[]
  #at = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  peek(): Token {
    return this.#tokens[this.#at] ?? { kind: 'end', offset: 0 }
  }

  take(): Token {
    const token = this.peek()
    this.#at++
    return token
  }
}

function parseOr(reader: TokenReader, now: Date | undefined, depth: number): Filter {
  const of = [parseAnd(reader, now, depth)]
  while (reader.peek().kind === 'or') {
    reader.take()
    of.push(parseAnd(reader, now, depth))
  }
  return join('or', of)
}

function parseAnd(reader: TokenReader, now: Date | undefined, depth: number): Filter {
  const of = [parseOne(reader, now, depth)]
  while (!['or', ')', 'end'].includes(reader.peek().kind)) of.push(parseOne(reader, now, depth))
  return join('and', of)
}

function parseOne(reader: TokenReader, now: Date | undefined, depth: number): Filter {
  const token = reader.take()
  if (depth > MAX_DEPTH) throw new FilterError(token.offset, `more than ${MAX_DEPTH} levels of parentheses and minus signs`)
  if (token.kind === 'term') return readTerm(token, now)
  if (token.kind === '-') return { kind: 'not', of: parseOne(reader, now, depth + 1) }
  if (token.kind !== '(') throw new FilterError(token.offset, 'a filter term was expected here')
  const inner = parseOr(reader, now, depth + 1)
  if (reader.take().kind !== ')') throw new FilterError(token.offset, 'this parenthesis is never closed')
  return inner
}

function join(kind: 'and' | 'or', of: readonly Filter[]): Filter {
  const [only] = of
  return of.length === 1 && only ? only : { kind, of }
}

const MAX_DEPTH = 30
