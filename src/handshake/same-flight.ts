import { HANDSHAKE_TYPE } from '../tls/handshake-message.ts'
import { findSuiteParameters } from '../tls/key-schedule.ts'
import type { SeenMessage, Transcript } from './transcript.ts'

/**
 * Whether the server's flight that go met can be the one that the probe decrypted: the lengths of go's own encrypted records fit.
 * True only if each record up to the server's Finished has the probe's length, but for what really varies: an ECDSA signature is a few octets
 * shorter at times, Finished is as long as the hash of the suite. Records behind Finished (tickets) do not count.
 * Where go's chain was in clear (TLS 1.2) the certificates themselves are compared.
 */
export function sameFlight(go: Transcript, probe: Transcript): boolean {
  return compareFlights(go, probe) === 'same'
}

/** Whether go met another server than the probe, or another certificate: both flights are whole and readable, and do not fit. */
export function otherFlight(go: Transcript, probe: Transcript): boolean {
  return compareFlights(go, probe) === 'other'
}

function compareFlights(go: Transcript, probe: Transcript): 'same' | 'other' | 'unknown' {
  if (go.chain !== null && probe.chain !== null) return isSameChain(go.chain, probe.chain) ? 'same' : 'other'
  const goSuite = findSuite(go)
  const flight = readFlight(probe)
  if (goSuite === undefined || flight === null || goSuite.tagBytes !== flight.tagBytes) return 'unknown'
  const lengths = go.encryptedLengths['server-to-client'].slice(0, flight.records.length)
  if (lengths.length < flight.records.length) return 'unknown'
  return fits(lengths, flight, goSuite.hashBytes) ? 'same' : 'other'
}

function fits(lengths: readonly number[], flight: Flight, goHashBytes: number): boolean {
  return flight.records.every((record, at) => {
    const difference = (lengths[at] ?? 0) - record.lengthBytes
    const hash = record.holdsFinished ? goHashBytes - flight.hashBytes : 0
    const spread = record.holdsSignature ? flight.signatureSpread : NO_SPREAD
    return difference - hash >= spread.least && difference - hash <= spread.most
  })
}

/** The server's flight up to Finished, as the probe decrypted it. */
interface Flight {
  readonly records: readonly FlightRecord[]
  readonly tagBytes: number
  readonly hashBytes: number
  /** By how many octets another signature of the same key may be shorter or longer than the probe's. */
  readonly signatureSpread: Spread
}

interface FlightRecord {
  /** Length in the record's header. */
  readonly lengthBytes: number
  /** CertificateVerify ends in this record. */
  readonly holdsSignature: boolean
  readonly holdsFinished: boolean
}

interface Spread {
  readonly least: number
  readonly most: number
}

function readFlight(probe: Transcript): Flight | null {
  const suite = findSuite(probe)
  const messages = takeFlight(probe.messages)
  const verify = messages.find(({ type }) => type === HANDSHAKE_TYPE.certificateVerify)
  const hasCertificate = messages.some(({ type }) => type === HANDSHAKE_TYPE.certificate)
  if (suite === undefined || verify === undefined || !hasCertificate) return null
  const records = layOut(messages, probe.encryptedLengths['server-to-client'], 1 + suite.tagBytes)
  if (records === null) return null
  return { records, tagBytes: suite.tagBytes, hashBytes: suite.hashBytes, signatureSpread: measureSpread(verify) }
}

function findSuite(transcript: Transcript) {
  const hello = transcript.serverHellos.find(({ helloRetryRequest }) => !helloRetryRequest)
  return hello === undefined ? undefined : findSuiteParameters(hello.cipherSuite.id)
}

/** Decrypted messages of the server up to Finished; none where Finished was not read. */
function takeFlight(messages: readonly SeenMessage[]): readonly SeenMessage[] {
  const hidden = messages.filter(({ dir, source }) => dir === 'server-to-client' && source === 'decrypted')
  return hidden.slice(0, hidden.findIndex(({ type }) => type === HANDSHAKE_TYPE.finished) + 1)
}

/** Which record each message ends in; null where records carry padding, so that lengths do not tell. */
function layOut(messages: readonly SeenMessage[], lengths: readonly number[], overhead: number): readonly FlightRecord[] | null {
  const ends = new Map<number, number>()
  let total = 0
  for (const message of messages) {
    total += HANDSHAKE_HEADER_BYTES + message.lengthBytes
    ends.set(message.type, total)
  }
  const records: FlightRecord[] = []
  let start = 0
  for (const lengthBytes of lengths) {
    if (start >= total) break
    const end = start + lengthBytes - overhead
    const holds = (type: number) => isWithin(ends.get(type), start, end)
    records.push({
      lengthBytes,
      holdsSignature: holds(HANDSHAKE_TYPE.certificateVerify),
      holdsFinished: holds(HANDSHAKE_TYPE.finished),
    })
    start = end
  }
  return start === total ? records : null
}

function isWithin(end: number | undefined, from: number, to: number): boolean {
  return end !== undefined && end > from && end <= to
}

/** An ECDSA signature is DER: r and s lose leading zero octets, each one once in 256 times, and win one where their first bit is set. */
function measureSpread(verify: SeenMessage): Spread {
  const [high, low] = (verify.octets ?? new Uint8Array(0)).subarray(HANDSHAKE_HEADER_BYTES)
  const longest = LONGEST_ECDSA_BYTES[(high ?? 0) * 256 + (low ?? 0)]
  if (longest === undefined) return NO_SPREAD
  const signature = verify.lengthBytes - SIGNATURE_HEADER_BYTES
  return { least: longest - ECDSA_VARIATION_BYTES - signature, most: longest - signature }
}

function isSameChain(left: readonly Uint8Array[], right: readonly Uint8Array[]): boolean {
  return left.length > 0 && left.length === right.length && left.every((der, at) => isSame(der, right[at]))
}

function isSame(left: Uint8Array, right: Uint8Array | undefined): boolean {
  return right !== undefined && left.length === right.length && left.every((octet, at) => octet === right[at])
}

const NO_SPREAD: Spread = { least: 0, most: 0 }

const HANDSHAKE_HEADER_BYTES = 4

/** SignatureScheme and length in front of the signature. */
const SIGNATURE_HEADER_BYTES = 4

/** Longest DER signature by SignatureScheme: ecdsa_secp256r1_sha256, ecdsa_secp384r1_sha384, ecdsa_secp521r1_sha512. */
const LONGEST_ECDSA_BYTES: Readonly<Record<number, number>> = { 1027: 72, 1283: 104, 1539: 139 }

/** Shorter ones by more than this come once in 65,536 times or less. */
const ECDSA_VARIATION_BYTES = 4
