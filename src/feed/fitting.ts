/** How many rows fit into one message: captured texts may be long, and a page that does not read must not cost more for them. */
import type { HandshakeRow } from '../store/store.ts'

/** The first rows that together stay under 768 KiB as JSON, at least one. The same array where all do. */
export function takeFitting<Row extends HandshakeRow>(rows: readonly Row[]): readonly Row[] {
  let lengthBytes = 0
  for (const [at, row] of rows.entries()) {
    lengthBytes += lengthOf(row)
    if (lengthBytes > MOST_BYTES && at > 0) return rows.slice(0, at)
  }
  return rows
}

/** Nearly all rows are short and alike; only those of long texts, which may be escaped, are measured. */
function lengthOf(row: HandshakeRow): number {
  const texts = row.host.length + (row.title?.length ?? 0) + (row.issuer?.length ?? 0) + row.route.length
  return texts < SHORT ? USUAL_BYTES + row.stages.length * STAGE_BYTES : Buffer.byteLength(JSON.stringify(row))
}

const MOST_BYTES = 768 * 1024
const SHORT = 400
const USUAL_BYTES = 600
const STAGE_BYTES = 100
