/** Runs the built command, dist/cli/main.js, as a user does: wrapped around go, or as a server beside it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Diagnosis } from '../../src/contract/diagnosis.ts'
import type { Document } from '../../src/contract/document.ts'
import type { LabOrigin } from '../../src/lab/case.ts'
import { openStore } from '../../src/store/open.ts'
import { type CommandResult, freshEnvironment, inFreshFolder, runCommand, type Toolchain } from './go.ts'

/** WHYTLS_MAIN: another build of it. */
export const MAIN = process.env['WHYTLS_MAIN'] ?? fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))

export interface Told {
  readonly result: CommandResult
  readonly document: Document
}

export interface RunSetting {
  /** Options of `run`. */
  readonly options?: readonly string[]
  readonly stopAfterMs?: number | undefined
  /** `go mod download MODULE` unless said. */
  readonly command?: readonly string[]
}

/** `whytls run [OPTIONS] --json FILE -- go mod download MODULE`. */
export function runThrough(toolchain: Toolchain, origin: LabOrigin, setting: RunSetting = {}): Promise<Told> {
  return inFreshFolder(async (home) => {
    const file = join(home, 'result.json')
    const command = setting.command ?? ['go', 'mod', 'download', origin.module]
    const argv = [process.execPath, MAIN, 'run', ...(setting.options ?? []), '--json', file, '--', ...command]
    const env = { ...(await freshEnvironment(toolchain, origin, home)), WHYTLS_HOME: join(home, 'whytls') }
    const stop = { stopAfterMs: setting.stopAfterMs, hasDoneEnough: () => hasSeenMany(env.WHYTLS_HOME) }
    const result = await runCommand(argv, { env, cwd: origin.cwd ?? home, ...stop })
    return { result, document: readDocument(await readFile(file, 'utf8').catch(() => missing('the JSON file', result))) }
  })
}

/** `whytls serve` with this machine's settings, go with HTTPS_PROXY exported by hand, then `whytls export --json --wait`. */
export function serveAround(toolchain: Toolchain, origin: LabOrigin, stopAfterMs?: number): Promise<Told> {
  return inFreshFolder(async (home) => {
    const own = serverEnvironment(origin, home)
    const server = await startServer(own)
    try {
      const env = { ...(await freshEnvironment(toolchain, origin, home)), HTTPS_PROXY: server.proxy }
      const command = [toolchain.go, 'mod', 'download', origin.module]
      const hasDoneEnough = () => hasSeenMany(join(home, 'whytls'))
      const result = await runCommand(command, { env, cwd: origin.cwd ?? home, stopAfterMs, hasDoneEnough })
      const exported = await runCommand([process.execPath, MAIN, 'export', '--json', '--wait'], { env: own, cwd: home })
      return { result, document: readDocument(exported.stdout === '' ? missing('the exported document', exported) : exported.stdout) }
    } finally {
      await stopServer(server.child)
    }
  })
}

/** Far more than a client of which nobody says anything may come back. */
const MANY_HANDSHAKES = 30

/** Whether a go that has to be stopped came back often enough. */
function hasSeenMany(folder: string): boolean {
  const store = openStore({ folder })
  try {
    return store.counts().handshakes >= MANY_HANDSHAKES
  } finally {
    store.close()
  }
}

/** The one diagnosis that is expected, or undefined when there is none. */
export function firstDiagnosis(document: Document): Diagnosis | undefined {
  return document.diagnoses[0]
}

/** The server knows the parent proxy that was set before, and none of the client's roots. */
export function serverEnvironment(origin: LabOrigin, home: string): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '/usr/bin:/bin',
    HOME: home,
    TMPDIR: home,
    GOENV: 'off',
    WHYTLS_HOME: join(home, 'whytls'),
    HTTPS_PROXY: origin.env['HTTPS_PROXY'] ?? '',
  }
}

/** What has not begun by then hangs. */
const START_MS = 100_000

export interface StartedServer {
  readonly child: ChildProcess
  readonly proxy: string
  /** The whole first line. */
  readonly said: Readonly<Record<string, unknown>>
}

/** Start `whytls serve` and wait until it listens. */
export async function startServer(env: Record<string, string>, options: readonly string[] = []): Promise<StartedServer> {
  const child = spawn(process.execPath, [MAIN, 'serve', '--port', '0', '--page-port', '0', '--no-open', '--json', ...options], {
    env,
    cwd: env['HOME'],
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let printed = ''
  let complaint = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint += text
  })
  const said = await new Promise<Record<string, unknown>>((resolve, reject) => {
    setTimeout(() => {
      reject(new Error(`serve did not listen in time: ${complaint}`))
      if (!/"proxy"/.test(printed)) child.kill('SIGKILL')
    }, START_MS).unref()
    child.once('close', (code) => reject(new Error(`serve ended with ${code} before it listened: ${complaint}`)))
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed += text
      const line = printed.split('\n')[0] ?? ''
      if (line.includes('"proxy"') && printed.includes('\n')) resolve(Object(JSON.parse(line)))
    })
  })
  return { child, proxy: String(said['proxy']), said }
}

/** Ctrl-C, and wait for its end. */
export async function stopServer(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('close', resolve))
  child.kill('SIGINT')
  const limit = setTimeout(() => child.kill('SIGKILL'), 10_000)
  await ended
  clearTimeout(limit)
}

function readDocument(json: string): Document {
  return JSON.parse(json) as Document // the schema test of the contract checks this shape
}

function missing(what: string, result: CommandResult): never {
  throw new Error(`${what} was not written (exit ${result.exitCode}): ${result.stderr.slice(-2000)}`)
}
