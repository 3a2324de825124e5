import { decodeGoString, quoteGo } from './go-text.ts'

/** An address that Go's netip.ParseAddr takes (IPv6 also with a zone), or its text for the refusal. */
export type IpLiteral = { readonly family: 4 | 6 } | { readonly problem: string }

/** Parse an address literal with the order of checks and the words of Go's netip.ParseAddr. @param text one character an octet */
export function parseIpLiteral(text: string): IpLiteral {
  const wrong = findProblem(text)
  if (wrong === undefined) return { family: text.search(/[.:]/) >= 0 && text[text.search(/[.:]/)] === '.' ? 4 : 6 }
  const at = wrong.at === undefined ? '' : ` (at ${quote(wrong.at)})`
  return { problem: `ParseAddr(${quote(text)}): ${wrong.message}${at}` }
}

interface Problem {
  readonly message: string
  /** What had not been read yet. */
  readonly at?: string
}

function quote(octets: string): string {
  return quoteGo(decodeGoString(Buffer.from(octets, 'latin1')))
}

function findProblem(text: string): Problem | undefined {
  const first = /[.:%]/.exec(text)?.[0]
  if (first === '.') return findQuadProblem(text)
  if (first === ':') return findIpv6Problem(text)
  return { message: first === '%' ? 'missing IPv6 address' : 'unable to parse IP' }
}

function findQuadProblem(text: string): Problem | undefined {
  let [value, digits, dots] = [0, 0, 0]
  for (const [i, char] of [...text].entries()) {
    if (/[0-9]/.test(char)) {
      if (digits === 1 && value === 0) return { message: 'IPv4 field has octet with leading zero' }
      value = value * 10 + Number(char)
      digits += 1
      if (value > 255) return { message: 'IPv4 field has value >255' }
    } else if (char !== '.') return { message: 'unexpected character', at: text.slice(i) }
    else if (i === 0 || i === text.length - 1 || text[i - 1] === '.') {
      return { message: 'IPv4 field must have at least one digit', at: text.slice(i) }
    } else if (dots === 3) return { message: 'IPv4 address too long' }
    else {
      dots += 1
      value = 0
      digits = 0
    }
  }
  return dots < 3 ? { message: 'IPv4 address too short' } : undefined
}

function findIpv6Problem(text: string): Problem | undefined {
  const percent = text.indexOf('%')
  if (percent === text.length - 1) return { message: 'zone must be a non-empty string' }
  let rest = percent < 0 ? text : text.slice(0, percent)
  /** Octets read so far, and how many of them stood before `::`. */
  let [octets, ellipsis] = [0, -1]
  if (rest.startsWith('::')) {
    ellipsis = 0
    rest = rest.slice(2)
    if (rest === '') return undefined
  }
  while (octets < 16) {
    const group = readGroup(rest, octets, ellipsis >= 0)
    if ('problem' in group) return group.problem
    octets += group.octets
    rest = rest.slice(group.length)
    if (rest === '') break
    if (rest[0] !== ':') return { message: 'unexpected character, want colon', at: rest }
    if (rest.length === 1) return { message: 'colon must be followed by more characters', at: rest }
    rest = rest.slice(1)
    if (rest[0] !== ':') continue
    if (ellipsis >= 0) return { message: 'multiple :: in address', at: rest }
    ellipsis = octets
    rest = rest.slice(1)
    if (rest === '') break
  }
  if (rest !== '') return { message: 'trailing garbage after address', at: rest }
  if (octets < 16) return ellipsis < 0 ? { message: 'address string too short' } : undefined
  return ellipsis < 0 ? undefined : { message: 'the :: must expand to at least one field of zeros' }
}

type Group = { readonly octets: number; readonly length: number } | { readonly problem: Problem }

/** One group of hex digits, or the dotted quad at the end. */
function readGroup(rest: string, before: number, hasEllipsis: boolean): Group {
  const { length } = /^[0-9a-fA-F]*/.exec(rest)?.[0] ?? ''
  if (length > 4) return { problem: { message: 'each group must have 4 or less digits', at: rest } }
  if (length === 0) return { problem: { message: 'each colon-separated field must have at least one digit', at: rest } }
  if (rest[length] !== '.') return { octets: 2, length }
  if (!hasEllipsis && before !== 12) {
    return { problem: { message: 'embedded IPv4 address must replace the final 2 fields of the address', at: rest } }
  }
  if (before + 4 > 16) {
    return { problem: { message: 'too many hex fields to fit an embedded IPv4 at the end of the address', at: rest } }
  }
  const problem = findQuadProblem(rest)
  return problem === undefined ? { octets: 4, length: rest.length } : { problem }
}
