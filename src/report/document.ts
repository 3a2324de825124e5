/** The one document that every `--json` prints. */
import type { Document } from '../contract/document.ts'

/** Put a document together; `schema` stands first. The order of `diagnoses` is the caller's (taxonomy: Order of diagnoses). */
export function makeDocument(parts: Omit<Document, 'schema'>): Document {
  return {
    schema: 'whytls/1',
    tool: parts.tool,
    run: parts.run,
    diagnoses: parts.diagnoses,
    warnings: parts.warnings,
    handshakes: parts.handshakes,
    environment: parts.environment,
  }
}
