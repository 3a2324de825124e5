import type { GoRules } from './rules.ts'

/** An e-mail address of a certificate (RFC 2821 section 4.1.2). */
export interface Mailbox {
  readonly local: string
  readonly domain: string
}

/** The labels of a domain name from the right ("example.com" -> com, example); undefined for what Go takes for no domain. The empty name has none. */
export function reverseLabels(domain: string, rules: GoRules): readonly string[] | undefined {
  if (domain === '') return []
  const labels = domain.split('.').reverse()
  if (labels.length > 1 && labels.at(-1) === '' && !rules.hasStrictLabels) labels.pop()
  return labels.every((label) => LABEL.test(label)) ? labels : undefined
}

/** Whether a name in a certificate may be a domain; a constraint may start with a dot. */
export function isDomain(name: string, isConstraint: boolean, rules: GoRules): boolean {
  if (rules.refusesDotConstraint && name.endsWith('.')) return false
  const bare = isConstraint && name.startsWith('.') ? name.slice(1) : name
  if (bare === '') return true
  const labels = bare.startsWith('.') && bare.length > 1 && !rules.hasStrictLabels ? bare.slice(1) : bare
  return LABEL.test(labels) && !labels.startsWith('.') && !labels.endsWith('.') && !labels.includes('..')
}

/** Parse a mailbox with Go's leniency: a quoted string or dotted atoms, and any domain. */
export function parseMailbox(text: string, rules: GoRules): Mailbox | undefined {
  const head = text.startsWith('"') ? readQuoted(text) : readAtoms(text)
  if (head === undefined || text[head.end] !== '@') return undefined
  const domain = text.slice(head.end + 1)
  const isSound = rules.hasStrictMailboxes
    ? isDomain(domain, false, rules) && !domain.includes('@')
    : reverseLabels(domain, rules) !== undefined
  return isSound ? { local: head.local, domain } : undefined
}

/** ASCII letters in lower case, all else untouched. */
export function toLowerCaseAscii(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
}

const LABEL = /^[!-~]+$/
/** qtext of RFC 2821 with the space that RFC 3696 uses. */
const QUOTED_TEXT = /^[\x01-\x08\x0b\x0c\x0e-\x1f !#-[\]-~\x7f]$/
const QUOTED_PAIR = /^[\x01-\x09\x0b\x0c\x0e-\x7f]$/
const ATOM_TEXT = /^[0-9A-Za-z!#$%&'*+\-/=?^_`{|}~.]$/

function readQuoted(text: string): { local: string; end: number } | undefined {
  let local = ''
  for (let i = 1; i < text.length; i++) {
    let char = text[i] ?? ''
    if (char === '"') return { local, end: i + 1 }
    const isPair = char === '\\'
    if (isPair) char = text[++i] ?? ''
    if (!(isPair ? QUOTED_PAIR : QUOTED_TEXT).test(char)) return undefined
    local += char
  }
  return undefined
}

function readAtoms(text: string): { local: string; end: number } | undefined {
  let local = ''
  let i = 0
  for (; i < text.length; i++) {
    if (text[i] === '\\') {
      if (++i >= text.length) return undefined
    } else if (!ATOM_TEXT.test(text[i] ?? '')) break
    local += text[i]
  }
  const isSound = local !== '' && !local.startsWith('.') && !local.endsWith('.') && !local.includes('..')
  return isSound ? { local, end: i } : undefined
}
