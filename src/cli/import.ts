/** `whytls import FILE…`: TLS connections out of packet captures, judged as live ones. */
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import type { CaptureError } from '../capture/capture-error.ts'
import type { Document } from '../contract/document.ts'
import { goProgram, loadGoEnvironment } from '../host/go-env.ts'
import { escapeText } from '../report/escape.ts'
import { jsonText } from '../report/json-text.ts'
import { listLine } from '../report/ls.ts'
import type { Style } from '../report/style.ts'
import { StoreError } from '../store/error.ts'
import { defaultFolder } from '../store/folder.ts'
import { openStore } from '../store/open.ts'
import type { Store } from '../store/store.ts'
import { EXIT } from './exit-code.ts'
import { gatherDocument } from './gather.ts'
import { describeGo } from './go-facts.ts'
import { type ImportedConnection, type ImportedFile, importCapture } from './import-capture.ts'
import type { ImportRules } from './import-record.ts'
import { readKeyLog } from './import-secrets.ts'
import { openStoreOrExplain } from './open-store.ts'
import { rootsOf } from './pipeline.ts'
import { Problem, printProblem } from './problem.ts'
import { chooseStyle, type StyleChoice } from './style.ts'

export interface ImportOptions extends StyleChoice {
  readonly json?: boolean
  readonly check?: boolean
  readonly intoMain?: boolean
  readonly keylog?: string
}

/** 0 fine, 1 with `--check` when a connection failed, 2 when a file cannot be read to its end. */
export async function importCommand(files: readonly string[], options: ImportOptions): Promise<number> {
  // What is kept of a large capture is little; left alone, V8 lets some 100 MiB of garbage stand before it collects.
  setFlagsFromString('--optimize-for-size')
  const folder = join(defaultFolder(process.env, process.platform), 'imported')
  const store = options.intoMain === true ? openStoreOrExplain(process.env) : openImported(folder)
  try {
    const rules = await chooseRules()
    const imported: ImportedFile[] = []
    const keyLog = options.keylog === undefined ? null : await readKeyLog(options.keylog)
    for (const [index, file] of files.entries()) imported.push(await importCapture(file, `import ${index}`, store, rules, keyLog))
    store.flush()
    const connections = imported.flatMap((file) => file.connections)
    if (options.json === true) process.stdout.write(`${jsonText(composeDocument(store, imported, rules), 2)}\n`)
    else printText(store, imported, [summarize(connections), describeRules(rules), ...placeOf(connections, folder, options)], options)
    for (const { name, error } of imported) {
      if (error !== null) printProblem(new Problem('unreadable', `${name}: ${error.message}`, adviseOn(error), EXIT.usage))
    }
    if (imported.some(({ error }) => error !== null)) return EXIT.usage
    const hasFailed = connections.some(({ row }) => row.outcome === 'failed')
    return options.check === true && hasFailed ? EXIT.problem : EXIT.fine
  } finally {
    store.close()
  }
}

/** Other formats can be converted; of a file that is damaged further on, what stands before was read. */
function adviseOn({ field }: CaptureError): string | null {
  return field === 'magic number' ? 'import reads pcap and pcapng; other captures: editcap -F pcapng CAPTURE NEW.pcapng' : null
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
  const ids = imported.flatMap(({ connections }) => connections).flatMap(({ key }) => store.idOf(key) ?? [])
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

function printText(store: Store, imported: readonly ImportedFile[], closing: readonly string[], options: ImportOptions): void {
  const style = chooseStyle(process.stdout, process.env, options)
  const say = (line: string) => void process.stdout.write(`${line}\n`)
  for (const { name, connections, notes } of imported) {
    say(`${escapeText(name)}: ${countConnections(connections)}`)
    for (const connection of connections) say(connectionLine(connection, store.idOf(connection.key) ?? 0, style))
    for (const note of notes) say(`  note: ${escapeText(note)}`)
  }
  for (const line of closing) say(line)
}

/** The line of `ls`, with what an import knows besides: why nothing is claimed, or which client it was. */
function connectionLine({ row, looksLike, unjudged }: ImportedConnection, id: number, style: Style): string {
  const line = listLine({ ...row, id, seq: 0, runId: null, probeOf: null }, style)
  if (unjudged === null) return `${line}${looksLike === null ? '' : `  (${escapeText(looksLike)})`}`
  return `${line.replace('the client left early', 'not judged')}: ${unjudged}`
}

function summarize(connections: readonly ImportedConnection[]): string {
  const count = (wanted: string) => connections.filter(({ row }) => row.outcome === wanted).length
  return `${countConnections(connections)}: ${count('passed')} passed, ${count('failed')} failed, ${count('aborted')} not judged`
}

function countConnections({ length }: readonly ImportedConnection[]): string {
  return `${length} TLS ${length === 1 ? 'connection' : 'connections'}`
}

function placeOf(connections: readonly ImportedConnection[], folder: string, { intoMain }: ImportOptions): readonly string[] {
  if (connections.length === 0 || intoMain === true) return []
  return [`kept apart from what whytls saw itself: WHYTLS_HOME=${escapeText(folder)} whytls show ID (or ls, serve)`]
}
