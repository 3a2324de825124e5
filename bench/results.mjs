/** Results of benches that share a file: each is a section of its own. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Replace the section with this title (or add it) and leave the others. Returns its text. */
export function writeSection(name, title, text) {
  const path = join(import.meta.dirname, name)
  const old = existsSync(path) ? readFileSync(path, 'utf8') : ''
  const sections = old.split(/^(?=# )/m).filter((section) => section.trim() !== '')
  const fresh = `# ${title}\n\n${text.trim()}\n\n`
  const at = sections.findIndex((section) => section.startsWith(`# ${title}\n`))
  if (at < 0) sections.push(fresh)
  else sections[at] = fresh
  writeFileSync(path, `${sections.map((section) => section.trim()).join('\n\n')}\n`)
  return fresh
}
