/** The go version whose rules are used. */
import type { GoEnvironment } from '../host/go-env.ts'
import type { GoDescription } from '../recorder/draft.ts'

/** Used when go's version cannot be learned, and said so. */
const ASSUMED_GO = '1.26.8'

/** Version and GODEBUG of the go command in this environment. */
export function describeGo(go: GoEnvironment | null, env: NodeJS.ProcessEnv): GoDescription {
  const version = /^go(\d+\.\d+(?:\.\d+)?)/.exec(go?.version ?? '')?.[1]
  return { version: version ?? ASSUMED_GO, isKnown: version !== undefined, godebug: env['GODEBUG'] ?? '' }
}
