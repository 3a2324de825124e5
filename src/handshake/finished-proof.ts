import { createHash, createHmac } from 'node:crypto'
import { HANDSHAKE_HEADER_BYTES, HANDSHAKE_TYPE } from '../tls/handshake-message.ts'
import { type KeyLogLine, parseKeyLogLine } from '../tls/key-log.ts'
import { expandLabel, findSuiteParameters } from '../tls/key-schedule.ts'
import { computePrf } from '../tls/prf.ts'
import { CONTENT_TYPE } from '../tls/record.ts'
import { type AeadSuite, findAeadSuite, openFirstServerRecord } from '../tls/record-protection-12.ts'
import type { Flight } from './flight.ts'
import { hashTranscript } from './key-proof.ts'
import type { SeenMessage, Transcript } from './transcript.ts'

/**
 * Whether the server's Finished is the one that this transcript demands. `damaged`: its record, or one before it, cannot be decrypted with the session's keys;
 * `not seen`: it did not come, or its secret or cipher is not known.
 */
export type FinishedProof = 'fits' | 'does not fit' | 'damaged' | 'not seen'

/** Check the server's Finished (RFC 8446 section 4.4.4, RFC 5246 section 7.4.9) of a session whose secrets are known: a probe's. */
export function checkFinishedProof(transcript: Transcript, flight: Flight | undefined): FinishedProof {
  const hello = transcript.serverHellos.find(({ helloRetryRequest }) => !helloRetryRequest)
  if (hello === undefined || flight === undefined) return 'not seen'
  const lines = flight.secrets.flatMap((line) => parseKeyLogLine(line) ?? [])
  return hello.selectedVersion.id === TLS13 ? check13(transcript, hello.cipherSuite.id, lines) : check12(transcript, flight, lines)
}

function check13(transcript: Transcript, cipherSuite: number, lines: readonly KeyLogLine[]): FinishedProof {
  const suite = findSuiteParameters(cipherSuite)
  const secret = lines.find(({ label }) => label === 'SERVER_HANDSHAKE_TRAFFIC_SECRET')?.secret
  if (transcript.damagedRecord != null && !transcript.isComplete) return 'damaged'
  const finished = transcript.messages.find(({ dir, type }) => dir === 'server-to-client' && type === HANDSHAKE_TYPE.finished)
  const sent = finished?.octets?.subarray(HANDSHAKE_HEADER_BYTES)
  if (suite === undefined || secret === undefined || finished === undefined || sent === undefined) return 'not seen'
  const digest = hashTranscript(transcript, finished, suite.hash)
  if (digest === null) return 'not seen'
  const finishedKey = expandLabel(secret, 'finished', suite.hashBytes, suite.hash)
  const wanted = createHmac(suite.hash, finishedKey).update(digest).digest()
  return wanted.equals(sent) ? 'fits' : 'does not fit'
}

function check12(transcript: Transcript, flight: Flight, lines: readonly KeyLogLine[]): FinishedProof {
  const hello = transcript.serverHellos[0]
  const suite = findAeadSuite(hello?.cipherSuite.name ?? '')
  const masterSecret = lines.find(({ label }) => label === 'CLIENT_RANDOM')?.secret
  const record = findServerFinished(flight)
  const client = transcript.clientHellos[0]
  if (suite === undefined || masterSecret === undefined || record === undefined || hello === undefined || client === undefined)
    return 'not seen'
  const randoms = { clientRandom: Buffer.from(client.random, 'hex'), serverRandom: Buffer.from(hello.random, 'hex') }
  const content = openFirstServerRecord(record, suite, { masterSecret, ...randoms })
  if (content === null) return 'damaged'
  return predictServerFinished(transcript, suite, masterSecret).equals(content) ? 'fits' : 'does not fit'
}

/** The server's handshake record behind its ChangeCipherSpec, with its header. */
function findServerFinished({ records }: Flight): Uint8Array | undefined {
  const fromServer = records.filter(({ dir }) => dir === 'server-to-client')
  const change = fromServer.findIndex(({ octets }) => octets[0] === CONTENT_TYPE.changeCipherSpec)
  const next = change < 0 ? undefined : fromServer[change + 1]?.octets
  return next?.[0] === CONTENT_TYPE.handshake ? next : undefined
}

/** The whole message. The client's Finished, which stands encrypted on the wire, is part of what it covers; a ticket comes behind that one. */
function predictServerFinished(transcript: Transcript, { hash }: AeadSuite, masterSecret: Uint8Array): Buffer {
  const clear = transcript.messages.filter(({ source, type }) => source === 'wire' && type !== HANDSHAKE_TYPE.helloRequest)
  const before = octetsOf(clear.filter(({ type }) => type !== HANDSHAKE_TYPE.newSessionTicket))
  const ticket = octetsOf(clear.filter(({ type }) => type === HANDSHAKE_TYPE.newSessionTicket))
  const compose = (label: string, covered: Uint8Array) => {
    const verifyData = computePrf(hash, masterSecret, label, createHash(hash).update(covered).digest(), VERIFY_DATA_BYTES)
    return Buffer.concat([Buffer.from([HANDSHAKE_TYPE.finished, 0, 0, VERIFY_DATA_BYTES]), verifyData])
  }
  const clientFinished = compose('client finished', before)
  return compose('server finished', Buffer.concat([before, clientFinished, ticket]))
}

function octetsOf(messages: readonly SeenMessage[]): Buffer {
  return Buffer.concat(messages.flatMap(({ octets }) => octets ?? []))
}

const TLS13 = 0x0304
const VERIFY_DATA_BYTES = 12
