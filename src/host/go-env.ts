/** Facts that the go command tells of itself: version and settings. Starts go, never lets it touch the network. */
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'

/** What `go version` and `go env` say, as the child of a run would see it. */
export interface GoEnvironment {
  /** The program that was asked. */
  readonly program: string
  /** "go1.26.8" */
  readonly version: string
  /** Variables of `go env -json` that matter for downloads. */
  readonly env: Readonly<Record<string, string>>
}

const VARIABLES = [
  'GOPROXY',
  'GONOPROXY',
  'GOPRIVATE',
  'GOSUMDB',
  'GONOSUMDB',
  'GOINSECURE',
  'GOFLAGS',
  'GOVCS',
  'GOAUTH',
  'GOMODCACHE',
  'GOMOD',
  'GOTOOLCHAIN',
  'GOVERSION',
  'GOENV',
] as const

/** The go program that a command line runs: its own first word where that is go, else the one in PATH. */
export function goProgram(argv: readonly string[]): string {
  const first = argv[0] ?? ''
  return /^go(\d+(\.\d+)*)?(\.exe)?$/.test(basename(first)) ? first : 'go'
}

/**
 * Ask go for its version and settings in a folder.
 * @returns null when go cannot be started or does not answer within 5 s
 */
export async function loadGoEnvironment(program: string, env: NodeJS.ProcessEnv, folder: string): Promise<GoEnvironment | null> {
  const [own, switched] = await Promise.all([
    ask(program, { ...env, GOTOOLCHAIN: 'local' }, folder),
    // The toolchain that go.mod asks for, if it is in the module cache: GOPROXY=off keeps go from fetching it.
    ask(program, { ...env, GOPROXY: 'off' }, folder),
  ])
  const answer = own ?? switched
  if (answer === null) return null
  const toolchain = env['GOTOOLCHAIN'] || (await loadSavedToolchain(answer['GOENV'])) || switched?.['GOTOOLCHAIN']
  const settings = toolchain === undefined ? answer : { ...answer, GOTOOLCHAIN: toolchain }
  return { program, version: switched?.['GOVERSION'] ?? answer['GOVERSION'] ?? '', env: settings }
}

/** What `go env -w` wrote down: asked with GOTOOLCHAIN=local, go tells only that. */
async function loadSavedToolchain(path: string | undefined): Promise<string | undefined> {
  if (path === undefined || path === '' || path === 'off') return undefined
  const text = await readFile(path, 'utf8').catch(() => '')
  return /^GOTOOLCHAIN=(\S+)/m.exec(text.slice(0, MOST_SAVED))?.[1]
}

const MOST_SAVED = 65_536

function ask(program: string, env: NodeJS.ProcessEnv, folder: string): Promise<Record<string, string> | null> {
  return new Promise((resolve) => {
    execFile(program, ['env', '-json', ...VARIABLES], { env, cwd: folder, timeout: 5_000, windowsHide: true }, (error, stdout) => {
      resolve(error === null ? parseAnswer(stdout) : null)
    })
  })
}

function parseAnswer(text: string): Record<string, string> | null {
  try {
    const parsed: unknown = JSON.parse(text)
    if (typeof parsed !== 'object' || parsed === null) return null
    return Object.fromEntries(Object.entries(parsed).filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
  } catch {
    return null
  }
}
