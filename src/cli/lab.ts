/** `whytls lab`: broken worlds on loopback, and the real go against them. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { LabCase, LabOrigin } from '../lab/case.ts'
import { LAB_CASES } from '../lab/cases/index.ts'
import { openStore } from '../store/open.ts'
import type { Store } from '../store/store.ts'
import { EXIT } from './exit-code.ts'
import { explainListenError } from './listen-error.ts'
import { nearestWord } from './nearest.ts'
import { openStoreOrExplain } from './open-store.ts'
import { startPage } from './page.ts'
import { messageOf, Problem } from './problem.ts'
import { runCommand } from './run.ts'
import { untilInterrupted } from './signals.ts'
import { chooseStyle, type StyleChoice } from './style.ts'

const CASES: readonly LabCase[] = Object.values(LAB_CASES)

/** Name what exists. */
export async function labListCommand(options: { readonly json?: boolean; readonly names?: boolean }): Promise<number> {
  const width = Math.max(...CASES.map(({ id }) => id.length))
  for (const { id, summary, needsNamespace } of CASES) {
    const note = needsNamespace === true ? ' (only inside a network namespace)' : ''
    if (options.json === true) process.stdout.write(`${JSON.stringify({ id, summary, needsNamespace: needsNamespace === true })}\n`)
    else process.stdout.write(options.names === true ? `${id}\n` : `${id.padEnd(width)}  ${summary}${note}\n`)
  }
  return EXIT.fine
}

export interface LabRunOptions extends StyleChoice {
  readonly page: boolean
  readonly open: boolean
  readonly pagePort: number
  readonly keep?: boolean
}

/** Bring one case up, run go through whytls, leave the page open until Ctrl-C. */
export async function labRunCommand(name: string, options: LabRunOptions): Promise<number> {
  const labCase = CASES.find(({ id }) => id === name)
  if (labCase === undefined) throw unknownCase(name)
  const interrupted = untilInterrupted()
  const folder = await mkdtemp(join(tmpdir(), 'whytls-lab-'))
  const store = options.keep === true ? openStoreOrExplain(process.env) : openStore({ folder: join(folder, 'store') })
  try {
    const origin = await raise(labCase, folder)
    try {
      const code = await downloadThrough(origin, folder, store, options)
      // Over 128: go was ended by a signal, so the user wants to go on.
      if (options.page && code < 128) await leavePageOpen(store, folder, options, interrupted)
      return code === 0 || labCase.id !== 'ok' ? EXIT.fine : EXIT.problem
    } finally {
      await origin.close()
    }
  } finally {
    store.close()
    await removeFolder(folder)
  }
}

async function raise(labCase: LabCase, folder: string): Promise<LabOrigin> {
  try {
    return await labCase.up({ now: new Date(), folder, port: 0 })
  } catch (error) {
    const fix = labCase.needsNamespace === true ? `it runs only inside a network namespace of its own (npm test): ${ANOTHER}` : ANOTHER
    throw new Problem('lab', `the world of ${labCase.id} cannot be raised here: ${messageOf(error)}`, fix, EXIT.problem)
  }
}

const ANOTHER = 'whytls lab run cert-expired'

async function downloadThrough(origin: LabOrigin, folder: string, store: Store, options: LabRunOptions): Promise<number> {
  const module = origin.cwd ?? (await makeModule(folder))
  process.stdout.write(`$ whytls run -- go mod download ${origin.module}    (GOPROXY=${origin.goproxy})\n`)
  return runCommand({
    argv: ['go', 'mod', 'download', origin.module],
    env: environmentFor(origin, folder),
    folder: module,
    store,
    style: chooseStyle(process.stderr, process.env, options),
    resolve: origin.resolve,
    witness: true,
    probes: true,
    trace: null,
    json: null,
    report: 'full',
    verbose: false,
  })
}

async function makeModule(folder: string): Promise<string> {
  const module = join(folder, 'module')
  await mkdir(module)
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

/** The user's environment, with the lab's roots, an empty module cache and no foreign proxy. */
function environmentFor(origin: LabOrigin, folder: string): NodeJS.ProcessEnv {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !FOREIGN.includes(name)))
  return {
    ...env,
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

async function leavePageOpen(store: Store, folder: string, options: LabRunOptions, interrupted: Promise<void>): Promise<void> {
  const page = await startPage({
    store,
    port: options.pagePort,
    proxyUrl: '',
    env: process.env,
    go: null,
    folder: join(folder, 'store'),
  }).catch((error: unknown) => explainListenError(error, '127.0.0.1', options.pagePort, 'whytls lab run … --page-port 0'))
  process.stdout.write(`\n  Page    ${page.url}\n  Ctrl-C ends it.\n`)
  if (options.open) await page.open()
  await interrupted
  await page.close()
}

async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined)
}

function unknownCase(name: string): Problem {
  const near = nearestWord(
    name,
    CASES.map(({ id }) => id),
  )
  const hint = near === undefined ? 'whytls lab list' : `whytls lab run ${near}`
  return new Problem('no-such-case', `there is no lab case named ${name}`, hint, EXIT.usage)
}
