/** How to write to this terminal: colour, glyphs, width (terminal design, sections 1 and 9). */
import type { Style } from '../report/style.ts'

/** What the user asked for on the command line. */
export interface StyleChoice {
  /** auto unless said. */
  readonly color?: 'always' | 'never' | 'auto'
  readonly plain?: boolean
}

/** What matters of a stream. */
export type Terminal = Pick<NodeJS.WriteStream, 'isTTY' | 'columns'>

/** The style for a stream; NO_COLOR wins, then --color, CLICOLOR_FORCE, TERM=dumb. */
export function chooseStyle(stream: Terminal, env: NodeJS.ProcessEnv, choice: StyleChoice): Style {
  return {
    columns: widthOf(stream),
    colour: usesColour(stream, env, choice.color ?? 'auto'),
    unicode: speaksUnicode(env),
    plain: choice.plain === true || env['WHYTLS_PLAIN'] === '1',
  }
}

/** A terminal that does not know its width says 0. */
export function widthOf(stream: Terminal): number {
  return stream.isTTY && stream.columns > 0 ? Math.max(20, stream.columns) : 80
}

function usesColour(stream: Terminal, env: NodeJS.ProcessEnv, choice: 'always' | 'never' | 'auto'): boolean {
  if ((env['NO_COLOR'] ?? '') !== '') return false
  if (choice !== 'auto') return choice === 'always'
  if ((env['CLICOLOR_FORCE'] ?? '0') !== '0') return true
  return stream.isTTY === true && env['TERM'] !== 'dumb'
}

function speaksUnicode(env: NodeJS.ProcessEnv): boolean {
  if (process.platform === 'win32') return env['WT_SESSION'] !== undefined || env['TERM_PROGRAM'] === 'vscode'
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || ''
  return /utf-?8/i.test(locale)
}
