/** What go makes of GOPROXY (cmd/go/internal/modfetch/proxy.go). Pure. */
import type { Check } from '../../contract/document.ts'
import { check, insecure } from './check.ts'

/** Entries in words, and whatever go refuses or silently leaves out. */
export function checkGoproxy(value: string): readonly Check[] {
  const entries = value.split(/[,|]/).map((entry) => entry.trim())
  const used = entries.filter((entry) => entry !== '')
  if (value !== '' && used.length === 0) {
    return [problem('it is not the empty string, but has no entries; go refuses every download', 'go env -u GOPROXY')]
  }
  const found = [...used.flatMap(checkEntry), ...checkEnd(used), ...checkSeparators(value, used)]
  return found.some(({ status }) => status === 'problem') ? found : [check('fine', 'GOPROXY', maskUser(value)), ...found]
}

function checkEntry(entry: string): readonly Check[] {
  if (entry === 'direct' || entry === 'off') return []
  const shown = maskUser(entry)
  if (/^['"]/.test(entry)) return [problem(`${shown}: the quotes are part of the value; go cannot parse it`)]
  if (/\s/.test(entry)) return [problem(`${shown}: entries are separated by commas or |, not by blanks`)]
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(entry)?.[1]?.toLowerCase()
  if (scheme === undefined) return checkBare(entry)
  if (scheme === 'http') return [insecure('GOPROXY', `${shown}: plain http, whoever is on the path can change what comes`)]
  if (scheme !== 'https' && scheme !== 'file') return [problem(`${shown}: go takes https, http and file, not ${scheme}`)]
  return URL.canParse(entry) ? [] : [problem(`${shown}: go cannot parse it as a URL`)]
}

/** go puts https:// before what has a dot, a colon or a slash; a bare word is refused. */
function checkBare(entry: string): readonly Check[] {
  if (!/[.:/]/.test(entry)) return [problem(`${entry}: invalid proxy URL missing scheme, says go`)]
  return [check('note', 'GOPROXY', `${maskUser(entry)} has no scheme; go reads it as https://${maskUser(entry)}`)]
}

function checkEnd(used: readonly string[]): readonly Check[] {
  const end = used.findIndex((entry) => entry === 'direct' || entry === 'off')
  if (end < 0 || end === used.length - 1) return []
  return [
    check(
      'warning',
      'GOPROXY',
      `what stands behind ${used[end]} is never read: ${used
        .slice(end + 1)
        .map(maskUser)
        .join(', ')}`,
    ),
  ]
}

function checkSeparators(value: string, used: readonly string[]): readonly Check[] {
  if (value.includes('|') || used.length < 2) return []
  return [
    check(
      'note',
      'GOPROXY',
      'behind a comma go tries the next entry only after 404 or 410, never after a TLS error; behind | after any error',
    ),
  ]
}

function problem(text: string, command?: string): Check {
  return check('problem', 'GOPROXY', text, { advice: 'name module mirrors by URL', commands: command === undefined ? [] : [command] })
}

/** User information is nobody's business. */
export function maskUser(text: string): string {
  return text.replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s/,|]*@/gi, '$1[masked]@')
}

/** The same of one proxy, which may lack its scheme, and whose password may hold what should have been escaped. */
export function maskProxyUser(value: string): string {
  return value.replace(/^(["']?(?:[a-z][a-z0-9+.-]*:\/\/)?).*@/is, '$1[masked]@')
}
