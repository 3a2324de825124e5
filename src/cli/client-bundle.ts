/** What the child of `run --intercept` gets so that it trusts the authority of this run: files of its own, its usual roots inside. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describeMachine } from '../host/ca-store/clients.ts'
import { readRegularFile } from '../host/ca-store/linux.ts'
import { rootPlaces } from '../host/ca-store/places.ts'
import { makeFolder } from '../store/folder.ts'

export interface ClientBundle {
  /** What the child's environment gets besides. */
  readonly env: Readonly<Record<string, string>>
  /** Where each client read its roots before: what its connections are judged with. */
  readonly files: Readonly<Record<BundleClient, readonly string[]>>
  /** Delete the files. */
  remove(): void
}

/** Clients whose bundle is replaced. */
export type BundleClient = 'go' | 'git' | 'curl'

const PREFIX = 'intercept-'
const NEWLINE = Buffer.from('\n')

/**
 * Write one bundle for each place from which go, git and curl would read: our authority first, then what was there, octet for octet. What was
 * there cannot be spoilt by it, whatever it is: each reader skips and takes the same blocks as before.
 * @param folder the data folder; the bundles lie in a folder of this run inside it, and hold no secret
 */
export function writeClientBundle(folder: string, authorityPem: string, env: NodeJS.ProcessEnv): ClientBundle {
  removeLeftBundles(folder)
  makeFolder(folder)
  const own = mkdtempSync(join(folder, `${PREFIX}${process.pid}-`))
  const files = currentFiles(env)
  const written = new Map<string, string>()
  const bundleFor = (places: readonly string[]): string => {
    const known = written.get(places.join('\n'))
    if (known !== undefined) return known
    const path = join(own, `roots-${written.size}.pem`)
    writeFileSync(path, Buffer.concat([Buffer.from(`${authorityPem}\n`), ...places.flatMap((place) => [readOrNothing(place), NEWLINE])]), {
      mode: 0o600,
    })
    written.set(places.join('\n'), path)
    return path
  }
  return {
    env: {
      SSL_CERT_FILE: bundleFor(files.go),
      GIT_SSL_CAINFO: bundleFor(files.git),
      CURL_CA_BUNDLE: bundleFor(files.curl),
    },
    files,
    remove: () => rmSync(own, { recursive: true, force: true }),
  }
}

/** Delete the bundles of runs that were killed. */
export function removeLeftBundles(folder: string): void {
  for (const name of listOrNothing(folder)) {
    const pid = /^intercept-(\d+)-/.exec(name)?.[1]
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(folder, name), { recursive: true, force: true })
  }
}

/** The roots that go reads from a file now, and where they are. @param except a file that is about to be written */
export function readHeldRoots(env: NodeJS.ProcessEnv, except: string): { readonly files: readonly string[]; readonly roots: Buffer } {
  const { SSL_CERT_FILE: named, ...others } = env
  const files = currentFiles(named === except ? others : env).go.filter((path) => readOrNothing(path).length > 0)
  return { files, roots: Buffer.concat(files.flatMap((path) => [readOrNothing(path), NEWLINE])) }
}

function usualFile(): string | null {
  return (rootPlaces(process.platform)?.files ?? []).find((path) => readOrNothing(path).length > 0) ?? null
}

/** SSL_CERT_FILE replaces go's list of files, of which it takes the first that it can read; SSL_CERT_DIR stays as it is and is read besides. */
function currentFiles(env: NodeJS.ProcessEnv): ClientBundle['files'] {
  const found = usualFile()
  const usual = found === null ? [] : [found]
  const named = (path: string | null | undefined) => (path ? [path] : null)
  const { gitCaInfo } = describeMachine(env, null)
  const go = named(env['SSL_CERT_FILE']) ?? usual
  const folder = env['SSL_CERT_DIR'] || null
  // curl reads one variable only: with a folder it takes its own list besides, and no notice of SSL_CERT_FILE.
  const curl = named(env['CURL_CA_BUNDLE']) ?? (folder === null ? go : [...usual, ...hashedFiles(folder)])
  return { go, git: named(env['GIT_SSL_CAINFO']) ?? named(gitCaInfo) ?? usual, curl }
}

/** Files in a folder that OpenSSL finds (`openssl rehash`). */
function hashedFiles(folder: string): readonly string[] {
  const names = listOrNothing(folder).filter((name) => /^[0-9a-f]{8}\.\d+$/.test(name))
  return names.map((name) => join(folder, name))
}

function readOrNothing(path: string): Buffer {
  try {
    return Buffer.from(readRegularFile(path))
  } catch {
    // Not there, or not readable: the client could not read it either.
    return Buffer.alloc(0)
  }
}

function listOrNothing(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
