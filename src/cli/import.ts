/** `whytls import FILE…`: TLS connections out of packet captures, judged as live ones. */
import { join } from 'node:path'
import type { Document } from '../contract/document.ts'
import { goProgram, loadGoEnvironment } from '../host/go-env.ts'
import { escapeText } from '../report/escape.ts'
import { jsonText } from '../report/json-text.ts'
import { listLine } from '../report/ls.ts'
import type { Style } from '../report/style.ts'
import { StoreError } from '../store/error.ts'
import { defaultFolder } from '../store/folder.ts'
import { openStore } from '../store/open.ts'
import type { HandshakeRow, Store } from '../store/store.ts'
import { EXIT } from './exit-code.ts'
import { gatherDocument } from './gather.ts'
import { describeGo } from './go-facts.ts'
import { type ImportedFile, importCapture } from './import-capture.ts'
import type { ImportRules } from './import-record.ts'
import { openStoreOrExplain } from './open-store.ts'
import { rootsOf } from './pipeline.ts'
import { Problem, printProblem } from './problem.ts'
import { chooseStyle, type StyleChoice } from './style.ts'

export interface ImportOptions extends StyleChoice {
  readonly json?: boolean
  readonly check?: boolean
  readonly intoMain?: boolean
}

/** 0 fine, 1 with `--check` when a connection failed, 2 when a file cannot be read to its end. */
export async function importCommand(files: readonly string[], options: ImportOptions): Promise<number> {
  const folder = join(defaultFolder(process.env, process.platform), 'imported')
  const store = options.intoMain === true ? openStoreOrExplain(process.env) : openImported(folder)
  try {
    const rules = await chooseRules()
    const imported: ImportedFile[] = []
    for (const [index, file] of files.entries()) imported.push(await importCapture(file, `import ${index}`, store, rules))
    store.flush()
    const document = composeDocument(store, imported, rules)
    if (options.json === true) process.stdout.write(`${jsonText(document, 2)}\n`)
    else printText(store, imported, document, options.intoMain === true ? null : folder, options)
    for (const { name, error } of imported) {
      if (error !== null) printProblem(new Problem('unreadable', `${name}: offset ${error.offset}, ${error.message}`, null, EXIT.usage))
    }
    if (imported.some(({ error }) => error !== null)) return EXIT.usage
    const hasFailed = document.handshakes.some(({ outcome }) => outcome === 'failed')
    return options.check === true && hasFailed ? EXIT.problem : EXIT.fine
  } finally {
    store.close()
  }
}

function openImported(folder: string): Store {
  try {
    return openStore({ folder, warn: (line) => void process.stderr.write(`whytls: warning: ${line}\n`) })
  } catch (error) {
    if (error instanceof StoreError) throw new Problem(`store-${error.code}`, error.message, error.fix, EXIT.usage)
    throw error
  }
}

async function chooseRules(): Promise<ImportRules> {
  const go = describeGo(await loadGoEnvironment(goProgram([]), process.env, process.cwd()), process.env)
  return { roots: rootsOf(process.env, 'this machine')(), goVersion: go.version }
}

function composeDocument(store: Store, imported: readonly ImportedFile[], rules: ImportRules): Document {
  const ids = imported.flatMap(({ keys }) => keys).flatMap((key) => store.idOf(key) ?? [])
  const document = gatherDocument(store, { handshakeIds: ids })
  const findings = [describeRules(rules), ...imported.flatMap(({ name, notes }) => notes.map((note) => `${name}: ${note}`))]
  return { ...document, environment: { ...document.environment, findings } }
}

function describeRules({ roots, goVersion }: ImportRules): string {
  const judged =
    roots === null
      ? 'chains were not judged: the roots of this machine cannot be read'
      : `chains judged with the ${roots.facts.count} roots of this machine`
  return `${judged}, at the time of the capture, by the rules of the go that the ClientHello looks like, else of go ${goVersion}`
}

function printText(
  store: Store,
  imported: readonly ImportedFile[],
  document: Document,
  place: string | null,
  options: ImportOptions,
): void {
  const style = chooseStyle(process.stdout, process.env, options)
  const say = (line: string) => void process.stdout.write(`${line}\n`)
  const ids = new Set(document.handshakes.map(({ id }) => id))
  const rows = new Map(store.rows({ limit: MAX_ROWS }).map((row) => [row.id, row]))
  for (const { name, keys, unjudged, notes } of imported) {
    say(`${escapeText(name)}: ${keys.length} TLS ${keys.length === 1 ? 'connection' : 'connections'}`)
    for (const key of keys) {
      const row = rows.get(store.idOf(key) ?? 0)
      if (row !== undefined && ids.has(row.id)) say(connectionLine(row, unjudged.get(key) ?? null, document, style))
    }
    for (const note of notes) say(`  note: ${escapeText(note)}`)
  }
  say(summarize(document))
  if (place !== null && ids.size > 0)
    say(`kept apart from what whytls saw itself: WHYTLS_HOME=${escapeText(place)} whytls show ID (or ls, serve)`)
}

/** The line of `ls`, with what an import knows besides: why nothing is claimed, or which client it was. */
function connectionLine(row: HandshakeRow, unjudged: string | null, document: Document, style: Style): string {
  const looksLike = document.handshakes.find(({ id }) => id === row.id)?.clientHello?.looksLike ?? null
  if (unjudged === null) return `${listLine(row, style)}${looksLike === null ? '' : `  (${escapeText(looksLike)})`}`
  return `${listLine(row, style).replace(/the client left early$/, 'not judged')}: ${unjudged}`
}

function summarize({ handshakes, environment }: Document): string {
  const count = (wanted: string) => handshakes.filter(({ outcome }) => outcome === wanted).length
  return `${handshakes.length} TLS connections: ${count('passed')} passed, ${count('failed')} failed, ${count('aborted')} not judged\n${environment.findings[0] ?? ''}`
}

/** More rows than the streams of one file can be. */
const MAX_ROWS = 1_000_000
