/** Masks credentials in free text before anything keeps it: a line that a command printed, a word of its command line, the body of an answer. Pure. */

/**
 * Replace what is, or may be, a credential by `[n bytes]`: user information of URLs, query values, what stands behind the name of a secret,
 * tokens behind an authentication scheme, and tokens that are known by their form. Rather a harmless word too many than a secret too few.
 */
export function maskText(text: string): string {
  return text
    .replace(USERINFO, (_all, sign: string, secret: string) => `${sign}${lengthOf(secret)}@`)
    .replace(CUT_USERINFO, (_all, sign: string, secret: string) => `${sign}${lengthOf(secret)}@`)
    .replace(QUERY_VALUE, (all: string, name: string, value: string) => (PLAIN_QUERY.has(all.slice(1)) ? all : `${name}${lengthOf(value)}`))
    .replace(FIELD, maskNamed)
    .replace(NAMED, maskNamed)
    .replace(SCHEME_TOKEN, (_all, scheme: string, token: string) => `${scheme} ${lengthOf(token)}`)
    .replace(KNOWN_FORM, lengthOf)
}

/** What stands in the place of a secret: its length alone. */
export function lengthOf(secret: string): string {
  return `[${Buffer.byteLength(secret)} bytes]`
}

/** Queries that only say what git and go ask for. */
export const PLAIN_QUERY: ReadonlySet<string> = new Set(['go-get=1', 'service=git-upload-pack'])

/** Of a value in quotes these stay. */
function maskNamed(_all: string, name: string, sign: string, value: string): string {
  const quote = /^\\?["']/.exec(value)?.[0] ?? ''
  return `${name}${sign}${quote}${lengthOf(value.slice(quote.length, value.endsWith(quote) ? value.length - quote.length : undefined))}${quote}`
}

// Every repetition is bounded or ends at a sign that it may not hold: a hostile body of 64 KiB costs milliseconds.

/** Up to the last at sign in the authority: go takes further ones for a part of the password. */
const USERINFO = /(:\/\/)([^\s/?#"<>]+)@/g
/** A password that should have been escaped: it holds `/`, `?` or `#`, so that a port seems to begin which is none. */
const CUT_USERINFO = /(:\/\/)([^\s/?#@"<>:[]{0,256}:(?!\d{0,5}(?:[/?#\s"'<>(),;|\]]|$))[^\s"<>]{0,512})@/g
const QUERY_VALUE = /((?:[?&]|&amp;)[\w.~%[\]-]{1,64}=)((?!\[\d+ bytes\])[^\s&"#<>]+)/g
/** Header fields whose value has blanks in it: to the end of the line, or of the quoted string. */
const FIELD = /\b((?:proxy-)?authorization|(?:set-)?cookie)(\\?["']?\s{0,8}[:=]\s{0,8})(\\?"[^"\r\n]*"?|[^\s"'\\][^\r\n]*)/gi
const NAMED =
  /(?<![\w/.-])([\w-]{0,40}(?:token|secret|passw(?:or)?d|passphrase|api[_-]?key|access[_-]?key|private[_-]?key|credentials?))(\\?["']?\s{0,8}[:=]\s{0,8})(?!\\?["']?\[\d+ bytes\])(\\?"[^"\r\n]*"?|'[^'\r\n]*'?|[^\s,;&"'<>\\]+)/gi
/** What follows is a token, no word: it has a digit or a sign in it, or a capital letter behind another. */
const SCHEME_TOKEN =
  /\b([Bb]asic|BASIC|[Bb]earer|BEARER|[Nn]egotiate|NEGOTIATE|NTLM|ntlm)\s+(?!\[\d+ bytes\])(?=[^\s"'<>]*[\d=+/_~]|[^\s"'<>]+[A-Z]|[\w-]*\.\w)([\w+/=.~-]{4,})/g
const KNOWN_FORM =
  /\b(?:gh[pousr]_\w{20,255}|github_pat_\w{20,255}|glpat-[\w-]{16,255}|xox[abprs]-[\w-]{10,255}|npm_\w{30,255}|eyJ[\w-]{8,4096}\.eyJ[\w-]{8,8192}\.[\w-]{0,1024})/g
