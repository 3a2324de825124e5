/** Words that came from the network or a file, made safe to stand in a sentence. */

/** Longest captured value that is quoted in full, in code points. */
const LONGEST = 120

/**
 * Escape control characters (C0, C1), bidirectional controls and other invisible format characters as `\u202e`; a line break becomes `\u000a`.
 * What is returned never contains a character that moves the cursor, so escaping twice changes nothing.
 */
export function escapeCaptured(text: string): string {
  return text.replace(UNSAFE, (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`)
}

/** A captured value for a sentence: escaped and cut to 120 code points. */
export function shown(text: string): string {
  const points = [...escapeCaptured(text)]
  return points.length <= LONGEST ? points.join('') : `${points.slice(0, LONGEST - 1).join('')}…`
}

/** A host and port for a sentence; the port only where it is not 443. */
export function shownHost(host: string, port = 443): string {
  const name = host.includes(':') ? `[${shown(host)}]` : shown(host)
  return port === 443 ? shown(host) : `${name}:${port}`
}

/** C0, DEL and C1; soft hyphen, Arabic letter mark, zero-width and bidi controls, line and paragraph separators, tags, lone surrogates. */
const UNSAFE =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]|\p{Surrogate}/gu
