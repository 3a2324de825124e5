/** What go prints for a cause, in words, from the patterns that its real output is compared with (test/e2e/texts.ts). */
import { type CaseText, GO_TEXTS, type GoText, type RaceText } from '../e2e/texts.ts'

/** Every sentence that the lab cases of this cause have been seen to print, what varies in capitals; by version where go changed it. */
export function goWords(id: string): readonly string[] {
  const texts = Object.entries(GO_TEXTS).filter(([name]) => name === id || name.startsWith(`${id}/`) || isOfFamily(id, name))
  return [...new Set(texts.flatMap(([, text]) => wordsOf(text)))]
}

function isOfFamily(id: string, name: string): boolean {
  return id.endsWith('-*') && name.startsWith(id.slice(0, -1))
}

function wordsOf({ afterUrl, whole, orByRace = [] }: CaseText): readonly string[] {
  const text = afterUrl ?? whole
  const usual = text === undefined ? [] : byVersion(text).map(({ since, pattern }) => `${spell(pattern)}${since}`)
  return [...usual, ...orByRace.flatMap(raceWords)]
}

function raceWords({ words, since }: RaceText): readonly string[] {
  return spellOut(words, VARYING).map((said) => `${said}    (by a race inside go${since === undefined ? '' : `, go ${since} and later`})`)
}

function byVersion(text: GoText): readonly { readonly since: string; readonly pattern: RegExp }[] {
  if (text instanceof RegExp) return [{ since: '', pattern: text }]
  return Object.entries(text).map(([version, pattern]) => ({ since: `    (go ${version} and later)`, pattern }))
}

/** Each piece of a pattern that varies, and what stands for it. In this order, since some hold others. */
type Spelling = readonly (readonly [piece: string, word: string])[]

const VARYING: Spelling = [
  [String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)`, 'TIME'],
  [String.raw`[a-z0-9.-]+\.whytls\.test`, 'HOST'],
  [String.raw`lab\.whytls\.test/hello@v1\.0\.0`, 'MODULE'],
  [String.raw`lab\.whytls\.test/hello`, 'MODULE'],
  ['https://[^ ]+', 'https://HOST'],
  ['https:[^"]+', 'https://HOST/…'],
  ['[0-9.:]+', 'ADDRESS'],
  ['[^"]+', 'NAME'],
  [String.raw`\d+`, 'N'],
  ['.*', '…'],
]

function spell(pattern: RegExp): string {
  return spellOut(pattern, VARYING).join('\n')
}

/** Every text that a pattern stands for, with `spelling` in place of what varies. */
export function spellOut(pattern: RegExp, spelling: Spelling): readonly string[] {
  const spelled = spelling.reduce((source, [piece, word]) => source.replaceAll(piece, word), pattern.source.replaceAll('\\/', '/'))
  return spellAll(spelled).map((one) => one.replaceAll('\\n', '\n').replaceAll('\\t', '\t').replaceAll(/\\(.)/g, '$1').trim())
}

/** One sentence for each way through the alternatives of a pattern, from the innermost outwards. */
function spellAll(source: string): readonly string[] {
  const [group, alternatives] = /\(\?:((?:[^()\\]|\\.)*)\)/.exec(source) ?? []
  if (group === undefined || alternatives === undefined) return [source]
  return [...new Set(alternatives.split('|').flatMap((one) => spellAll(source.replace(group, () => one))))]
}
