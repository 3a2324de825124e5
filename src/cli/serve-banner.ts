/** The first lines of `whytls serve`. */

import { VERSION } from '../contract/version.ts'
import { findHomeFolder } from '../host/home-folder.ts'
import { formatBytes, formatCount } from '../report/units.ts'
import type { Store } from '../store/store.ts'
import type { ServeIntercept } from './intercept-serve.ts'
import { ownShell } from './setup.ts'

export interface Banner {
  readonly json: boolean
  readonly store: Store
  readonly proxyUrl: string
  /** The parent proxy, without user information; null when direct. */
  readonly parent: string | null
  readonly pageUrl: string
  readonly env: NodeJS.ProcessEnv
  /** Absent or null: observe mode. */
  readonly intercept?: Pick<ServeIntercept, 'commands' | 'undo' | 'pipeline' | 'environment'> | null
}

/** Print where everything is and the line for the user's shell; with --json one object. */
export function printBanner(banner: Banner, stdout: NodeJS.WritableStream): void {
  if (banner.json) {
    const environment = banner.intercept?.environment
    const page = banner.pageUrl.replace(/#.*$/, '')
    const said = { type: 'listening', proxy: banner.proxyUrl, page, store: banner.store.place, ...(environment && { environment }) }
    stdout.write(`${JSON.stringify(said)}\n`)
    return
  }
  const { handshakes, sizeBytes } = banner.store.counts()
  const lines = [
    `whytls ${VERSION}, ${describeMode(banner)}`,
    '',
    `  Proxy   ${banner.proxyUrl}${banner.parent === null ? '' : `  forwards to ${banner.parent}`}`,
    `  Page    ${banner.pageUrl}`,
    `  Store   ${shortenHome(banner.store.place, findHomeFolder())}  ${formatCount(handshakes, 'handshake')}, ${formatBytes(sizeBytes)}`,
    '',
    ...ownShell(banner.env, process.platform, banner.proxyUrl).commands.map((command) => `  ${command}`),
    ...(banner.intercept?.commands ?? []).map((command) => `  ${command}`),
    '',
  ]
  stdout.write(`${lines.join('\n')}\n`)
}

function describeMode({ intercept }: Banner): string {
  if (intercept === undefined || intercept === null) return 'observe mode: bytes pass through unchanged'
  const { texts } = intercept.pipeline.patterns
  const hosts = texts.length === 0 ? 'all hosts' : texts.join(', ')
  return `intercept mode for ${hosts}: what the client would accept is decrypted, all else passes through`
}

/** The home folder as ~, where the path lies in it. */
function shortenHome(path: string, home: string): string {
  return home.length > 1 && path.startsWith(home) ? `~${path.slice(home.length)}` : path
}
