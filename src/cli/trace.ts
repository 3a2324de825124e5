/** `run --trace`: one line per handshake message, live, to stderr or a file. */
import { createWriteStream, type WriteStream } from 'node:fs'
import type { HandshakeEvent } from '../handshake/event.ts'
import type { ProxyEvent } from '../proxy/event.ts'
import type { Connection } from '../recorder/connection.ts'
import { traceLine } from '../report/trace.ts'
import { EXIT } from './exit-code.ts'
import { messageOf, Problem, printProblem } from './problem.ts'

export interface Trace {
  readonly onEvent: (event: ProxyEvent, connection: Connection) => void
  /** What a probe sees, under the key of the connection that it repeats. */
  readonly onProbeEvent: (event: HandshakeEvent, connection: Connection) => void
  readonly end: () => void
}

/** Start tracing; null when no trace is wanted. Files are opened for appending, 0600. */
export function startTrace(where: string | true | null): Trace | null {
  if (where === null) return null
  const sink = where === true ? process.stderr : openFile(where)
  const write = (line: string | null) => void (line === null || sink.write(`${line}\n`))
  return {
    onEvent: (event, connection) => write(traceLine(event, connection.start)),
    onProbeEvent: (event, connection) => write(traceLine(event, { ...connection.start, key: `${connection.start.key}/probe` })),
    end: () => {
      if (sink !== process.stderr) sink.end()
    },
  }
}

/** A file that cannot be written is said once; the command goes on without its trace. */
function openFile(path: string): WriteStream {
  const file = createWriteStream(path, { flags: 'a', mode: 0o600 })
  file.once('error', (error) =>
    printProblem(new Problem('unwritable', `the trace could not be written: ${messageOf(error)}`, 'whytls run --trace -- …', EXIT.fine)),
  )
  return file.on('error', () => undefined)
}

/** True when the child's GODEBUG holds the key that is wrongly said to log handshakes. */
export function believesInTlsHandshakeKey(godebug: string | undefined): boolean {
  return (godebug ?? '').split(',').some((pair) => pair.trim().startsWith('tlshandshake='))
}

/** What to say of it. */
export const TLSHANDSHAKE_NOTE =
  'whytls: note: go has no setting named tlshandshake and ignores it; the lines below come from whytls (--trace).'
