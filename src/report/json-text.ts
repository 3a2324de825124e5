/** JSON for a terminal, a file or a pipe: captured text in it can neither write control sequences nor break a line. Pure. */

/** C1 controls, line and paragraph separators, bidirectional marks: legal inside JSON strings, harmful outside. */
const HARMFUL = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

/** JSON.stringify, with what it leaves raw written as `\uXXXX`; the value is the same when read again. */
export function jsonText(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replace(HARMFUL, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
