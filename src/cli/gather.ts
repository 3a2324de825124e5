/** Reads a document out of the store. */
import type { Document, Environment } from '../contract/document.ts'
import { describeTool } from '../contract/version.ts'
import { makeDocument } from '../report/document.ts'
import type { Store } from '../store/store.ts'

/** What to put into a document. */
export type Selection = { readonly runId: number } | { readonly handshakeIds: readonly number[] }

/** The document of one run, or of some handshakes. */
export function gatherDocument(store: Store, selection: Selection, environment: Environment = NOTHING_KNOWN): Document {
  const ids = 'runId' in selection ? store.handshakeIdsOfRun(selection.runId) : selection.handshakeIds
  const handshakes = ids.map((id) => store.handshake(id)).filter((handshake) => handshake !== undefined)
  return makeDocument({
    tool: describeTool(process.version, process.platform, process.arch),
    run: 'runId' in selection ? (store.run(selection.runId) ?? null) : null,
    diagnoses: store.diagnoses('runId' in selection ? { runId: selection.runId } : { handshakeIds: ids }),
    warnings: 'runId' in selection ? store.warnings(selection.runId) : [],
    handshakes,
    environment,
  })
}

const NOTHING_KNOWN: Environment = { clock: null, roots: [], findings: [] }
