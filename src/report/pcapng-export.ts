/** Stored handshakes as a capture that Wireshark opens: real TLS octets inside TCP conversations that are made up. Pure. */
import type { Diagnosis } from '../contract/diagnosis.ts'
import type { Handshake } from '../contract/handshake.ts'
import { VERSION } from '../contract/version.ts'
import type { Flight } from '../handshake/flight.ts'
import type { SeenMessage } from '../handshake/transcript.ts'
import { type Packet, writePcapng } from './pcapng.ts'
import { endpointsOf } from './pcapng-address.ts'
import { describeLeg } from './pcapng-comment.ts'
import { type RebuiltRecord, rebuildRecords } from './pcapng-records.ts'
import { Conversation } from './pcapng-tcp.ts'
import { targetOf } from './words.ts'

/** One handshake with all that is stored of its octets. */
export interface ExportedHandshake {
  readonly handshake: Handshake
  readonly diagnosis: Diagnosis | null
  readonly messages: readonly SeenMessage[]
  /** Octets and secrets of a probe, undefined for connections of others. */
  readonly flight: Flight | undefined
}

/** The octets of a pcapng file: packets in order of time, a Decryption Secrets Block for each handshake whose secrets are known, verdicts as comments. */
export function exportPcapng(exported: readonly ExportedHandshake[]): Uint8Array {
  const diagnosisOf = new Map(exported.map(({ handshake, diagnosis }) => [handshake.id, diagnosis]))
  const conversations = exported.map((one, at) => converse(one, at, diagnosisOf))
  const packets = conversations.flat().sort((a, b) => a.atMicros - b.atMicros)
  const silent = exported.filter((_, at) => conversations[at]?.length === 0)
  return writePcapng({
    application: `whytls ${VERSION}`,
    comment: describeSection(silent),
    secrets: exported.flatMap(({ flight }) => (flight === undefined || flight.secrets.length === 0 ? [] : [flight.secrets])),
    packets,
  })
}

function describeSection(silent: readonly ExportedHandshake[]): string {
  const without = silent.map(({ handshake }) => `#${handshake.id} ${targetOf(handshake)}`)
  return [
    `whytls ${VERSION}: the TLS octets are those that were seen; Ethernet, IP and TCP around them, the client's addresses and ports are made up.`,
    'There is no application data in this file: where an encrypted record stood whose octets are not kept, a filler of its length stands.',
    ...(without.length === 0 ? [] : [`Without a packet, since no TCP connection was tried: ${without.join(', ')}.`]),
  ].join('\n')
}

function converse(one: ExportedHandshake, at: number, diagnosisOf: ReadonlyMap<number, Diagnosis | null>): readonly Packet[] {
  const { handshake, flight, messages } = one
  const tcp = handshake.stages.find(({ stage, leg }) => stage === 'tcp' && leg !== 'client')
  const records: readonly RebuiltRecord[] =
    flight?.records.map((record) => ({ ...record, isKept: true })) ?? rebuildRecords(handshake, messages)
  const isAnswered = tcp?.status === 'passed' || handshake.records.length > 0
  if (!isAnswered && tcp?.status !== 'failed') return []
  const { client, server } = endpointsOf(handshake.target, at)
  const conversation = new Conversation(client, server)
  const zeroMicros = Date.parse(handshake.startedAt) * 1000
  const answeredMicros = zeroMicros + (tcp?.atMs ?? 0) * 1000
  const comment = describeLeg(one, records, diagnosisOf)
  conversation.open(answeredMicros - (tcp?.durationMs ?? 0) * 1000, answeredMicros, isAnswered, comment)
  if (!isAnswered) return conversation.packets
  for (const { dir, octets, atMs } of records) conversation.say(dir, octets, zeroMicros + atMs * 1000)
  close(conversation, handshake, zeroMicros)
  return conversation.packets
}

function close(conversation: Conversation, { closed }: Handshake, zeroMicros: number): void {
  if (closed === null) return
  const direction = closed.by === 'server' || closed.by === 'parent' ? 'server-to-client' : 'client-to-server'
  if (closed.how === 'rst') conversation.reset(direction, zeroMicros + closed.atMs * 1000)
  else conversation.finish(direction, zeroMicros + closed.atMs * 1000)
}
