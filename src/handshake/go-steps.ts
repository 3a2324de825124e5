/** What a client reads from the server, in the order in which go's record layer hands it on. */
import type { SeenRecord } from '../contract/handshake.ts'
import { HANDSHAKE_TYPE } from '../tls/handshake-message.ts'
import { CONTENT_TYPE } from '../tls/record.ts'
import type { SeenMessage, Transcript } from './transcript.ts'

/** A whole handshake message, or a record that carries none. */
export type ServerStep = ServerMessage | ServerRecord

export interface ServerMessage {
  readonly kind: 'message'
  readonly type: number
  /** Without the 4-octet header. */
  readonly body: Uint8Array
  /** It came out of encryption. */
  readonly isHidden: boolean
  /** Octets of handshake messages that stand behind it in the records that were read for it. */
  readonly behindBytes: number
  /** Version of its last record ("0x0303"). */
  readonly recordVersion: string
}

export interface ServerRecord {
  readonly kind: 'record'
  readonly contentType: number
  readonly lengthBytes: number
  readonly recordVersion: string
  /** Level of an alert: what is neither `warning` nor `fatal` is its number; null for other records, and where it was not read. */
  readonly alertLevel: string | number | null
}

/**
 * The server's side of a session: records and messages in clear, then what was decrypted.
 * @param probe where the session's own encrypted messages stayed closed: a repeated handshake whose keys are known, else null
 */
export function listServerSteps(go: Transcript, probe: Transcript | null): readonly ServerStep[] {
  const isTls13 = go.serverHellos.some((hello) => !hello.helloRetryRequest && hello.selectedVersion.id === 0x0304)
  if (!isTls13) return listClear(go)
  const own = listHidden(go)
  return [...listClear(go), ...(own.length > 0 || probe === null ? own : listHidden(probe))]
}

/** A probe may offer certificate compression, which go never does: what a server answers to that tells nothing of go's session. */
function listHidden(transcript: Transcript): readonly ServerMessage[] {
  const messages = serverMessages(transcript, 'decrypted')
  const compressed = messages.findIndex(({ type }) => type === HANDSHAKE_TYPE.compressedCertificate)
  return messages.slice(0, compressed < 0 ? messages.length : compressed).map((message) => compose(message, true, 0, '0x0303'))
}

function listClear(transcript: Transcript): readonly ServerStep[] {
  const waiting = serverMessages(transcript, 'wire')
  const alerts = transcript.alerts.filter(({ sender, how }) => sender === 'server' && how === 'clear')
  const steps: ServerStep[] = []
  let readBytes = 0
  let takenBytes = 0
  for (const record of transcript.records) {
    if (record.dir !== 'server-to-client') continue
    if (record.contentType !== CONTENT_TYPE.handshake || record.lengthBytes === 0) {
      steps.push(composeRecord(record, record.contentType === CONTENT_TYPE.alert ? (alerts.shift()?.level ?? null) : null))
      continue
    }
    readBytes += record.lengthBytes
    for (let next = waiting[0]; next !== undefined && takenBytes + sizeOf(next) <= readBytes; next = waiting[0]) {
      waiting.shift()
      takenBytes += sizeOf(next)
      steps.push(compose(next, false, readBytes - takenBytes, record.version))
    }
  }
  return steps
}

function serverMessages(transcript: Transcript, source: SeenMessage['source']): SeenMessage[] {
  return transcript.messages.filter((message) => message.dir === 'server-to-client' && message.source === source)
}

function sizeOf(message: SeenMessage): number {
  return HEADER_BYTES + message.lengthBytes
}

function compose(message: SeenMessage, isHidden: boolean, behindBytes: number, recordVersion: string): ServerMessage {
  const body = message.octets?.subarray(HEADER_BYTES) ?? new Uint8Array(0)
  return { kind: 'message', type: message.type, body, isHidden, behindBytes, recordVersion }
}

function composeRecord(record: SeenRecord, alertLevel: ServerRecord['alertLevel']): ServerRecord {
  return { kind: 'record', contentType: record.contentType, lengthBytes: record.lengthBytes, recordVersion: record.version, alertLevel }
}

const HEADER_BYTES = 4
