/** `whytls lab drill`: go fails in a world that is broken in one way; the user names the cause, then sees the answer. */
import { randomInt } from 'node:crypto'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { diagnosisBlocks } from '../report/terminal.ts'
import { openStore } from '../store/open.ts'
import { chooseDrill, type Drill } from './drill.ts'
import { EXIT } from './exit-code.ts'
import { gatherDocument } from './gather.ts'
import { labEnvironment, moduleFolder, raiseWorld, removeWorld } from './lab-world.ts'
import { localFamily, localShell, localSystem } from './local-system.ts'
import { runCommand, UNSEEN_RUN } from './run.ts'
import { chooseStyle, type StyleChoice } from './style.ts'

export interface LabDrillOptions extends StyleChoice {
  /** The same number gives the same world and the same choices. */
  readonly seed?: number
}

/** The name that stands in place of the case's own. */
const LABEL = 'modproxy'
const MOST_SEEDS = 1_000_000

/** Break something, let go fail, ask why, and show the answer. @returns 0 for the right answer, 1 for another or none */
export async function labDrillCommand(options: LabDrillOptions): Promise<number> {
  const seed = options.seed ?? randomInt(1, MOST_SEEDS)
  const drill = chooseDrill(seed)
  const folder = await mkdtemp(join(tmpdir(), 'whytls-lab-'))
  const store = openStore({ folder: join(folder, 'store') })
  const style = chooseStyle(process.stderr, process.env, options)
  try {
    const origin = await raiseWorld(drill.labCase, { folder, label: LABEL })
    try {
      process.stdout.write(`Drill ${seed}. One thing is wrong on the way to the module. go says:\n\n$ go mod download ${origin.module}\n`)
      await runCommand({
        ...UNSEEN_RUN,
        argv: ['go', 'mod', 'download', origin.module],
        env: labEnvironment(origin, folder),
        folder: await moduleFolder(origin, folder),
        store,
        style,
        resolve: origin.resolve,
      })
    } finally {
      await origin.close()
    }
    const isRight = await askForCause(drill)
    const { diagnoses, handshakes } = gatherDocument(store, { runId: 1 })
    const shell = localShell(process.env)
    process.stdout.write(
      `\nThe world: ${drill.labCase.summary} (${drill.answer}).\nWhat whytls says of it:\n\n${diagnosisBlocks(
        { diagnoses, handshakes, runId: 1, os: localSystem(), ...localFamily(), shell, isNotStored: true },
        style,
      )}\nAgain: whytls lab drill --seed ${seed}    Another: whytls lab drill\n`,
    )
    return isRight ? EXIT.fine : EXIT.problem
  } finally {
    store.close()
    await removeWorld(folder)
  }
}

/** Ask until a line is one of the choices; the end of input gives up. */
async function askForCause({ choices, answer }: Drill): Promise<boolean> {
  const list = choices.map(({ id, meaning }, index) => `  ${index + 1}  ${meaning} (${id})`).join('\n')
  process.stdout.write(`\nWhich cause is it?\n${list}\nNumber or name: `)
  const lines = createInterface({ input: process.stdin })
  try {
    for await (const line of lines) {
      const word = line.trim()
      const chosen = choices.find(({ id }, index) => word === id || word === `${index + 1}`)
      if (chosen !== undefined) {
        process.stdout.write(chosen.id === answer ? 'Right.\n' : `No, it is ${answer}.\n`)
        return chosen.id === answer
      }
      process.stdout.write(`Not one of them. A number from 1 to ${choices.length}, or a name: `)
    }
  } finally {
    lines.close()
  }
  process.stdout.write('\n')
  return false
}
