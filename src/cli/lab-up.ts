/** `whytls lab up [CASE…]`: broken worlds that stay until Ctrl-C, with the commands to paste. */
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { commandLine, quote, type Shell, setVariable } from '../diagnosis/remedy.ts'
import { counted } from '../diagnosis/units.ts'
import type { LabCase, LabOrigin } from '../lab/case.ts'
import { EXIT } from './exit-code.ts'
import { CASES, findCase, labVariables, moduleFolder, raiseWorld, removeWorld } from './lab-world.ts'
import { messageOf } from './problem.ts'
import { untilInterrupted } from './signals.ts'

export interface LabUpOptions {
  /** One JSON object a line instead of text. */
  readonly json?: boolean
  /** Port of the first world, counted up from there; 0 = any free ones. */
  readonly port: number
}

/** One world that is up. */
export interface RaisedWorld {
  readonly id: string
  readonly summary: string
  readonly origin: LabOrigin
  /** Shell file that sets what go needs. */
  readonly settings: string
  readonly module: string
}

/** Raise the named cases (all that can be raised without a network namespace, if none is named) and serve them until Ctrl-C. */
export async function labUpCommand(names: readonly string[], options: LabUpOptions): Promise<number> {
  const chosen =
    names.length === 0 ? CASES.filter(({ needsNamespace }) => needsNamespace !== true) : names.map((name) => findCase(name, 'up'))
  const interrupted = untilInterrupted()
  const folder = await mkdtemp(join(tmpdir(), 'whytls-lab-'))
  const worlds: RaisedWorld[] = []
  try {
    for (const [index, labCase] of chosen.entries()) {
      const world = await raiseOne(labCase, join(folder, labCase.id), options.port === 0 ? 0 : options.port + index).catch(
        (error: unknown) => {
          // One named world that cannot be raised is an error; of all of them it is a line, the others serve.
          if (names.length > 0) throw error
          process.stderr.write(`left out: ${messageOf(error)}\n`)
          return null
        },
      )
      if (world === null) continue
      worlds.push(world)
      process.stdout.write(options.json === true ? `${JSON.stringify(describeAsJson(world))}\n` : describeWorld(world))
    }
    if (options.json !== true)
      process.stdout.write(`${counted(worlds.length, 'world')} up. Paste a line into another shell; Ctrl-C ends them.\n`)
    await interrupted
    return EXIT.fine
  } finally {
    for (const { origin } of worlds) await origin.close()
    await removeWorld(folder)
  }
}

async function raiseOne(labCase: LabCase, folder: string, port: number): Promise<RaisedWorld> {
  await mkdir(folder, { recursive: true })
  const origin = await raiseWorld(labCase, { folder, port })
  const module = await moduleFolder(origin, folder)
  const settings = join(folder, 'settings.sh')
  await writeFile(settings, writeSettings(origin, folder, module))
  return { id: labCase.id, summary: labCase.summary, origin, settings, module }
}

/** POSIX shell: what go needs for this world, and its folder. Sourced in a subshell, so that nothing stays set. */
export function writeSettings(origin: LabOrigin, folder: string, module: string, shell: Shell = 'bash'): string {
  const lines = Object.entries(labVariables(origin, folder)).map(([name, value]) => setVariable(name, value, shell))
  return `${[...lines, `cd ${quote(module, shell)}`].join('\n')}\n`
}

/** One command that meets the world through whytls. */
export function pasteLine({ origin, settings }: Pick<RaisedWorld, 'origin' | 'settings'>): string {
  const resolve = origin.resolve.flatMap((mapping) => ['--resolve', mapping])
  const words = ['whytls', 'run', ...resolve, '--', 'go', 'mod', 'download', origin.module]
  return `(. ${quote(settings, 'bash')}; ${commandLine(words)})`
}

function describeWorld(world: RaisedWorld): string {
  return `${world.id}: ${world.summary}\n  ${pasteLine(world)}\n\n`
}

function describeAsJson(world: RaisedWorld): object {
  const { goproxy, host, port, resolve, env, module } = world.origin
  return { id: world.id, summary: world.summary, goproxy, host, port, resolve, env, module, command: pasteLine(world) }
}
