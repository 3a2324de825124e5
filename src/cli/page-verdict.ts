/** What go would say of a stored chain at another moment, for the page's slider. */
import type { Certificates, Handshake } from '../contract/handshake.ts'
import type { LaterVerdict } from '../feed/protocol.ts'
import type { GoDescription } from '../recorder/draft.ts'
import { type JudgeInput, judgePresented, type LoadedRoots } from '../recorder/judge.ts'
import type { Store } from '../store/store.ts'
import { findKnownIntermediates } from './known-intermediates.ts'

export interface PageVerdictOptions {
  readonly store: Store
  readonly go: GoDescription
  readonly roots: () => LoadedRoots | null
}

/** Make the function that the page's API calls; null where no chain or no roots are known. */
export function makePageVerdict({ store, go, roots }: PageVerdictOptions): (handshake: Handshake, at: Date) => LaterVerdict | null {
  return ({ certificates, target, startedAt }, at) => {
    const loaded = roots()
    if (certificates === null || certificates.chain.length === 0 || loaded === null) return null
    const chain = certificates.chain.map(({ der }) => new Uint8Array(Buffer.from(der, 'base64')))
    const input: JudgeInput = {
      roots: loaded,
      goVersion: go.version,
      godebug: go.godebug,
      timeZoneOffsetMinutes: -at.getTimezoneOffset(),
      knownIntermediates: (presented) => findKnownIntermediates(store, presented),
    }
    const judge = (now: Date) => judgePresented({ source: certificates.source, chain }, { name: target.host, now }, input)
    const { verdict, byGoVersion } = judge(at)
    const before = judge(new Date(certificates.verified?.at ?? startedAt)).verdict
    const { count, whose } = loaded.facts
    return {
      verified: {
        ok: verdict.ok,
        goText: verdict.goText,
        byGoVersion: byGoVersion ?? {},
        roots: `${count} ${count === 1 ? 'root' : 'roots'} of ${whose}`,
        at: at.toISOString(),
      },
      agrees: isSame(before, certificates, loaded),
    }
  }
}

/** The kept verdict is the one of these roots: same words, and the same places with as many roots in each. */
function isSame(before: { readonly ok: boolean; readonly goText: string }, kept: Certificates, { facts }: LoadedRoots): boolean {
  const { verified, searched } = kept
  if (verified === null || verified.ok !== before.ok || verified.goText !== before.goText) return false
  const places = facts.places.map(({ path, count }) => `${count} ${path}`).join()
  return searched !== undefined && searched.map(({ path, count }) => `${count} ${path}`).join() === places
}
