/** What the first packet of a conversation says: which handshake it is, the verdict, and what is not in the file. Pure. */
import type { Diagnosis } from '../contract/diagnosis.ts'
import type { Handshake } from '../contract/handshake.ts'
import { escapeText } from './escape.ts'
import { isStandIn } from './pcapng-address.ts'
import type { ExportedHandshake } from './pcapng-export.ts'
import type { RebuiltRecord } from './pcapng-records.ts'
import { routeOf, STAGE_NAMES, targetOf } from './words.ts'

/** A few sentences, one a line. @param records of this handshake that are in the file */
export function describeLeg(
  one: ExportedHandshake,
  records: readonly RebuiltRecord[],
  diagnosisOf: ReadonlyMap<number, Diagnosis | null>,
): string {
  const { handshake, flight } = one
  return [
    headline(handshake),
    verdict(one, diagnosisOf),
    filled(handshake, records),
    leftOut(handshake, records.length),
    secrets(handshake, flight !== undefined && flight.secrets.length > 0),
    hint(handshake.target.port),
    isStandIn(handshake.target) ? "The server's address is not known: a stand-in is used." : '',
  ]
    .filter((line) => line !== '')
    .map(escapeText)
    .join('\n')
}

function headline(handshake: Handshake): string {
  const what = handshake.mode === 'probe' ? "whytls's own probe" : handshake.imported === undefined ? "go's connection" : 'a connection'
  const of = handshake.probeOf === null ? '' : ` of #${handshake.probeOf}`
  const source = handshake.imported === undefined ? '' : `, imported from ${handshake.imported}`
  return `whytls #${handshake.id}: ${what}${of} to ${targetOf(handshake)}, ${routeOf(handshake)}, ${handshake.outcome}${source}.`
}

function verdict({ handshake, diagnosis }: ExportedHandshake, diagnosisOf: ReadonlyMap<number, Diagnosis | null>): string {
  const found = diagnosis ?? diagnosisOf.get(handshake.probeOf ?? handshake.id)
  if (!found) return ''
  const stage = found.stage === null ? '' : ` at ${STAGE_NAMES[found.stage]}`
  const whose = diagnosis === null ? ` of #${handshake.probeOf ?? 0}` : ''
  return `Verdict${whose}: ${found.cause}${stage} (${found.confidence}): ${found.title}`
}

function filled({ records: all }: Handshake, records: readonly RebuiltRecord[]): string {
  const count = records.filter(({ isKept }) => !isKept).length
  return count === 0 ? '' : `Of ${count} of ${all.length} records only the lengths are kept: a filler stands in the place of their octets.`
}

function leftOut(handshake: Handshake, recordCount: number): string {
  const missing = handshake.records.length - recordCount
  if (missing <= 0) return ''
  return `${missing} of ${handshake.records.length} records are not in this file: of those behind Finished only lengths are kept.`
}

/** Wireshark takes the octets on many ports for the protocol that is usual there. */
function hint(port: number): string {
  return port === 443 || port === 8443 ? '' : `Where Wireshark shows no TLS here: Decode As, TCP port ${port}, TLS.`
}

function secrets(handshake: Handshake, areHere: boolean): string {
  if (areHere) return 'The secrets of this handshake are in this file (Decryption Secrets Block).'
  if (handshake.serverHello === null) return ''
  if (handshake.mode === 'observe' && handshake.imported === undefined)
    return 'No secrets are known of a connection that whytls only observes.'
  return 'No secrets of this handshake are kept.'
}
