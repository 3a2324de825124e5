/** The first lines of `whytls serve`. */
import { homedir } from 'node:os'
import { VERSION } from '../contract/version.ts'
import { formatBytes, formatCount } from '../report/units.ts'
import type { Store } from '../store/store.ts'
import { ownShell } from './setup.ts'

export interface Banner {
  readonly json: boolean
  readonly store: Store
  readonly proxyUrl: string
  /** The parent proxy, without user information; null when direct. */
  readonly parent: string | null
  readonly pageUrl: string
  readonly env: NodeJS.ProcessEnv
}

/** Print where everything is and the line for the user's shell; with --json one object. */
export function printBanner(banner: Banner, stdout: NodeJS.WritableStream): void {
  if (banner.json) {
    stdout.write(
      `${JSON.stringify({ type: 'listening', proxy: banner.proxyUrl, page: banner.pageUrl.replace(/#.*$/, ''), store: banner.store.place })}\n`,
    )
    return
  }
  const { handshakes, sizeBytes } = banner.store.counts()
  const lines = [
    `whytls ${VERSION}, observe mode: bytes pass through unchanged`,
    '',
    `  Proxy   ${banner.proxyUrl}${banner.parent === null ? '' : `  forwards to ${banner.parent}`}`,
    `  Page    ${banner.pageUrl}`,
    `  Store   ${banner.store.place.replace(homedir(), '~')}  ${formatCount(handshakes, 'handshake')}, ${formatBytes(sizeBytes)}`,
    '',
    ...ownShell(banner.env, process.platform, banner.proxyUrl).commands.map((command) => `  ${command}`),
    '',
  ]
  stdout.write(`${lines.join('\n')}\n`)
}
