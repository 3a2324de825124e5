/** Decide whether a row of the list matches a filter. `store/filter-sql.ts` says the same in SQL; a property test holds the two together. */
import type { Filter, NumberField, Operator, Pattern, TextField } from './filter.ts'
import { matchPattern, patternsFor } from './pattern.ts'

/** What a filter may look at: the columns of a row. */
export interface FilterableRow {
  readonly id: number
  readonly runId: number | null
  readonly mode: string
  readonly startedAt: string
  readonly durationMs: number | null
  readonly outcome: string
  readonly host: string
  readonly port: number
  readonly leg: string | null
  readonly stage: string | null
  readonly cause: string | null
  readonly title: string | null
  readonly version: string | null
  readonly alpn: string | null
  readonly group: string | null
  readonly issuer: string | null
  readonly ja4: string | null
  readonly route: string
}

/** Says of one row after the other whether it matches. */
export type Matcher = (row: FilterableRow) => boolean

/** True when the row matches. ASCII letters match in either case. For many rows make one matcher. */
export function matchRow(filter: Filter, row: FilterableRow): boolean {
  return makeMatcher(filter)(row)
}

/** Make a filter ready for many rows: a text that comes again (hosts, causes, issuers do) is looked at once. */
export function makeMatcher(filter: Filter): Matcher {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return joinMatchers(filter.kind, filter.of.map(makeMatcher))
    case 'not': {
      const inner = makeMatcher(filter.of)
      return (row) => !inner(row)
    }
    case 'text': {
      const column = COLUMN_OF[filter.field]
      const finds = remember(patternsFor(filter.field, filter.pattern))
      return (row) => finds(row[column])
    }
    case 'number': {
      const { field, operator, value } = filter
      return (row) => compare(numberOf(field, row), operator, value)
    }
    case 'time': {
      const { operator, at } = filter
      return operator === '<' ? (row) => row.startedAt < at : (row) => row.startedAt >= at
    }
    case 'word': {
      const finds = remember([filter.pattern])
      return (row) => finds(row.host) || finds(row.title) || finds(row.issuer)
    }
    default:
      return filter satisfies never
  }
}

function joinMatchers(kind: 'and' | 'or', of: readonly Matcher[]): Matcher {
  const [only] = of
  if (of.length === 1 && only !== undefined) return only
  const isEnough = kind === 'or'
  return (row) => {
    for (const one of of) if (one(row) === isEnough) return isEnough
    return !isEnough
  }
}

/** Whether any of the patterns matches a text, kept for texts that come again; a field without a value never matches. */
function remember(patterns: readonly Pattern[]): (text: string | null) => boolean {
  const known = new Map<string, boolean>()
  return (text) => {
    if (text === null) return false
    const before = known.get(text)
    if (before !== undefined) return before
    const matches = patterns.some((one) => matchPattern(one, text))
    if (text.length <= LONGEST_KEPT) {
      if (known.size >= MOST_KEPT) known.clear()
      known.set(text, matches)
    }
    return matches
  }
}

function numberOf(field: NumberField, row: FilterableRow): number | null {
  if (field === 'run') return row.runId
  if (field === 'ms') return row.durationMs
  return field === 'port' ? row.port : row.id
}

function compare(left: number | null, operator: Operator, right: number): boolean {
  if (left === null) return false
  if (operator === '=') return left === right
  if (operator === '>') return left > right
  if (operator === '<') return left < right
  return operator === '>=' ? left >= right : left <= right
}

const COLUMN_OF = {
  host: 'host',
  stage: 'stage',
  leg: 'leg',
  cause: 'cause',
  status: 'outcome',
  version: 'version',
  alpn: 'alpn',
  group: 'group',
  issuer: 'issuer',
  ja4: 'ja4',
  mode: 'mode',
  route: 'route',
} as const satisfies Record<TextField, keyof FilterableRow>

/** Texts that a matcher remembers, and the longest of them: what it holds in memory stays under half a MiB, whatever was captured. */
const MOST_KEPT = 1_024
const LONGEST_KEPT = 256
