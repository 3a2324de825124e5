/** What the filter can be completed with at a place of its text: fields of the language, closed lists, and values that are there. Pure. */

export interface Completion {
  /** What stands there afterwards. */
  readonly text: string
  /** What it is, or how often it is there. */
  readonly note: string
  /** A field, behind which its value is still to come. */
  readonly isOpen: boolean
}

export interface Completions {
  /** The part of the text that a completion replaces. */
  readonly from: number
  readonly to: number
  readonly options: readonly Completion[]
}

/** Values of a field that are there, most frequent first, with their counts; null count where the list is closed. */
export type ValuesOf = (field: string) => readonly (readonly [value: string, count: number | null])[]

/** Fields, each with an example or what it is. */
export const FIELD_NOTES: Readonly<Record<string, string>> = {
  host: 'of the server, * stands for anything',
  cause: 'a code of the taxonomy',
  stage: 'where it failed',
  leg: 'between whom',
  status: 'how it ended',
  run: 'number of the run',
  version: 'of TLS',
  alpn: 'h2, http/1.1',
  group: 'key exchange',
  issuer: 'who signed the leaf',
  ja4: 'fingerprint of the client',
  ms: '>1000: how long it took',
  mode: 'observe, intercept, probe',
  route: 'parent proxy',
  port: 'of the server',
  after: '13:40, or a date',
  before: '13:40, or a date',
}

const MOST = 8
/** A bare word finds fields, and these values. */
const FREE_FIELDS: readonly string[] = ['host', 'cause', 'status']

/** Complete the term at the caret. */
export function completeFilter(text: string, caret: number, valuesOf: ValuesOf): Completions {
  const [, term = ''] = /(?:^|[\s(])-?([^\s()]*)$/.exec(text.slice(0, caret)) ?? []
  const from = caret - term.length
  const to = caret + (/^[^\s()]*/.exec(text.slice(caret))?.[0].length ?? 0)
  const colon = term.indexOf(':')
  if (colon < 0) return { from, to, options: completeWord(term.toLowerCase(), valuesOf).slice(0, MOST) }
  const field = term.slice(0, colon).toLowerCase()
  const options = valueOptions(field, term.slice(colon + 1).replace(/^"/, ''), valuesOf)
  const isDone = options.length === 1 && options[0]?.text === text.slice(from, to)
  return { from, to, options: isDone ? [] : options.slice(0, MOST) }
}

function completeWord(word: string, valuesOf: ValuesOf): readonly Completion[] {
  const fields = Object.entries(FIELD_NOTES)
    .filter(([field]) => field.startsWith(word))
    .map(([field, note]): Completion => ({ text: `${field}:`, note, isOpen: true }))
  return word.length < 2 ? fields : [...fields, ...FREE_FIELDS.flatMap((field) => valueOptions(field, word, valuesOf))]
}

/** Values that begin with what is typed, then those that hold it. */
function valueOptions(field: string, typed: string, valuesOf: ValuesOf): readonly Completion[] {
  const part = typed.toLowerCase()
  const found = valuesOf(field).filter(([value]) => value.toLowerCase().includes(part))
  const first = found.filter(([value]) => value.toLowerCase().startsWith(part))
  const rest = found.filter((one) => !first.includes(one))
  return [...first, ...rest].map(([value, count]) => ({
    text: `${field}:${quote(value)}`,
    note: count === null ? '' : `${count}`,
    isOpen: false,
  }))
}

function quote(value: string): string {
  return /^[^\s()"]+$/.test(value) ? value : `"${value.replace(/[\\"]/g, '\\$&')}"`
}
