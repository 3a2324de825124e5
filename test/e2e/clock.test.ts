/** A wrong clock beyond the common table: by `probe`, in the JSON of `run`, and how sure the answer is in each world. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Document } from '../../src/contract/document.ts'
import type { LabCase, LabOrigin } from '../../src/lab/case.ts'
import { CLOCK_VARIANTS } from '../../src/lab/cases/clock-variants.ts'
import { LAB_CASES } from '../../src/lab/cases/index.ts'
import { type CommandResult, freshEnvironment, inFreshFolder, listToolchains, runCommand } from './go.ts'
import { withOrigin } from './scenario.ts'
import { MAIN } from './whytls.ts'

const [newest] = listToolchains()

/** Whether the answer is sure where the lab's machine has no time service to ask. */
const WORLDS: readonly (readonly [string, string, string])[] = [
  ['client-clock-wrong', 'client-clock-wrong', 'certain'],
  ['client-clock-wrong/behind', 'client-clock-wrong', 'high|certain'],
  ['client-clock-wrong/parent', 'client-clock-wrong', 'high'],
  ['cert-expired/liar', 'cert-expired', 'likely'],
  ['cert-expired/liar-alone', 'cert-expired', 'certain'],
  ['cert-expired', 'cert-expired', 'certain'],
]

describe('a wrong clock', () => {
  it.each(WORLDS)('%s: %s, %s', async (id, cause, confidence) => {
    const { document } = await runIn(worldOf(id), ['run', '--json', 'FILE', '--', 'go', 'mod', 'download'])
    expect(document.diagnoses[0]?.cause).toBe(cause)
    expect(document.diagnoses[0]?.confidence).toMatch(new RegExp(`^(?:${confidence})$`))
  })

  it('stands in the environment of the JSON, beside roots and findings', async () => {
    const { document } = await runIn(LAB_CASES['client-clock-wrong'], ['run', '--json', 'FILE', '--', 'go', 'mod', 'download'])
    expect(Math.round((document.environment.clock?.offsetMs ?? 0) / 86_400_000)).toBe(365)
    expect(document.environment.clock?.sources).toBe(2)
    expect(document.environment.roots.map(({ client }) => client)).toContain('go')
    expect(document.environment.findings.join()).toContain('GONOSUMDB')
  })

  it('is found by `probe` as well', async () => {
    const { result } = await runIn(LAB_CASES['client-clock-wrong'], ['probe', 'TARGET', '--json'])
    const document = JSON.parse(result.stdout) as Document // the schema test of the contract checks this shape
    expect(document.diagnoses[0]).toMatchObject({ cause: 'client-clock-wrong', fault: 'client-machine' })
    expect(result.exitCode).toBe(1)
  })

  it('asks nobody in a sound world', async () => {
    const { document } = await runIn(LAB_CASES.ok, ['run', '--json', 'FILE', '--', 'go', 'mod', 'download'])
    expect(document.environment.clock).toBeNull()
  })
})

function worldOf(id: string): LabCase {
  const all: readonly LabCase[] = [...Object.values(LAB_CASES), ...CLOCK_VARIANTS]
  return all.find((one) => one.id === id) ?? expect.fail(`no world ${id}`)
}

/** FILE, TARGET and the module are filled in. */
function runIn(labCase: LabCase, words: readonly string[]): Promise<{ readonly result: CommandResult; readonly document: Document }> {
  return withOrigin(labCase, (origin) =>
    inFreshFolder(async (home) => {
      if (newest === undefined) throw new Error('there is no go')
      const file = join(home, 'run.json')
      const env = { ...(await freshEnvironment(newest, origin, home)), WHYTLS_HOME: join(home, 'whytls') }
      const result = await runCommand([process.execPath, MAIN, ...fill(words, origin, file)], { env, cwd: home })
      return { result, document: JSON.parse(await readFile(file, 'utf8').catch(() => '{}')) as Document } // as above
    }),
  )
}

function fill(words: readonly string[], origin: LabOrigin, file: string): readonly string[] {
  const filled = words.map((word) => (word === 'FILE' ? file : word === 'TARGET' ? `${origin.host}:${origin.port}` : word))
  return words.includes('go') ? [...filled, origin.module] : filled
}
