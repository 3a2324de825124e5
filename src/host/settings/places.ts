/** Finds where a variable is set, in the texts of shell profiles and environment files. Pure. */
import { maskUser } from './goproxy.ts'

/** One assignment in a text. */
export interface Assignment {
  readonly variable: string
  /** User information masked; "" where it is emptied or unset. */
  readonly value: string
  /** From 1. */
  readonly line: number
}

/** All assignments of these variables: sh, zsh, fish, csh, PowerShell, environment files, systemd units. Comments are left out. */
export function findAssignments(text: string, variables: readonly string[]): readonly Assignment[] {
  return text.split(/\r?\n/).flatMap((line, at) => {
    if (/^\s*(?:#|rem\b)/i.test(line)) return []
    return variables.flatMap((variable) => {
      const value = assignedIn(line, variable)
      return value === undefined ? [] : [{ variable, value: maskUser(value), line: at + 1 }]
    })
  })
}

function assignedIn(line: string, variable: string): string | undefined {
  const forms = [
    new RegExp(`(?:^|[\\s;"'&(])${variable}=(.*)$`),
    new RegExp(`\\$env:${variable}\\s*=\\s*(.*)$`, 'i'),
    new RegExp(`^\\s*set(?:\\s+-{1,2}[a-zA-Z]+)*\\s+${variable}(?:\\s+(.*))?$`),
    new RegExp(`^\\s*setenv\\s+${variable}\\s+(.*)$`),
    new RegExp(`^\\s*unset\\s+(?:\\S+\\s+)*${variable}()\\b`),
  ]
  for (const form of forms) {
    const found = form.exec(line)
    if (found !== null) return firstWord(found[1] ?? '')
  }
  return undefined
}

/** The value as the shell would take it: up to the closing quote, or to the next blank. */
function firstWord(text: string): string {
  const quoted = /^(["'])(.*?)\1/.exec(text)
  return quoted === null ? (/^[^\s;&"']*/.exec(text)?.[0] ?? '') : (quoted[2] ?? '')
}
