/** Which hosts `--intercept[=PATTERN,…]` names. */
import { cutPattern, matchPattern } from '../filter/pattern.ts'
import { EXIT } from './exit-code.ts'
import { Problem } from './problem.ts'

/** The hosts that are to be decrypted. */
export interface HostPatterns {
  /** As given, for people; [] = all hosts. */
  readonly texts: readonly string[]
  matches(host: string): boolean
  /** What an authority for these hosts may sign for at most; undefined where they are not named. */
  readonly permitted: readonly string[] | undefined
}

/**
 * Read the option's value: host names, IP addresses, `*.domain`, separated by commas. Without a value all hosts are meant.
 * @throws Problem (usage) for anything else
 */
export function parseHostPatterns(value: string | true): HostPatterns {
  const texts = value === true ? [] : value.split(',').map((text) => text.trim().toLowerCase().replace(/\.$/, ''))
  for (const text of texts) if (!PATTERN.test(text)) throw refusal(text)
  const patterns = texts.map(cutPattern)
  const isNamed = texts.length > 0 && !texts.includes('*')
  return {
    texts,
    matches: (host) => !isNamed || patterns.some((pattern) => matchPattern(pattern, host.replace(/\.$/, ''))),
    permitted: isNamed ? texts.map((text) => text.replace(/^\*\./, '')) : undefined,
  }
}

/** `*`, `*.domain`, a name, or an address; a star elsewhere could not stand in a name constraint. */
const PATTERN = /^(?:\*|(?:\*\.)?[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|[0-9a-f:.]*:[0-9a-f:.]+)$/

/** `--bodies` alone would keep nothing, and a user would wait for it in vain. */
export function bodiesWithoutIntercept(): Problem {
  return new Problem(
    'usage',
    '--bodies: without --intercept nothing is decrypted, so there is no body to keep',
    'whytls run --intercept --bodies -- go mod download',
    EXIT.usage,
  )
}

function refusal(text: string): Problem {
  return new Problem(
    'usage',
    `--intercept: ${text === '' ? 'an empty pattern' : text} is no host name, address or *.domain`,
    'whytls run --intercept=mods.example,*.corp.example -- go mod download',
    EXIT.usage,
  )
}
