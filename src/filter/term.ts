/** Read one term: `field:value` or a bare word. */
import { CLOSED_LISTS } from './closed-lists.ts'
import {
  type Filter,
  FilterError,
  NUMBER_FIELDS,
  type NumberField,
  type Operator,
  type Pattern,
  TEXT_FIELDS,
  type TextField,
  TIME_FIELDS,
} from './filter.ts'
import { cutPattern, cutWord } from './pattern.ts'
import { readTime } from './time.ts'
import type { Token } from './tokens.ts'

type Term = Extract<Token, { kind: 'term' }>

/** Turn a term into its filter. @throws FilterError for an unknown field or value */
export function readTerm(term: Term, now: Date | undefined): Filter {
  const { field, value, valueOffset } = term
  if (field === null) return { kind: 'word', pattern: cutWord(value) }
  if (value === '') throw new FilterError(valueOffset, `${field}: needs a value`)
  const text = TEXT_FIELDS.find((name) => name === field)
  if (text) return readText(text, term)
  const number = NUMBER_FIELDS.find((name) => name === field)
  if (number) return readNumber(number, term)
  if (field === 'after') return { kind: 'time', operator: '>=', at: readTime(value, valueOffset, now) }
  if (field === 'before') return { kind: 'time', operator: '<', at: readTime(value, valueOffset, now) }
  throw new FilterError(term.offset, `unknown field "${field}"; there are ${FIELDS.join(', ')}`)
}

/** `a|b` are alternatives where the values are a closed list. */
function readText(field: TextField, { value, valueOffset }: Term): Filter {
  const allowed = CLOSED_LISTS[field]
  if (!allowed) return { kind: 'text', field, pattern: readPattern(value, valueOffset) }
  const of = value
    .toLowerCase()
    .split('|')
    .map((one): Filter => {
      if (!one.includes('*') && !allowed.includes(one)) {
        throw new FilterError(valueOffset, `${field}: is one of ${allowed.join(', ')}`)
      }
      return { kind: 'text', field, pattern: readPattern(one, valueOffset) }
    })
  const [only] = of
  return of.length === 1 && only ? only : { kind: 'or', of }
}

function readNumber(field: NumberField, { value, valueOffset }: Term): Filter {
  const match = /^(>=|<=|>|<|=)?(\d{1,15}(?:\.\d{1,6})?)$/.exec(value)
  if (!match) throw new FilterError(valueOffset, `${field}: needs a number, as in ${field}:7 or ${field}:>1000`)
  const operator = OPERATORS.find((sign) => sign === match[1]) ?? '='
  return { kind: 'number', field, operator, value: Number(match[2]) }
}

function readPattern(value: string, offset: number): Pattern {
  const pieces = cutPattern(value)
  if (pieces.length > MAX_STARS + 1) throw new FilterError(offset, `more than ${MAX_STARS} stars in one value`)
  return pieces
}

const OPERATORS: readonly Operator[] = ['=', '>', '>=', '<', '<=']
const FIELDS = [...TEXT_FIELDS, ...NUMBER_FIELDS, ...TIME_FIELDS]
const MAX_STARS = 8
