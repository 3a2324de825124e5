/**
 * Go's strings are octets. Where they are not valid UTF-8, each odd octet is kept as a lone surrogate U+DC80 to U+DCFF, so that nothing is lost
 * and `quoteGo` can print it as Go does.
 */
export function decodeGoString(octets: Uint8Array): string {
  if (isAscii(octets)) return latin1(octets)
  const buffer = Buffer.from(octets.buffer, octets.byteOffset, octets.length)
  const text = buffer.toString('utf8')
  return text.includes('\ufffd') && !isValidUtf8(octets) ? decodePiecewise(octets) : text
}

/** Whether octets are UTF-8 as Go understands it (no surrogates, no overlong forms). */
export function isValidUtf8(octets: Uint8Array): boolean {
  if (isAscii(octets)) return true
  try {
    new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(octets)
    return true
  } catch {
    return false
  }
}

/** Go's `%q`: a double-quoted string with Go's escapes. */
export function quoteGo(text: string): string {
  let quoted = '"'
  for (const char of text) quoted += escapeChar(char)
  return `${quoted}"`
}

/** A Go string as JSON and people see it: odd octets become U+FFFD. */
export function showGoString(text: string): string {
  return text.replace(LONE_SURROGATE, '\ufffd')
}

/** The number of octets that Go counts in a string. */
export function goLength(text: string): number {
  const odd = text.match(LONE_SURROGATE)?.length ?? 0
  return Buffer.byteLength(text, 'utf8') - 2 * odd
}

/** Whether every octet is ASCII. */
export function isAscii(octets: Uint8Array): boolean {
  for (let at = 0; at < octets.length; at += 1) if ((octets[at] ?? 0) >= 0x80) return false
  return true
}

/** A string of which each character stands for one octet. */
export function latin1(octets: Uint8Array): string {
  // Most are short: a Buffer for each would take longer than its octets.
  if (octets.length <= SHORT_BYTES) return Reflect.apply(String.fromCharCode, undefined, octets)
  return Buffer.from(octets.buffer, octets.byteOffset, octets.length).toString('latin1')
}

const SHORT_BYTES = 64

/** Lower-case hex. */
export function hex(octets: Uint8Array): string {
  return Buffer.from(octets.buffer, octets.byteOffset, octets.length).toString('hex')
}

/** A time as Go prints it with time.RFC3339: whole seconds, `Z` for UTC. @param offsetMinutes east of UTC */
export function formatGoTime(time: Date, offsetMinutes = 0): string {
  const ms = time.getTime()
  if (!Number.isFinite(ms)) return '0001-01-01T00:00:00Z'
  const local = new Date(Math.floor(ms / 1000) * 1000 + offsetMinutes * 60_000)
  const pad = (value: number, width = 2) => String(value).padStart(width, '0')
  const date = `${pad(local.getUTCFullYear(), 4)}-${pad(local.getUTCMonth() + 1)}-${pad(local.getUTCDate())}`
  const clock = `${pad(local.getUTCHours())}:${pad(local.getUTCMinutes())}:${pad(local.getUTCSeconds())}`
  if (offsetMinutes === 0) return `${date}T${clock}Z`
  const minutes = Math.abs(offsetMinutes)
  return `${date}T${clock}${offsetMinutes < 0 ? '-' : '+'}${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`
}

const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g
const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u
const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '"': '\\"',
  '\\': '\\\\',
}

function escapeChar(char: string): string {
  const short = SHORT_ESCAPES[char]
  if (short !== undefined) return short
  const code = char.codePointAt(0) ?? 0
  if (code >= 0xdc80 && code <= 0xdcff) return `\\x${(code - 0xdc00).toString(16)}`
  if (PRINTABLE.test(char)) return char
  if (code < 0x20 || code === 0x7f) return `\\x${code.toString(16).padStart(2, '0')}`
  return code > 0xffff ? `\\U${code.toString(16).padStart(8, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`
}

function decodePiecewise(octets: Uint8Array): string {
  const buffer = Buffer.from(octets.buffer, octets.byteOffset, octets.length)
  const pieces: string[] = []
  let [position, sound] = [0, 0]
  while (position < octets.length) {
    const length = runeLength(octets, position)
    if (length === 0) {
      if (sound < position) pieces.push(buffer.toString('utf8', sound, position))
      pieces.push(String.fromCharCode(0xdc00 + (octets[position] ?? 0)))
      sound = position + 1
    }
    position += Math.max(length, 1)
  }
  pieces.push(buffer.toString('utf8', sound))
  return pieces.join('')
}

/** Octets of the UTF-8 character that starts here (RFC 3629 section 4), 0 when none does. */
function runeLength(octets: Uint8Array, position: number): number {
  const first = octets[position] ?? 0
  if (first < 0x80) return 1
  const length = first < 0xc2 || first > 0xf4 ? 0 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2
  for (let i = 1; i < length; i += 1) {
    const [lowest, highest] = i === 1 ? (SECOND_OCTETS[first] ?? FOLLOWING) : FOLLOWING
    const octet = octets[position + i] ?? 0
    if (octet < lowest || octet > highest) return 0
  }
  return length
}

const FOLLOWING = [0x80, 0xbf] as const
/** What may follow these first octets: no overlong form, no surrogate, nothing beyond U+10FFFF. */
const SECOND_OCTETS: Readonly<Record<number, readonly [number, number]>> = {
  224: [0xa0, 0xbf],
  237: [0x80, 0x9f],
  240: [0x90, 0xbf],
  244: [0x80, 0x8f],
}
