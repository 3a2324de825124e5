/** HOST[:PORT] on the command line; a URL is taken too. */
import { EXIT } from './exit-code.ts'
import { Problem } from './problem.ts'

export interface Target {
  readonly host: string
  readonly port: number
}

/** Host without brackets, and port (443 unless given). @throws Problem */
export function parseTarget(text: string): Target {
  const bare = text.replace(/^https:\/\//, '').replace(/\/.*$/, '')
  const match = /^(\[[0-9a-fA-F:.]+\]|[^:[\]\s]+)(?::(\d{1,5}))?$/.exec(bare)
  const port = Number(match?.[2] ?? 443)
  if (match?.[1] === undefined || port < 1 || port > 65_535) {
    throw new Problem('usage', `${text} is no HOST[:PORT]`, 'whytls probe mods.example:443', EXIT.usage)
  }
  return { host: match[1].replace(/^\[(.*)\]$/, '$1'), port }
}
