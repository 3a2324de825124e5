/** `whytls export`: handshakes and diagnoses as one document, as an HTTP archive, or as a capture. */

import { writeFile } from 'node:fs/promises'
import type { Document } from '../contract/document.ts'
import { chainPem, composeCapture, withProbes } from '../feed/downloads.ts'
import { WAITS_FOR_PROBE } from '../recorder/draft.ts'
import { makeHar } from '../report/har.ts'
import { jsonText } from '../report/json-text.ts'
import type { Store } from '../store/store.ts'
import { EXIT } from './exit-code.ts'
import { gatherDocument, type Selection } from './gather.ts'
import { missingOf } from './missing-pem.ts'
import { openStoreOrExplain } from './open-store.ts'
import { messageOf, Problem } from './problem.ts'

export interface ExportOptions {
  readonly run?: number
  readonly since?: string
  readonly wait?: boolean
  readonly pem?: boolean
  readonly har?: boolean
  readonly pcapng?: boolean
  /** true: of the handshake that is named by its number. */
  readonly missing?: string | true
  readonly output?: string
}

const MANY = 100_000
const WAIT_MS = 30_000
const POLL_MS = 100
/** A relay tells its end 200 ms after the client's, the store writes within 50 ms; the rest is for a busy machine. */
const QUIET_MS = 750
/** A failed handshake may still get its probe for this long. */
const PROBE_GRACE_MS = 31_000

/** Write the document to stdout or a file. @throws Problem (exit 2) for what is not there, and for a file that cannot be written */
export async function exportCommand(id: number | undefined, options: ExportOptions): Promise<number> {
  refuseContradiction(options)
  const store = openStoreOrExplain(process.env)
  try {
    if (options.missing !== undefined) return await writeMissing(missingOf(store, id, options.missing), options)
    if (options.wait === true) await waitForProbes(store, () => select(store, id, options))
    const content = compose(store, select(store, id, options), options)
    if (options.output === undefined) process.stdout.write(content)
    else await writeOutput(options.output, content)
    return EXIT.fine
  } finally {
    store.close()
  }
}

async function writeMissing(content: string, { output }: ExportOptions): Promise<number> {
  if (output === undefined) process.stdout.write(content)
  else await writeOutput(output, content)
  return EXIT.fine
}

async function writeOutput(file: string, content: string | Uint8Array): Promise<void> {
  try {
    await writeFile(file, content, { mode: 0o600 })
  } catch (error) {
    throw new Problem('unwritable', `the document could not be written: ${messageOf(error)}`, 'whytls export -o FILE', EXIT.usage)
  }
}

function refuseContradiction({ pem, har, pcapng, missing, output }: ExportOptions): void {
  const forms = [pem, har, pcapng, missing !== undefined].filter((chosen) => chosen === true)
  if (forms.length > 1)
    throw new Problem('usage', '--pem, --har, --pcapng and --missing exclude one another', 'whytls export --help', EXIT.usage)
  if (pcapng === true && output === undefined && process.stdout.isTTY)
    throw new Problem('usage', '--pcapng is not written to a terminal', 'whytls export --pcapng -o handshakes.pcapng', EXIT.usage)
}

function compose(store: Store, selection: Selection, options: ExportOptions): string | Uint8Array {
  if (options.pcapng === true) return composeCapture(store, captureIds(store, selection))
  const document = gatherDocument(store, selection)
  if (options.pem === true) return chainPem(document.handshakes.flatMap(({ certificates }) => certificates?.chain ?? []))
  return `${jsonText(options.har === true ? makeHar(document) : document, 2)}\n`
}

function captureIds(store: Store, selection: Selection): readonly number[] {
  return 'runId' in selection ? store.handshakeIdsOfRun(selection.runId) : withProbes(store, selection.handshakeIds)
}

function select(store: Store, id: number | undefined, options: ExportOptions): Selection {
  if (id !== undefined) {
    if (store.handshake(id) === undefined) throw new Problem('no-such-handshake', `there is no handshake ${id}`, 'whytls ls', EXIT.usage)
    return { handshakeIds: [id] }
  }
  if (options.run !== undefined) {
    if (store.run(options.run) === undefined) throw new Problem('no-such-run', `there is no run ${options.run}`, 'whytls ls', EXIT.usage)
    return { runId: options.run }
  }
  const since = options.since === undefined ? {} : { since: parseTime(options.since) }
  return { handshakeIds: store.rows({ limit: MANY, ...since }).map((row) => row.id) }
}

function parseTime(text: string): string {
  const time = new Date(text)
  if (Number.isNaN(time.getTime()))
    throw new Problem('usage', `${text} is no time`, 'whytls export --since 2026-11-22T13:00:00Z', EXIT.usage)
  return time.toISOString()
}

/** Until nothing is pending and no writer changed anything for a moment: what ended just now may not be written yet. */
async function waitForProbes(store: Store, selection: () => Selection): Promise<void> {
  const end = Date.now() + WAIT_MS
  let seq = store.seq()
  let quietSince = Date.now()
  while (Date.now() < end) {
    const isQuiet = Date.now() - quietSince >= QUIET_MS
    if (isQuiet && !isPending(gatherDocument(store, selection()))) return
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
    if (store.seq() !== seq) quietSince = Date.now()
    seq = store.seq()
  }
}

/** A handshake is open, or ended moments ago and says that its probe is still running. */
function isPending(document: Document): boolean {
  return document.handshakes.some((handshake) => {
    if (handshake.outcome === 'open') return true
    const endedAtMs = Date.parse(handshake.startedAt) + (handshake.durationMs ?? 0)
    return handshake.waitingFor === WAITS_FOR_PROBE && Date.now() - endedAtMs < PROBE_GRACE_MS
  })
}
