/** `whytls run`: options in, exit code out. */
import { EXIT } from './exit-code.ts'
import { openStoreOrMemory } from './open-store.ts'
import { runCommand } from './run.ts'
import { chooseStyle, type StyleChoice } from './style.ts'
import { believesInTlsHandshakeKey, TLSHANDSHAKE_NOTE } from './trace.ts'

export interface RunCommandOptions extends StyleChoice {
  readonly json?: string
  readonly trace?: string | true
  readonly witness: boolean
  readonly quiet?: boolean
  readonly report: boolean
  readonly probe: boolean
  readonly resolve: readonly string[]
}

/** Run the command; anything of ours that fails before it starts is exit 125. */
export async function runFromOptions(argv: readonly string[], options: RunCommandOptions): Promise<number> {
  const believes = believesInTlsHandshakeKey(process.env['GODEBUG'])
  if (believes) process.stderr.write(`${TLSHANDSHAKE_NOTE}\n`)
  const store = openStoreOrMemory(process.env)
  try {
    return await runCommand({
      argv,
      env: process.env,
      folder: process.cwd(),
      store,
      style: chooseStyle(process.stderr, process.env, options),
      resolve: options.resolve,
      witness: options.witness,
      probes: options.probe,
      trace: options.trace ?? (believes ? true : null),
      json: options.json ?? null,
      report: options.report ? (options.quiet === true ? 'quiet' : 'full') : 'none',
    })
  } catch (error) {
    process.stderr.write(`whytls: ${error instanceof Error ? error.message : String(error)}\n`)
    return EXIT.ownFailure
  } finally {
    store.close()
  }
}
