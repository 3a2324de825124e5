/** What go makes of GOPRIVATE, GONOPROXY, GONOSUMDB and GOINSECURE: globs over module paths, nothing else. Pure. */
import type { Check } from '../../contract/document.ts'
import { check, insecure } from './check.ts'

export type PatternVariable = 'GOPRIVATE' | 'GONOPROXY' | 'GONOSUMDB' | 'GOINSECURE'

/** Each entry that does not mean what its writer hoped. @param value as `go env` prints it, "" when unset */
export function checkPatterns(name: PatternVariable, value: string): readonly Check[] {
  if (value === '') return []
  const entries = value.split(',').map((entry) => entry.trim())
  const odd = entries.flatMap((entry) => checkEntry(name, entry))
  const more = [...odd, ...checkMeaning(name, value, entries)]
  return more.length === 0 ? [check('fine', name, value)] : more
}

function checkEntry(name: PatternVariable, entry: string): readonly Check[] {
  const vain = (why: string, advice: string | null = null) => [check('warning', name, `${entry} has no effect: ${why}`, { advice })]
  if (entry === '' || (name !== 'GOINSECURE' && entry === 'none')) return []
  if (/^[0-9a-fA-F.:]+\/\d{1,3}$/.test(entry)) return vain(`${name} is matched against module paths, it knows no address blocks`, NO_PROXY)
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(entry))
    return vain('a module path has no scheme', `write ${entry.replace(/^[a-z][a-z0-9+.-]*:\/\//i, '')}`)
  if (/\s/.test(entry)) return vain('entries are separated by commas, not by blanks')
  if (/^['"]|['"]$/.test(entry)) return vain('the quotes are part of the value')
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(entry))
    return vain('a module path is rarely an address; addresses of hosts belong to NO_PROXY', NO_PROXY)
  if (/^[^/]*:\d+(\/|$)/.test(entry)) return vain('a module path has no port')
  if (/^\.[^/]/.test(entry)) return vain('a leading dot is literal here', `write *${entry} for all hosts below it`)
  if (countBrackets(entry) !== 0) return vain('its brackets do not match (path.Match: syntax error in pattern)')
  return []
}

/** What a setting that works does besides what its name says. */
function checkMeaning(name: PatternVariable, value: string, entries: readonly string[]): readonly Check[] {
  if (name === 'GOINSECURE') {
    return [
      insecure(name, `${value}: for these modules ?go-get=1 is asked without any check of certificates, and over plain http`, {
        advice: 'it reaches neither GOPROXY nor the checksum database nor git, so it repairs no TLS error there: take it away',
        commands: ['go env -u GOINSECURE'],
      }),
    ]
  }
  if (!entries.some((entry) => entry === '*' || entry === '**')) return []
  const everything = insecure(name, 'it matches every module: nothing is compared with the checksum database', {
    advice: 'name your own paths only',
  })
  if (name === 'GONOSUMDB') return [everything]
  const toolchain = check(
    'warning',
    name,
    'it matches every module, golang.org/toolchain too: "toolchain not available" without a word on the network',
    {
      advice: 'name your own paths only',
    },
  )
  return name === 'GOPRIVATE' ? [everything, toolchain] : [toolchain]
}

function countBrackets(entry: string): number {
  return entry.split('[').length - entry.split(']').length
}

const NO_PROXY = 'addresses and hosts that go shall reach directly belong to NO_PROXY'
