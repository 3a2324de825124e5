/** The one line of a run in which nothing failed, and its warnings. */
import type { Warning } from '../contract/diagnosis.ts'
import type { Handshake } from '../contract/handshake.ts'
import { counted, inTime } from '../diagnosis/units.ts'
import { printable } from './escape.ts'
import { wrap } from './layout.ts'
import { paint, type Style } from './style.ts'

export interface SuccessInput {
  /** All handshakes of the run, probes left out. */
  readonly handshakes: readonly Handshake[]
  readonly warnings: readonly Warning[]
  /** The command failed all the same, and its words were not read. Absent = no. */
  readonly hasFailedUnheard?: boolean
}

/** `whytls: 6 handshakes to 2 hosts passed, TLS 1.3, slowest 52 ms`, with a line for each warning. Ends in a line break. */
export function successLine({ handshakes, warnings, hasFailedUnheard = false }: SuccessInput, style: Style): string {
  const passed = handshakes.filter(({ outcome }) => outcome === 'passed')
  const first = passed.length === 0 ? [] : [paint(printable(`whytls: ${summary(passed)}`, style), 'dim', style)]
  // One that broke off may be what the command failed by.
  const isFine = passed.length > 0 && passed.length === handshakes.length
  const unheard = isFine && hasFailedUnheard ? wrap(UNHEARD, Math.min(style.columns, 80)) : []
  const lines = [...first, ...unheard, ...warnings.flatMap((warning) => warningLines(warning, style))]
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`
}

const UNHEARD =
  "TLS was fine on these connections, so the command failed by what came in them (HTTP), or for a reason outside of them. What came is encrypted, and the command's words were not read: whytls run --intercept shows the HTTP."

function summary(passed: readonly Handshake[]): string {
  const hosts = new Set(passed.map(({ target }) => target.host)).size
  const versions = [
    ...new Set(passed.flatMap(({ serverHello }) => (serverHello === null ? [] : [serverHello.selectedVersion.name]))),
  ].sort()
  const slowest = Math.max(...passed.map(handshakeTime))
  const took = slowest > 0 ? `, slowest ${inTime(slowest)}` : ''
  return `${counted(passed.length, 'handshake')} to ${counted(hosts, 'host')} passed${versions.length > 0 ? `, ${versions.join(' and ')}` : ''}${took}`
}

/** From the ClientHello to Finished, in ms; 0 where it was not seen. */
function handshakeTime({ stages }: Handshake): number {
  const finished = stages.find(({ stage }) => stage === 'finished')?.atMs ?? null
  const started = stages.find(({ stage, leg }) => stage === 'proxy-connect' && leg === 'client')?.atMs ?? 0
  return finished === null ? 0 : Math.max(0, finished - started)
}

function warningLines({ code, host, text }: Warning, style: Style): readonly string[] {
  const lead = `warning[${code}]: `
  const said = printable(host === null ? text : `${host}, ${text}`, style)
  return wrap(said, Math.min(style.columns, 80) - lead.length).map((line, index) =>
    index === 0 ? `${paint(lead.trimEnd(), 'warn', style)} ${line}` : ' '.repeat(lead.length) + line,
  )
}
