import { HANDSHAKE_TYPE } from '../tls/handshake-message.ts'
import { findSuiteParameters } from '../tls/key-schedule.ts'
import type { SeenMessage, Transcript } from './transcript.ts'

/** Where a hidden flight broke off. */
export interface FlightEnd {
  readonly stage: 'server-hello' | 'certificate' | 'key-exchange' | 'finished'
  /** The message that did not come, or not wholly. */
  readonly waitingFor: 'EncryptedExtensions' | 'Certificate' | 'CertificateVerify' | 'Finished'
}

/**
 * Which message of the server's TLS 1.3 flight go still awaited: the lengths of go's own encrypted records are laid over those that the probe opened.
 * @param go its session, dead before its Finished
 * @param probe a session with the same server; it may have died at the same place
 * @returns undefined where no record came, the lengths differ, or the whole flight was there
 */
export function findFlightEnd(go: Transcript, probe: Transcript): FlightEnd | undefined {
  const overhead = overheadOf(go)
  const seen = go.encryptedLengths['server-to-client']
  const opened = probe.encryptedLengths['server-to-client'].slice(0, seen.length)
  if (go.pending !== 'certificate' || overhead === undefined || overhead !== overheadOf(probe) || seen.length === 0) return undefined
  if (opened.length < seen.length || !opened.every((length, at) => isAlike(length, seen[at] ?? 0))) return undefined
  const messages = probe.messages.filter(({ dir, source }) => dir === 'server-to-client' && source === 'decrypted')
  if (messages.length === 0) return undefined
  const cameBytes = opened.reduce((sum, length) => sum + length - overhead, 0)
  return nextOf(takeWhole(messages, cameBytes))
}

/** Content type and tag of each record; undefined where it is not TLS 1.3. */
function overheadOf({ serverHellos }: Transcript): number | undefined {
  const hello = serverHellos.find(({ helloRetryRequest }) => !helloRetryRequest)
  const suite = hello === undefined || hello.selectedVersion.id < TLS_1_3 ? undefined : findSuiteParameters(hello.cipherSuite.id)
  return suite === undefined ? undefined : 1 + suite.tagBytes
}

const TLS_1_3 = 0x0304

/** The octets of an ECDSA signature vary by a few from one handshake to the next. */
function isAlike(left: number, right: number): boolean {
  return Math.abs(left - right) <= SPREAD_BYTES
}

const SPREAD_BYTES = 6

function takeWhole(messages: readonly SeenMessage[], bytes: number): readonly SeenMessage[] {
  let end = 0
  return messages.filter(({ lengthBytes }) => {
    end += HEADER_BYTES + lengthBytes
    return end <= bytes
  })
}

const HEADER_BYTES = 4

/** RFC 8446 sections 4.3.1 and 4.4: EncryptedExtensions, Certificate, CertificateVerify, Finished. */
function nextOf(came: readonly SeenMessage[]): FlightEnd | undefined {
  const has = (type: number) => came.some((message) => message.type === type)
  if (has(HANDSHAKE_TYPE.finished)) return undefined
  if (has(HANDSHAKE_TYPE.certificateVerify)) return { stage: 'finished', waitingFor: 'Finished' }
  if (has(HANDSHAKE_TYPE.certificate)) return { stage: 'key-exchange', waitingFor: 'CertificateVerify' }
  if (has(HANDSHAKE_TYPE.encryptedExtensions)) return { stage: 'certificate', waitingFor: 'Certificate' }
  return { stage: 'server-hello', waitingFor: 'EncryptedExtensions' }
}
