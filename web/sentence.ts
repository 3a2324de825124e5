/** Sentences of whytls that stand alone get a capital on the page; the text itself stays as the API has it. */

/** Words that are written small even where a sentence begins. */
const NAMES: ReadonlySet<string> = new Set(['go', 'git', 'curl', 'whytls', 'localhost', 'http', 'https'])

/** The class of an element that holds this sentence: `cap` where its first word is a plain one, and neither a command nor a host. */
export function casing(sentence: string, host = ''): 'cap' | '' {
  const [, first = ''] = /^([a-z]+)(?=[,;:]?\s|['’]s?\s)/.exec(sentence) ?? []
  return first === '' || NAMES.has(first) || (sentence.startsWith(`${host} `) && host !== '') ? '' : 'cap'
}

/** The same for a text that is not compared with anything: with its capital. */
export function capital(text: string): string {
  return casing(text) === 'cap' ? text.charAt(0).toUpperCase() + text.slice(1) : text
}
