/** What all `whytls lab` commands share: the cases, a raised world, and the environment in which go meets it. */
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { LabCase, LabOrigin } from '../lab/case.ts'
import { LAB_CASES } from '../lab/cases/index.ts'
import { LAB_VARIANTS } from '../lab/cases/variants.ts'
import { EXIT } from './exit-code.ts'
import { nearestWord } from './nearest.ts'
import { messageOf, Problem } from './problem.ts'

/** One case for each cause, in the order of `whytls lab list`. */
export const CASES: readonly LabCase[] = Object.values(LAB_CASES)

/**
 * The case of this name, or the further way CAUSE/WAY to a cause.
 * @throws Problem (usage) with the nearest name
 */
export function findCase(name: string, command: 'run' | 'up'): LabCase {
  const found = [...CASES, ...LAB_VARIANTS].find(({ id }) => id === name)
  if (found !== undefined) return found
  const near = nearestWord(
    name,
    CASES.map(({ id }) => id),
  )
  const hint = near === undefined ? 'whytls lab list' : `whytls lab ${command} ${near}`
  throw new Problem('no-such-case', `there is no lab case named ${name}`, hint, EXIT.usage)
}

/** How a world is to be raised, beside its case. */
export interface WorldChoice {
  readonly folder: string
  /** 0 = any free one. */
  readonly port?: number
  /** First label of the host name, where the case's id would tell too much. */
  readonly label?: string
}

/**
 * Bring the servers of one case up.
 * @throws Problem saying why they cannot be raised here
 */
export async function raiseWorld(labCase: LabCase, choice: WorldChoice): Promise<LabOrigin> {
  const { folder, port = 0, label } = choice
  try {
    return await labCase.up({ now: new Date(), folder, port, ...(label !== undefined && { label }) })
  } catch (error) {
    const fix = labCase.needsNamespace === true ? `it runs only inside a network namespace of its own (npm test): ${ANOTHER}` : ANOTHER
    throw new Problem('lab', `the world of ${label ?? labCase.id} cannot be raised here: ${messageOf(error)}`, fix, EXIT.problem)
  }
}

const ANOTHER = 'whytls lab run cert-expired'

/** The folder in which go is started: the case's own, or an empty module. */
export async function moduleFolder(origin: LabOrigin, folder: string): Promise<string> {
  if (origin.cwd !== undefined) return origin.cwd
  const module = join(folder, 'module')
  await mkdir(module, { recursive: true })
  await writeFile(join(module, 'go.mod'), 'module example.test/user\n\ngo 1.20\n')
  return module
}

/** What would take go past the lab. */
const FOREIGN = [
  'HTTPS_PROXY',
  'https_proxy',
  'HTTP_PROXY',
  'http_proxy',
  'NO_PROXY',
  'no_proxy',
  'GODEBUG',
  'GOINSECURE',
  'GONOPROXY',
  'GOPRIVATE',
]

/** What the lab sets for go: its roots, an empty module cache, no checksum database, no foreign proxy. */
export function labVariables(origin: LabOrigin, folder: string): Readonly<Record<string, string>> {
  return {
    GOPROXY: origin.goproxy,
    GOSUMDB: 'off',
    GOTOOLCHAIN: 'local',
    GOMODCACHE: join(folder, 'modcache'),
    GOWORK: 'off',
    ...origin.env,
    // The cache is deleted afterwards; go makes it read-only unless told otherwise.
    GOFLAGS: '-modcacherw',
  }
}

/** The user's environment, with the lab's own settings and nothing that would take go past it. */
export function labEnvironment(origin: LabOrigin, folder: string): NodeJS.ProcessEnv {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !FOREIGN.includes(name)))
  return { ...env, ...labVariables(origin, folder) }
}

/** Delete a world's folder; what cannot be deleted stays in the folder for temporary files. */
export async function removeWorld(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined)
}
