/** Compile a filter of room `filter` to SQL over `handshakes AS h`; says the same as `matchRow` (held together by a property test). */
import type { Filter, NumberField, Operator, Pattern, TextField } from '../filter/filter.ts'
import { patternsFor } from '../filter/pattern.ts'
import type { Value } from './value.ts'

/** A condition that is 0 or 1, never NULL, and what stands in its question marks. */
export interface Condition {
  readonly sql: string
  readonly values: readonly Value[]
}

/** Compile a filter. Column names come from tables here, all captured or typed text goes into question marks. */
export function compileFilter(filter: Filter): Condition {
  switch (filter.kind) {
    case 'and':
      return joinConditions(filter.of.map(compileFilter), ' AND ', '1')
    case 'or':
      return joinConditions(filter.of.map(compileFilter), ' OR ', '0')
    case 'not': {
      const { sql, values } = compileFilter(filter.of)
      return { sql: `NOT ${sql}`, values }
    }
    case 'text':
      return compileText(TEXT_COLUMNS[filter.field], patternsFor(filter.field, filter.pattern))
    case 'number':
      return { sql: `ifnull(h.${NUMBER_COLUMNS[filter.field]} ${OPERATORS[filter.operator]} ?, 0)`, values: [filter.value] }
    case 'time':
      return { sql: `(h.started_at ${filter.operator === '<' ? '<' : '>='} ?)`, values: [filter.at] }
    case 'word':
      return joinConditions(
        ['host', 'title', 'issuer'].map((column) => compileText(column, [filter.pattern])),
        ' OR ',
        '0',
      )
    default:
      return filter satisfies never
  }
}

function compileText(column: string, patterns: readonly Pattern[]): Condition {
  const one = `ifnull(h.${column} LIKE ? ESCAPE '\\', 0)`
  return joinConditions(
    patterns.map((pattern) => ({ sql: one, values: [pattern.map(escapeLike).join('%')] })),
    ' OR ',
    '0',
  )
}

function joinConditions(conditions: readonly Condition[], sign: string, none: string): Condition {
  if (conditions.length === 0) return { sql: none, values: [] }
  return { sql: `(${conditions.map(({ sql }) => sql).join(sign)})`, values: conditions.flatMap(({ values }) => values) }
}

function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&')
}

const TEXT_COLUMNS = {
  host: 'host',
  stage: 'stage',
  leg: 'leg',
  cause: 'cause',
  status: 'outcome',
  version: 'version',
  alpn: 'alpn',
  group: 'key_group',
  issuer: 'issuer',
  ja4: 'ja4',
  mode: 'mode',
  route: 'via',
} as const satisfies Record<TextField, string>

const NUMBER_COLUMNS = { run: 'run_id', ms: 'duration_ms', port: 'port', id: 'id' } as const satisfies Record<NumberField, string>

const OPERATORS = { '=': '=', '>': '>', '>=': '>=', '<': '<', '<=': '<=' } as const satisfies Record<Operator, string>
