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

/** True when the row matches. ASCII letters match in either case. */
export function matchRow(filter: Filter, row: FilterableRow): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.of.every((one) => matchRow(one, row))
    case 'or':
      return filter.of.some((one) => matchRow(one, row))
    case 'not':
      return !matchRow(filter.of, row)
    case 'text':
      return matchText(filter.field, filter.pattern, row[COLUMN_OF[filter.field]])
    case 'number':
      return compare(numberOf(filter.field, row), filter.operator, filter.value)
    case 'time':
      return filter.operator === '<' ? row.startedAt < filter.at : row.startedAt >= filter.at
    case 'word':
      return [row.host, row.title, row.issuer].some((text) => text !== null && matchPattern(filter.pattern, text))
    default:
      return filter satisfies never
  }
}

function matchText(field: TextField, pattern: Pattern, text: string | null): boolean {
  return text !== null && patternsFor(field, pattern).some((one) => matchPattern(one, text))
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
