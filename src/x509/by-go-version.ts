import { findRefusal } from './batch.ts'
import { judgePresented } from './judge.ts'
import { type GoRules, goRules } from './rules.ts'
import { parsePresented, type VerifyRequest } from './verify-request.ts'

/** The versions whose verdicts are compared, each at its last patch level. */
export const GO_VERSIONS = ['1.21', '1.22', '1.23', '1.24', '1.25', '1.26', '1.27'] as const

/** The word for a version that accepts. */
export const PASSES = 'passes'

/** By version ("1.21" … "1.27"): `PASSES`, or the text with which it refuses. */
export type ByGoVersion = Readonly<Record<string, string>>

/**
 * What each go says of a chain: the text of crypto/x509, or of crypto/tls where that refuses.
 * @param own the rules of the client's own go, used for its version in place of the last patch level
 * @param godebug GODEBUG of the client, which counts for every version
 */
export function judgeByGoVersion(request: Omit<VerifyRequest, 'rules'>, own: GoRules, godebug = ''): ByGoVersion {
  return byVersion(own, godebug, (rules) => {
    const presented = request.presented.map((der) => parsePresented(der, rules))
    const outcome = judgePresented(presented, { ...request, rules })
    return outcome.ok ? PASSES : outcome.goText || outcome.tlsText
  })
}

/** What each go says of one certificate when it parses it. */
export function parseByGoVersion(der: Uint8Array, own: GoRules, godebug = ''): ByGoVersion {
  const known: { readonly asked: Partial<GoRules>; readonly answer: string }[] = []
  return byVersion(own, godebug, (rules) => {
    const same = known.find(({ asked }) => agrees(asked, rules))
    if (same !== undefined) return same.answer
    const { watched, asked } = watchRules(rules)
    const answer = findRefusal(der, watched) || PASSES
    known.push({ asked, answer })
    return answer
  })
}

/** Rules that write down which of them were asked: a version that answers all of those alike comes to the same end. */
function watchRules(rules: GoRules): { readonly watched: GoRules; readonly asked: Partial<GoRules> } {
  const asked: Record<string, unknown> = {}
  const watched = { ...rules }
  for (const [name, value] of Object.entries(rules)) {
    Object.defineProperty(watched, name, {
      get: () => {
        asked[name] = value
        return value
      },
    })
  }
  return { watched, asked }
}

function agrees(asked: Partial<GoRules>, rules: GoRules): boolean {
  const own: Readonly<Record<string, unknown>> = { ...rules }
  return Object.entries(asked).every(([name, value]) => own[name] === value)
}

function byVersion(own: GoRules, godebug: string, judge: (rules: GoRules) => string): ByGoVersion {
  const rulesOf = (version: string) => (version === `1.${own.minor}` ? own : goRules(version, godebug))
  return Object.fromEntries(GO_VERSIONS.map((version) => [version, judge(rulesOf(version))]))
}
