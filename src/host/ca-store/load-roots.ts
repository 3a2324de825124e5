import type { RootsFacts } from '../../diagnosis/observation.ts'
import { type GoRules, goRules } from '../../x509/rules.ts'
import { type LoadedRoots, loadUnixRoots, type RootsEnvironment } from './linux.ts'
import { rootPlaces } from './places.ts'

export type { LoadedRoots, RootsEnvironment } from './linux.ts'

/** For whom roots are loaded, where that is not this process on this system. */
export interface RootsClient {
  /** `process.platform` of the client's system. */
  readonly platform: string
  /** The `go` whose way of reading PEM counts. */
  readonly rules: GoRules
}

/**
 * Load the roots that a `go` command with this environment trusts.
 * @param whose in words, for the facts ("its own environment")
 * @returns null where go asks the platform's own verifier (macOS, Windows), which whytls cannot read: then no verdict can be given,
 *   and `describePlatformStore` says so
 */
export function loadRoots(
  env: RootsEnvironment,
  whose: string,
  { platform = process.platform, rules = goRules('1.26') }: Partial<RootsClient> = {},
): LoadedRoots | null {
  const places = rootPlaces(platform)
  return places === undefined ? null : loadUnixRoots(env, whose, places, rules)
}

/** What is known of roots on a system whose own verifier go uses. SSL_CERT_FILE and SSL_CERT_DIR are ignored there. */
export function describePlatformStore(env: RootsEnvironment, whose: string, platform: string = process.platform): RootsFacts {
  const path = STORES[platform] ?? `the certificate store of ${platform}`
  const problem = 'go asks the system here; whytls cannot read this store yet'
  return {
    whose,
    places: [{ path, count: 0, problem }],
    count: 0,
    sslCertFile: env.SSL_CERT_FILE ?? '',
    sslCertDir: env.SSL_CERT_DIR ?? '',
  }
}

const STORES: Readonly<Record<string, string>> = {
  darwin: 'the macOS keychains',
  win32: 'the Windows certificate store',
}
