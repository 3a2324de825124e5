/** How text is drawn: width, colour, glyphs. Decided by `cli`, obeyed here. */

export interface Style {
  /** Width of the terminal in cells. */
  readonly columns: number
  readonly colour: boolean
  /** Glyphs outside ASCII may be printed. */
  readonly unicode: boolean
  /** For screen readers: no track, no box drawing, sentences only. */
  readonly plain: boolean
}

/** What a piece of text is; the user's theme decides how the 16 colours look. Colour never carries meaning alone. */
export type Ink = 'bad' | 'warn' | 'good' | 'where' | 'command' | 'dim'

/** Put a piece of text, without line breaks, in its colour; unchanged where there is none. */
export function paint(text: string, ink: Ink, style: Style): string {
  return style.colour && text !== '' ? `\u001b[${SGR[ink]}m${text}\u001b[0m` : text
}

/** The signs of this terminal. */
export function glyphs(style: Style): Glyphs {
  return style.unicode ? UNICODE : ASCII
}

export interface Glyphs {
  readonly passed: string
  readonly failed: string
  readonly notReached: string
  readonly open: string
  readonly link: string
  readonly ellipsis: string
  readonly times: string
  readonly branch: string
}

const UNICODE: Glyphs = { passed: '✓', failed: '✕', notReached: '·', open: '…', link: '⇄', ellipsis: '…', times: '×', branch: '└─' }
const ASCII: Glyphs = { passed: 'ok', failed: 'FAIL', notReached: '-', open: '...', link: '=', ellipsis: '...', times: 'x', branch: '`-' }

const SGR: Readonly<Record<Ink, string>> = { bad: '1;31', warn: '1;33', good: '32', where: '1', command: '36', dim: '2' }
