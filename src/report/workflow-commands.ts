/** Annotations for GitHub Actions, and text that cannot be mistaken for one. Facts: the runner trims a line and takes `::name …::text` as a command. */
import type { Diagnosis } from '../contract/diagnosis.ts'
import { escapeText } from './escape.ts'

/** One `::error` line for each diagnosis, in order; "" where there is none. */
export function errorAnnotations(diagnoses: readonly Diagnosis[]): string {
  return diagnoses.map(({ cause, title, why }) => `::error title=${property(cause)}::${message(`${title}. ${why}`)}\n`).join('')
}

/** Lines that the runner would obey lose that power: what was captured may hold them. */
export function disarm(text: string): string {
  return text.replaceAll(/^(\s*)(::|##\[)/gm, (_line, space: string, mark: string) => `${space}${mark[0] ?? ''} ${mark.slice(1)}`)
}

function message(text: string): string {
  return escapeText(text).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function property(text: string): string {
  return message(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
