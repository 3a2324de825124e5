/** Cells, wrapping and padding. All functions expect text without colour and without control characters. */

/** Cells that a text takes in a terminal: 2 for wide East Asian characters and emoji, 0 for combining marks. */
export function cells(text: string): number {
  let sum = 0
  for (const character of text) sum += cellsOf(character)
  return sum
}

/** Break a text at blanks into lines of at most `width` cells; a word that is longer is broken inside. At least one line. */
export function wrap(text: string, width: number): readonly string[] {
  const limit = Math.max(4, width)
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ').flatMap((long) => cutWord(long, limit))) {
    if (line === '') line = word
    else if (cells(line) + 1 + cells(word) <= limit) line = `${line} ${word}`
    else {
      lines.push(line)
      line = word
    }
  }
  return [...lines, line]
}

/** Fill up with blanks to `width` cells; longer text stays. */
export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - cells(text)))
}

/** Fill up with blanks before the text to `width` cells. */
export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - cells(text))) + text
}

/** Cut to `width` cells, with a sign at the end where something is lost. */
export function cut(text: string, width: number, sign: string): string {
  if (cells(text) <= width) return text
  let kept = ''
  for (const character of text) {
    if (cells(kept) + cellsOf(character) + cells(sign) > width) break
    kept += character
  }
  return kept + sign
}

function cutWord(word: string, width: number): string[] {
  if (cells(word) <= width) return [word]
  const parts: string[] = []
  let part = ''
  for (const character of word) {
    if (cells(part) + cellsOf(character) > width) {
      parts.push(part)
      part = ''
    }
    part += character
  }
  return [...parts, part]
}

function cellsOf(character: string): number {
  if (character < '\u0300') return 1
  if (/\p{Mark}/u.test(character)) return 0
  return WIDE.test(character) ? 2 : 1
}

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u
