/** The parent proxy that an environment names for https. */
import { listHops, parseProxySetting, readSetting } from '../proxy/route.ts'

export interface ParentFacts {
  /** host:port, null when there is none. */
  readonly address: string | null
  /** Its URL holds a user part. */
  readonly hasCredentials: boolean
}

/** What HTTPS_PROXY (or https_proxy) says, as go reads it. */
export function parentOf(env: NodeJS.ProcessEnv): ParentFacts {
  const proxy = parseProxySetting(readSetting(env, 'HTTPS_PROXY'))
  if (proxy === undefined) return { address: null, hasCredentials: false }
  const [hop] = listHops({ kind: 'proxy', proxy })
  return { address: hop?.address ?? null, hasCredentials: proxy.authorization !== null }
}
