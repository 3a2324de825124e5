/** The octets of one handshake as they travelled, and the secrets that open them: what an export for Wireshark is made of. */
import type { Direction } from '../contract/terms.ts'
import { type KeyLogLine, parseKeyLogLine } from '../tls/key-log.ts'
import { CONTENT_TYPE, RECORD_HEADER_BYTES } from '../tls/record.ts'
import type { Transcript } from './transcript.ts'

/** The handshake phase of one session. */
export interface Flight {
  /** Whole records in the order in which they were seen; none behind Finished, so never application data. */
  readonly records: readonly FlightRecord[]
  /** NSS key log lines: the two handshake traffic secrets of TLS 1.3, the master secret of older versions. */
  readonly secrets: readonly string[]
}

/** One record with its header. */
export interface FlightRecord {
  readonly dir: Direction
  readonly atMs: number
  readonly octets: Uint8Array
}

/** Octets that are kept of one flight, both directions together. */
export const FLIGHT_LIMIT_BYTES = 256 * 1024

/** Keeps the octets and key log lines of a session until its flight can be cut; holds at most {@link FLIGHT_LIMIT_BYTES} of each direction. */
export class FlightTape {
  readonly #chunks: Record<Direction, Uint8Array[]> = { 'client-to-server': [], 'server-to-client': [] }
  readonly #kept: Record<Direction, number> = { 'client-to-server': 0, 'server-to-client': 0 }
  readonly #lines: string[] = []

  addOctets(direction: Direction, octets: Uint8Array): void {
    const part = octets.slice(0, FLIGHT_LIMIT_BYTES - this.#kept[direction])
    if (part.length === 0) return
    this.#kept[direction] += part.length
    this.#chunks[direction].push(part)
  }

  addSecret(line: string): void {
    if (this.#lines.length < MAX_LINES) this.#lines.push(line)
  }

  /** The handshake phase, by what the reader of the same octets understood. */
  cut(transcript: Transcript): Flight {
    const octets = (direction: Direction) => new Uint8Array(Buffer.concat(this.#chunks[direction]))
    return cutFlight(
      { 'client-to-server': octets('client-to-server'), 'server-to-client': octets('server-to-client') },
      this.#lines,
      transcript,
    )
  }
}

const MAX_LINES = 32

/**
 * Cut the handshake phase out of the octets of both directions. Left out: what is no TLS record, records that are not whole, everything behind a
 * side's Finished, and secrets of application data.
 */
export function cutFlight(octets: Readonly<Record<Direction, Uint8Array>>, lines: readonly string[], transcript: Transcript): Flight {
  const records: FlightRecord[] = []
  const ways = { 'client-to-server': openWay(), 'server-to-client': openWay() }
  let keptBytes = 0
  for (const { dir, atMs, contentType, lengthBytes } of transcript.records) {
    const way = ways[dir]
    const end = way.offset + RECORD_HEADER_BYTES + lengthBytes
    const record = octets[dir].subarray(way.offset, end)
    way.isOver ||= way.offset + record.length < end || keptBytes + record.length > FLIGHT_LIMIT_BYTES
    way.isOver ||= contentType === CONTENT_TYPE.applicationData && !isHandshakeData(transcript, dir)
    if (!way.isOver) {
      keptBytes += record.length
      records.push({ dir, atMs, octets: record })
    }
    way.isOver ||= endsPhase(transcript, dir, way, contentType)
    way.hasChangedCipher ||= contentType === CONTENT_TYPE.changeCipherSpec
    way.offset = end
  }
  return { records, secrets: chooseSecrets(lines, transcript) }
}

interface Way {
  offset: number
  hasChangedCipher: boolean
  isOver: boolean
}

function openWay(): Way {
  return { offset: 0, hasChangedCipher: false, isOver: false }
}

/** Whether this record is the last one before application data: the record of Finished. */
function endsPhase(transcript: Transcript, dir: Direction, way: Way, contentType: number): boolean {
  if (isTls13(transcript)) return finishedOffset(transcript, dir) === way.offset
  return way.hasChangedCipher && contentType === CONTENT_TYPE.handshake
}

/** TLS 1.3 hides its handshake in records of type application_data; a side that sent no Finished has sent nothing else, unless the other one got it. */
function isHandshakeData(transcript: Transcript, dir: Direction): boolean {
  if (!isTls13(transcript)) return false
  if (finishedOffset(transcript, dir) !== undefined) return true
  return dir === 'client-to-server' || finishedOffset(transcript, 'client-to-server') === undefined
}

function finishedOffset(transcript: Transcript, dir: Direction): number | undefined {
  return transcript.messages.find((message) => message.dir === dir && message.type === FINISHED && message.source === 'decrypted')
    ?.recordOffset
}

function isTls13(transcript: Transcript): boolean {
  return transcript.serverHellos.at(-1)?.selectedVersion.id === 0x0304
}

function chooseSecrets(lines: readonly string[], transcript: Transcript): string[] {
  const labels = isTls13(transcript) ? TLS13_LABELS : ['CLIENT_RANDOM']
  const isOurs = (line: KeyLogLine | null) =>
    line !== null && labels.includes(line.label) && transcript.clientHellos.some(({ random }) => random.toLowerCase() === line.clientRandom)
  return lines.map((line) => line.trim()).filter((line) => isOurs(parseKeyLogLine(line)))
}

const TLS13_LABELS = ['CLIENT_HANDSHAKE_TRAFFIC_SECRET', 'SERVER_HANDSHAKE_TRAFFIC_SECRET']
const FINISHED = 20
