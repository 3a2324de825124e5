/** The verdict on an https parent proxy: the client's roots, go's rules. */
import type { JudgedChain } from '../diagnosis/observation.ts'
import { withJudge } from '../proxy/client-route.ts'
import { chooseRoute, type Route } from '../proxy/route.ts'
import type { GoDescription } from '../recorder/draft.ts'
import { judgePresented, type LoadedRoots } from '../recorder/judge.ts'

/** Whose rules and roots count. */
export interface ParentJudge {
  readonly roots: () => LoadedRoots | null
  readonly go: () => GoDescription
}

/** Judge the proxy's chain for its name, now; null where no roots are known. */
export function judgeParentChain(chain: readonly Uint8Array[], name: string, { roots, go }: ParentJudge): JudgedChain | null {
  const loaded = roots()
  if (loaded === null) return null
  const now = new Date()
  const { version, godebug } = go()
  return judgePresented(
    { source: 'decrypted', chain },
    { name, now },
    { roots: loaded, goVersion: version, godebug, timeZoneOffsetMinutes: -now.getTimezoneOffset(), knownIntermediates: () => [] },
  )
}

/** The route that go would take in this environment, with what is needed to speak to an https proxy on it. */
export function chooseOwnRoute(host: string, port: number, judge: ParentJudge): Route {
  const go = judge.go()
  const route = chooseRoute(process.env, 'https', host, port, go.isKnown ? go.version : null)
  return withJudge({ judgeParent: (chain, name) => judgeParentChain(chain, name, judge) }, route, null)
}
