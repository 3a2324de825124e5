/** `whytls run`: options in, exit code out. */
import { defaultFolder } from '../store/folder.ts'
import { bodiesWithoutIntercept, parseHostPatterns } from './intercept-patterns.ts'
import { openStoreOrMemory, useMemoryInstead } from './open-store.ts'
import { runCommand } from './run.ts'
import { chooseStyle, type StyleChoice } from './style.ts'
import { believesInTlsHandshakeKey, TLSHANDSHAKE_NOTE } from './trace.ts'
import { withTrust } from './trust-option.ts'

export interface RunCommandOptions extends StyleChoice {
  readonly json?: string
  readonly keylog?: string
  /** true and "": stderr. */
  readonly trace?: string | true
  readonly verbose?: boolean
  readonly witness: boolean
  readonly quiet?: boolean
  readonly report: boolean
  readonly summary?: boolean
  readonly trust?: string
  readonly probe: boolean
  readonly resolve: readonly string[]
  /** Hosts whose connections are decrypted; true: all. */
  readonly intercept?: string | true
  /** With `intercept`: the text of all bodies is kept. */
  readonly bodies?: boolean
}

/** Run the command. @returns its exit code; 126 and 127 as env and docker do */
export async function runFromOptions(argv: readonly string[], options: RunCommandOptions): Promise<number> {
  const believes = believesInTlsHandshakeKey(process.env['GODEBUG'])
  if (believes) process.stderr.write(`${TLSHANDSHAKE_NOTE}\n`)
  if (options.bodies === true && options.intercept === undefined) throw bodiesWithoutIntercept()
  const patterns = options.intercept === undefined ? null : parseHostPatterns(options.intercept)
  if (patterns !== null) (await import('./intercept-run.ts')).refuseWhereGoAsksTheSystem(process.platform)
  const env = withTrust(process.env, options.trust)
  const store = openStoreOrMemory(process.env)
  try {
    return await runCommand({
      argv,
      env,
      folder: process.cwd(),
      store,
      storeInstead: useMemoryInstead,
      style: chooseStyle(process.stderr, process.env, options),
      resolve: options.resolve,
      witness: options.witness,
      probes: options.probe,
      trace: options.trace || (believes || options.trace === '' ? true : null),
      json: options.json ?? null,
      ...(options.keylog === undefined ? {} : { keylog: options.keylog }),
      report: options.report ? (options.quiet === true ? 'quiet' : 'full') : 'none',
      summary: options.summary === true,
      verbose: options.verbose === true,
      ...(patterns === null
        ? {}
        : { intercept: { patterns, folder: defaultFolder(process.env, process.platform), keepsAllBodies: options.bodies === true } }),
    })
  } finally {
    store.close()
  }
}
