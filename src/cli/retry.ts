/** `whytls retry [RUN] [--with FIX]`: the failed fetch of a run once more, with one of its fixes in the environment, and what changed. */
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Diagnosis, Fix } from '../contract/diagnosis.ts'
import type { Run } from '../contract/document.ts'
import { describeRetry } from '../report/retry.ts'
import type { Store } from '../store/store.ts'
import { EXIT } from './exit-code.ts'
import { failedFetch } from './failed-fetch.ts'
import { gatherDocument } from './gather.ts'
import { lastFailedRun } from './look.ts'
import { openStoreOrExplain } from './open-store.ts'
import { Problem } from './problem.ts'
import { runCommand, UNSEEN_RUN } from './run.ts'
import { chooseStyle, type StyleChoice } from './style.ts'

export interface RetryOptions extends StyleChoice {
  /** Number of the fix as `retry --list` counts; 0 = without any. */
  readonly with?: number
  readonly list?: boolean
  readonly resolve: readonly string[]
}

/** Replay what failed; nothing of the machine is changed. @returns 0 it passes, 1 it still fails */
export async function retryCommand(id: number | undefined, options: RetryOptions): Promise<number> {
  const store = openStoreOrExplain(process.env)
  try {
    const before = findRun(store, id)
    const diagnoses = store.diagnoses({ runId: before.id })
    const fixes = fixesToTry(diagnoses)
    if (options.list === true) return listFixes(before, fixes)
    return await replay(store, before, chooseFix(fixes, options.with), options)
  } finally {
    store.close()
  }
}

function findRun(store: Store, id: number | undefined): Run {
  const wanted = id ?? lastFailedRun(store)
  const run = wanted === null ? undefined : store.run(wanted)
  if (run !== undefined) return run
  if (wanted === null)
    throw new Problem('nothing-failed', `no failed run is stored in ${store.place}`, 'whytls run -- go mod download', EXIT.usage)
  throw new Problem('no-such-run', `there is no run ${wanted} in ${store.place}`, 'whytls ls', EXIT.usage)
}

/** Fixes that are an environment for the command alone, each once, checked ones first. */
export function fixesToTry(diagnoses: readonly Diagnosis[]): readonly Fix[] {
  const byEnvironment = new Map<string, Fix>()
  const all = diagnoses.flatMap(({ fixes }) => fixes).filter(({ env }) => Object.keys(env).length > 0)
  for (const fix of [...all.filter(({ checked }) => checked), ...all]) {
    const name = JSON.stringify(Object.entries(fix.env).sort())
    if (!byEnvironment.has(name)) byEnvironment.set(name, fix)
  }
  return [...byEnvironment.values()]
}

function chooseFix(fixes: readonly Fix[], number: number | undefined): Fix | null {
  if (number === 0 || (number === undefined && fixes.length === 0)) return null
  const fix = fixes[(number ?? 1) - 1]
  if (fix !== undefined) return fix
  const known = fixes.length === 0 ? 'no fix of this run is an environment variable' : `this run has fixes 1 to ${fixes.length}`
  throw new Problem('no-such-fix', `there is no fix ${number}: ${known}`, 'whytls retry --list', EXIT.usage)
}

function listFixes(run: Run, fixes: readonly Fix[]): number {
  const lines = fixes.map(({ title, env }, index) => `${index + 1}  ${title}: ${describeEnvironment(env)}`)
  process.stdout.write(
    lines.length === 0 ? `run ${run.id}: none of its fixes can be tried by an environment variable\n` : `${lines.join('\n')}\n`,
  )
  return EXIT.fine
}

function describeEnvironment(env: Fix['env']): string {
  return Object.entries(env)
    .map(([name, value]) => (value === '' ? `${name} unset` : `${name}=${value}`))
    .join(', ')
}

async function replay(store: Store, before: Run, fix: Fix | null, options: RetryOptions): Promise<number> {
  const argv = failedFetch(before)
  if (argv === null) {
    const why = 'its failed fetch is not known, and its own command line was stored with values masked'
    throw new Problem(
      'cannot-replay',
      `run ${before.id} cannot be replayed: ${why}`,
      'run the command again: whytls run -- …',
      EXIT.couldNotTell,
    )
  }
  const style = chooseStyle(process.stderr, process.env, options)
  const scratch = await makeScratch(process.cwd())
  const after: { runId: number | null } = { runId: null }
  try {
    const code = await runCommand({
      ...UNSEEN_RUN,
      argv,
      env: replayEnvironment(process.env, fix, scratch),
      folder: scratch,
      store,
      style,
      resolve: options.resolve,
      onRun: (runId) => {
        after.runId = runId
      },
    })
    if (after.runId === null) return code
    const first = gatherDocument(store, { runId: before.id })
    const second = gatherDocument(store, { runId: after.runId })
    process.stderr.write(describeRetry({ before: first, after: second, argv, env: fix?.env ?? {} }, style))
    return code === 0 ? EXIT.fine : EXIT.problem
  } finally {
    await rm(scratch, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined)
  }
}

/** A folder with a copy of the module's go.mod and go.sum, so that the replay verifies as the run did and writes nothing there. */
async function makeScratch(from: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'whytls-retry-'))
  const isModule = await copyFile(join(from, 'go.mod'), join(folder, 'go.mod')).then(
    () => true,
    () => false,
  )
  if (isModule) await copyFile(join(from, 'go.sum'), join(folder, 'go.sum')).catch(() => undefined)
  else await writeFile(join(folder, 'go.mod'), 'module example.test/retry\n')
  return folder
}

/** The present environment, the fix, and an empty module cache: what is in the cache needs no connection. */
function replayEnvironment(env: NodeJS.ProcessEnv, fix: Fix | null, scratch: string): NodeJS.ProcessEnv {
  const changed: NodeJS.ProcessEnv = { ...env, ...fix?.env }
  const kept = Object.entries(changed).filter(([name, value]) => value !== '' || fix?.env[name] === undefined)
  const flags = `${changed['GOFLAGS'] ?? ''} -modcacherw`.trim()
  return { ...Object.fromEntries(kept), GOMODCACHE: join(scratch, 'cache'), GOFLAGS: flags, GOWORK: 'off' }
}
