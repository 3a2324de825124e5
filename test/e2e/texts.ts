/** What go prints for each lab case, from its own source and from runs: the words after `Get "URL": `, or the whole of stderr. */
import type { LabOrigin } from '../../src/lab/case.ts'
import { compareVersions } from './go.ts'

/** A pattern, or several by the first version of go that prints it. */
export type GoText = RegExp | Readonly<Record<string, RegExp>>

export interface CaseText {
  /** After `go: MODULE: Get "URL": `, to the end of stderr. */
  readonly afterUrl?: GoText
  /** All of stderr, when there is no such URL. */
  readonly whole?: GoText
}

/** The pattern that all of stderr must match. @throws Error when the table has none for this version */
export function expectedStderr(text: CaseText, origin: LabOrigin, version: string): RegExp {
  if (text.whole !== undefined) return new RegExp(`^(?:${pick(text.whole, version).source})$`, 's')
  const url = `${origin.goproxy}/lab.whytls.test/hello/@v/v1.0.0.info`
  const before = `go: ${origin.module}: Get "${url}": `
  return new RegExp(`^${quotePattern(before)}(?:${pick(text.afterUrl ?? /(?!)/, version).source})\n$`)
}

function pick(text: GoText, version: string): RegExp {
  if (text instanceof RegExp) return text
  const since = Object.keys(text)
    .filter((first) => compareVersions(first, version) <= 0)
    .sort(compareVersions)
    .at(-1)
  const found = text[since ?? '']
  if (found === undefined) throw new Error(`no text for go ${version}`)
  return found
}

function quotePattern(literal: string): string {
  return literal.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
}

const VERIFY = 'tls: failed to verify certificate: x509: '
const TIME = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)`
const RESET = /read tcp [0-9.:]+->[0-9.:]+: read: connection reset by peer/

export const GO_TEXTS = {
  ok: { whole: /(?:)/ },
  'cert-expired': { afterUrl: verify(`certificate has expired or is not yet valid: current time ${TIME} is after ${TIME}`) },
  'missing-intermediate': { afterUrl: verify('certificate signed by unknown authority') },
  'peer-reset': { afterUrl: RESET },
} satisfies Record<string, CaseText>

function verify(pattern: string): RegExp {
  return new RegExp(VERIFY + pattern)
}
