/** The filter language of the list (`host:*.example stage:certificate -cause:cert-expired`): what a parsed filter is. Pure data, shared by page and store. */

/** A parsed filter. An empty `and` matches every row. */
export type Filter =
  | { readonly kind: 'and' | 'or'; readonly of: readonly Filter[] }
  | { readonly kind: 'not'; readonly of: Filter }
  /** The whole field matches a pattern; a field without a value never does. */
  | { readonly kind: 'text'; readonly field: TextField; readonly pattern: Pattern }
  | { readonly kind: 'number'; readonly field: NumberField; readonly operator: Operator; readonly value: number }
  /** `startedAt` compared with an instant (ISO 8601 UTC with milliseconds). */
  | { readonly kind: 'time'; readonly operator: '>=' | '<'; readonly at: string }
  /** A bare word: host, title or issuer contains it. */
  | { readonly kind: 'word'; readonly pattern: Pattern }

/** Pieces between the `*`, in ASCII lower case: one piece is an exact text, ['a', 'b'] is `a*b`, ['', ''] is `*`. */
export type Pattern = readonly string[]

export type Operator = '=' | '>' | '>=' | '<' | '<='

/** Fields that hold text. `issuer` matches as a whole or one attribute value of it (`Acme*` finds `O=Acme Inc,C=US`); `version` also without `TLS `. */
export const TEXT_FIELDS = [
  'host',
  'stage',
  'leg',
  'cause',
  'status',
  'version',
  'alpn',
  'group',
  'issuer',
  'ja4',
  'mode',
  'route',
] as const
export type TextField = (typeof TEXT_FIELDS)[number]

export const NUMBER_FIELDS = ['run', 'ms', 'port', 'id'] as const
export type NumberField = (typeof NUMBER_FIELDS)[number]

export const TIME_FIELDS = ['after', 'before'] as const

/** The filter cannot be read. `offset` counts UTF-16 units from the start of the text, for the caret beneath it. */
export class FilterError extends Error {
  override readonly name = 'FilterError'
  readonly offset: number

  constructor(offset: number, message: string) {
    super(message)
    this.offset = offset
  }
}
