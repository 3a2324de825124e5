/** All that is known to help, for every system and shell, with undo. */
import type { Diagnosis, Fix } from '../contract/diagnosis.ts'
import { printable } from './escape.ts'
import { padEnd, wrap } from './layout.ts'
import { paint, type Style } from './style.ts'
import { SOURCE_NAMES } from './words.ts'

const LABEL = 12

/** Title, go's words, why, evidence, fixes and notes of a diagnosis. */
export function diagnosisLines(diagnosis: Diagnosis, style: Style): readonly string[] {
  return [
    ...labelled('what', `${diagnosis.confidence === 'possible' ? 'possibly: ' : ''}${diagnosis.title}`, style),
    ...goWords(diagnosis, style),
    ...labelled('why', diagnosis.why, style),
    ...diagnosis.evidence.flatMap(({ text, source }, index) =>
      labelled(index === 0 ? 'evidence' : '', `${index + 1} ${text} [${SOURCE_NAMES[source]}]`, style),
    ),
    ...labelled(
      '',
      `${diagnosis.confidence}${diagnosis.notChecked.length === 0 ? '' : `; not checked: ${diagnosis.notChecked.join('; ')}`}`,
      style,
    ),
    ...diagnosis.fixes.flatMap((fix) => fixLines(fix, style)),
    ...diagnosis.alsoTrue.flatMap((sentence) => labelled('also true', sentence, style)),
    ...diagnosis.alsoPossible.flatMap(({ cause, confidence, test }) => [
      ...labelled('or', `${cause} (${confidence}); to tell the two apart:`, style),
      command(test, style),
    ]),
    ...diagnosis.willNotHelp.flatMap(({ setting, because }, index) =>
      labelled(index === 0 ? 'no help' : '', `${setting}: ${because}`, style),
    ),
  ]
}

/** go's sentence is printed whole, so that it can be searched for. */
function goWords({ goText }: Diagnosis, style: Style): readonly string[] {
  if (goText === null) return []
  return [
    `${padEnd(goText.source === 'stderr' ? '  go said' : '  go says', LABEL)}${printable(goText.text, style) || '(nothing after the URL)'}`,
  ]
}

function fixLines(fix: Fix, style: Style): readonly string[] {
  const where = [fix.os === 'any' ? '' : fix.os, fix.shell === 'any' ? '' : fix.shell, fix.scope].filter((word) => word !== '').join(', ')
  const status = `${fix.checked ? 'checked' : 'not checked'}${fix.checkedHow === '' ? '' : `: ${fix.checkedHow}`}`
  const who = fix.who === 'you' ? '' : ` for ${fix.who === 'your-network' ? 'your network team' : "the server's owner"}`
  return [
    ...labelled('fix', `${fix.title} [${where}${who}] (${status})`, style),
    ...fix.commands.map((line) => command(line, style)),
    ...(fix.undo.length === 0 ? [] : [...labelled('', 'undo:', style), ...fix.undo.map((line) => command(line, style))]),
    ...(fix.risk === null ? [] : labelled('', `risk: ${fix.risk}`, style)),
  ]
}

function command(line: string, style: Style): string {
  return `  ${paint(printable(line, style), 'command', style)}`
}

function labelled(label: string, text: string, style: Style): readonly string[] {
  const width = Math.max(24, Math.min(style.columns, 80) - LABEL)
  return wrap(printable(text, style), width).map((line, index) => `${padEnd(index === 0 ? `  ${label}` : '', LABEL)}${line}`)
}
