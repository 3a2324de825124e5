/**
 * Split "host:port" as Go's net.SplitHostPort does.
 * @param text with at least one colon
 * @returns the host without brackets, or Go's text of the error
 */
export function splitHostPort(text: string): { readonly host: string } | { readonly problem: string } {
  const colon = text.lastIndexOf(':')
  const end = text.startsWith('[') ? text.indexOf(']') : -1
  const why = text.startsWith('[') ? checkBrackets(text, end, colon) : checkPlain(text, colon)
  if (why !== undefined) return { problem: `address ${text}: ${why}` }
  return { host: end < 0 ? text.slice(0, colon) : text.slice(1, end) }
}

const MISSING_PORT = 'missing port in address'
const TOO_MANY = 'too many colons in address'

function checkPlain(text: string, colon: number): string | undefined {
  if (colon < 0) return MISSING_PORT
  if (text.slice(0, colon).includes(':')) return TOO_MANY
  if (text.includes('[')) return "unexpected '[' in address"
  return text.includes(']') ? "unexpected ']' in address" : undefined
}

function checkBrackets(text: string, end: number, colon: number): string | undefined {
  if (colon < 0) return MISSING_PORT
  if (end < 0) return "missing ']' in address"
  if (end + 1 === text.length) return MISSING_PORT
  if (end + 1 !== colon) return text[end + 1] === ':' ? TOO_MANY : MISSING_PORT
  if (text.slice(1).includes('[')) return "unexpected '[' in address"
  return text.slice(end + 1).includes(']') ? "unexpected ']' in address" : undefined
}
