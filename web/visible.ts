/** Captured text made safe to look at. Everything that reaches the page passes here once, on arrival. */

/** C0 (without line feed), C1, soft hyphen, zero-width, fillers, bidi and line separators, tag characters. */
const UNSEEN =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb]|\u034f|[\u{e0000}-\u{e007f}]/gu

/** Marks that pile up over one letter: no browser can break them into lines, and they draw over what stands above. */
const PILED = /(\p{M}{4})(\p{M}+)/gu

/** A frame without any of these, raw or as a JSON escape, needs no second look. */
const SUSPECT =
  /\\[bfnrtu]|[\u007f-\u009f\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb]|\u034f|[\u{e0000}-\u{e007f}]|\p{M}{5}/u

/** Fields that hold more than one line by nature. */
const MULTILINE: ReadonlySet<string> = new Set(['stderrTail', 'body', 'responseBody', 'why', 'text', 'goText'])

/** Show control and bidi characters as `\u202e`; line feeds too, unless `keepLines`. */
export function makeVisible(text: string, keepLines = false): string {
  const seen = text.replace(UNSEEN, escapeUnits).replace(PILED, (_, kept: string, more: string) => `${kept}(and ${more.length} more marks)`)
  return keepLines ? seen : seen.replaceAll('\n', '\\u000a')
}

/** Octets and commands are never cut. */
const NEVER_CUT: ReadonlySet<string> = new Set(['der', 'raw', 'octets', 'commands', 'command', 'undo', 'test'])

/** Of what has many lines by nature, each line counts. */
const CUT_BY_LINE: ReadonlySet<string> = new Set(['stderrTail', 'body', 'responseBody'])

/** A browser takes minutes to break a name of 64 KiB into lines. */
const MOST_SHOWN = 2_048

/**
 * Parse JSON of the server with every string made visible.
 * @param cuts names of absurd length are cut, and say so (answers that are drawn in full, not rows of the list)
 * @throws SyntaxError when it is not JSON
 */
export function parseVisible(json: string, cuts = false): unknown {
  const value: unknown = JSON.parse(json)
  return SUSPECT.test(json) || (cuts && json.length > MOST_SHOWN) ? showWithin(value, '', cuts) : value
}

/** Walks what was just parsed and belongs to nobody yet: strings are replaced in place (a reviver takes five times as long). */
function showWithin(value: unknown, key: string, cuts: boolean): unknown {
  if (typeof value === 'string') return makeVisible(cuts ? cutLong(value, key) : value, MULTILINE.has(key))
  if (typeof value !== 'object' || value === null) return value
  const holder = value as Record<string, unknown>
  for (const name of Object.keys(holder)) holder[name] = showWithin(holder[name], Array.isArray(value) ? key : name, cuts)
  return value
}

function cutLong(text: string, key: string): string {
  if (text.length <= MOST_SHOWN || NEVER_CUT.has(key)) return text
  if (CUT_BY_LINE.has(key) && text.includes('\n'))
    return text
      .split('\n')
      .map((line) => cutLong(line, ''))
      .join('\n')
  return `${text.slice(0, MOST_SHOWN)}… (${text.length - MOST_SHOWN} more characters)`
}

function escapeUnits(characters: string): string {
  return [...Array(characters.length).keys()].map((at) => `\\u${characters.charCodeAt(at).toString(16).padStart(4, '0')}`).join('')
}
