/** `whytls lab`: broken worlds on loopback, and the real go against them. */
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { LabOrigin } from '../lab/case.ts'
import { openStore } from '../store/open.ts'
import type { Store } from '../store/store.ts'
import { EXIT } from './exit-code.ts'
import { CASES, findCase, labEnvironment, moduleFolder, raiseWorld, removeWorld } from './lab-world.ts'
import { explainListenError } from './listen-error.ts'
import { openStoreOrExplain } from './open-store.ts'
import { startPage } from './page.ts'
import { runCommand } from './run.ts'
import { untilInterrupted } from './signals.ts'
import { chooseStyle, type StyleChoice } from './style.ts'

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
  const labCase = findCase(name, 'run')
  const interrupted = untilInterrupted()
  const folder = await mkdtemp(join(tmpdir(), 'whytls-lab-'))
  const store = options.keep === true ? openStoreOrExplain(process.env) : openStore({ folder: join(folder, 'store') })
  try {
    const origin = await raiseWorld(labCase, { folder })
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
    await removeWorld(folder)
  }
}

async function downloadThrough(origin: LabOrigin, folder: string, store: Store, options: LabRunOptions): Promise<number> {
  process.stdout.write(`$ whytls run -- go mod download ${origin.module}    (GOPROXY=${origin.goproxy})\n`)
  return runCommand({
    argv: ['go', 'mod', 'download', origin.module],
    env: labEnvironment(origin, folder),
    folder: await moduleFolder(origin, folder),
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

async function leavePageOpen(store: Store, folder: string, options: LabRunOptions, interrupted: Promise<void>): Promise<void> {
  const page = await startPage({
    store,
    port: options.pagePort,
    proxyUrl: '',
    env: process.env,
    go: null,
    folder: join(folder, 'store'),
    proxy: null,
  }).catch((error: unknown) => explainListenError(error, '127.0.0.1', options.pagePort, 'whytls lab run … --page-port 0'))
  process.stdout.write(`\n  Page    ${page.url}\n  Ctrl-C ends it.\n`)
  if (options.open) await page.open()
  await interrupted
  await page.close()
}
