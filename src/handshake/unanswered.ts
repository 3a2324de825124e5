/** Sessions in which an HTTP/2 request met the end instead of an answer, by record lengths alone. */
import type { SeenRecord } from '../contract/handshake.ts'
import { CONTENT_TYPE } from '../tls/record.ts'
import type { Transcript } from './transcript.ts'

/** A session whose requests met no answer. */
export interface Unanswered {
  /** Lengths of the client's records that may be requests, without TLS's own octets (in TLS 1.2 a few of them still): the same for the same requests. */
  readonly asked: readonly number[]
}

/**
 * Whether a complete session carried an HTTP/2 request and then no answer to it: the client began as HTTP/2 does, with a record too short for a request of
 * HTTP/1.1, then asked; and all that the server sent, but for session tickets in front, has room for SETTINGS, GOAWAY or RST_STREAM, not for HEADERS and DATA.
 * @returns null for every other session, also for one that nobody can tell
 */
export function findUnanswered(transcript: Transcript): Unanswered | null {
  const { isComplete, clientAnswer, records } = transcript
  const offersHttp2 = transcript.clientHellos.some(({ alpn }) => alpn.includes('h2'))
  const finished = records.findIndex(isOfClient)
  if (!isComplete || !offersHttp2 || clientAnswer !== 'finished' || finished < 0) return null
  const isTls13 = (transcript.serverHellos.at(-1)?.selectedVersion.id ?? 0) >= TLS_1_3
  const behind = isTls13 ? records.slice(finished + 1) : records
  const [preface = 0, ...requests] = contents(behind, 'client-to-server')
  const answered = withoutTickets(contents(behind, 'server-to-client'))
  const isHttp2 = preface >= LEAST_PREFACE && preface < LEAST_HTTP_1
  const asks = requests.filter((length) => length >= LEAST_REQUEST)
  if (!isHttp2 || asks.length === 0 || answered.length === 0 || sum(answered) > MOST_CONTROL) return null
  return { asked: asks }
}

function isOfClient({ dir, contentType }: SeenRecord): boolean {
  return dir === 'client-to-server' && contentType === CONTENT_TYPE.applicationData
}

/** Lengths of what one side sent, alerts left out (TLS 1.3: what has their size). */
function contents(records: readonly SeenRecord[], side: SeenRecord['dir']): readonly number[] {
  return records
    .filter(({ dir, contentType }) => dir === side && contentType === CONTENT_TYPE.applicationData)
    .map(({ lengthBytes }) => lengthBytes - PROTECTION)
    .filter((length) => length > ALERT)
}

/** Tickets come first, all of one size; several may stand behind the server's SETTINGS too, where a single record may as well be an answer's HEADERS. */
function withoutTickets(lengths: readonly number[]): readonly number[] {
  const begin = lengths.findIndex((length) => length >= LEAST_TICKET)
  const behind = lengths.slice(begin + 1).findIndex((length) => length !== lengths[begin])
  const end = behind < 0 ? lengths.length : begin + 1 + behind
  const areTickets = begin === 0 || (begin === 1 && end - begin > 1)
  return areTickets ? lengths.toSpliced(begin, end - begin) : lengths
}

function sum(lengths: readonly number[]): number {
  return lengths.reduce((total, length) => total + length, 0)
}

const TLS_1_3 = 0x0304
/** Type and tag of a TLS 1.3 record (RFC 8446 section 5.2). */
const PROTECTION = 17
const ALERT = 2
/** The 24 octets of RFC 9113 section 3.4 and an empty SETTINGS. */
const LEAST_PREFACE = 33
/** `GET / HTTP/1.1` with Host, User-Agent and Accept-Encoding as go writes them. */
const LEAST_HTTP_1 = 88
/** A HEADERS frame with a path and the four pseudo-headers. */
const LEAST_REQUEST = 30
/** A NewSessionTicket with a ticket of its own (an id in place of one is shorter, and then counted as content: such a session is not told). */
const LEAST_TICKET = 100
/** SETTINGS with eight entries, its acknowledgement, WINDOW_UPDATE and GOAWAY; HEADERS with a date and a body of one line do not fit beside them. */
const MOST_CONTROL = 96
