import type { SuiteParameters } from '../tls/key-schedule.ts'
import type { Transcript } from './transcript.ts'

/** What the lengths of the client's first encrypted records say in TLS 1.3. */
export interface ClientAnswer {
  readonly answer: Transcript['clientAnswer']
  /** The first record has the size of an empty Certificate: the server asked for one. */
  readonly isCertificateRequested: boolean
}

/**
 * Read the client's answer from record lengths alone (TLS 1.3 hides content, not sizes).
 * inner octets + 1 (type) + tag = record length: an alert is 2, Finished 4 + hash, an empty Certificate 4 + 1 + 3.
 * @param lengths of the client's records of type application_data behind the ServerHello, in order
 */
export function interpretClientRecords(lengths: readonly number[], suite: SuiteParameters): ClientAnswer {
  const overhead = 1 + suite.tagBytes
  const finished = HANDSHAKE_HEADER + suite.hashBytes + overhead
  const emptyCertificate = EMPTY_CERTIFICATE + overhead
  const [first, second] = lengths
  if (first === undefined) return { answer: 'none', isCertificateRequested: false }
  if (first === alertRecordLength(suite)) return { answer: 'alert', isCertificateRequested: false }
  if (first === finished) return { answer: 'finished', isCertificateRequested: false }
  if (first === EMPTY_CERTIFICATE + finished) return { answer: 'empty-certificate-and-finished', isCertificateRequested: true }
  if (first === emptyCertificate) {
    return { answer: second === finished ? 'empty-certificate-and-finished' : 'unknown', isCertificateRequested: true }
  }
  // A certificate of its own, or early data, stands before Finished.
  const hasFinished = lengths.slice(1, FLIGHT_RECORDS).includes(finished)
  return { answer: hasFinished ? 'finished' : 'unknown', isCertificateRequested: false }
}

/** Length of a TLS 1.3 record that holds one alert and no padding. */
export function alertRecordLength(suite: SuiteParameters): number {
  return 2 + 1 + suite.tagBytes
}

const HANDSHAKE_HEADER = 4

/** Header, empty certificate_request_context, empty certificate_list. */
const EMPTY_CERTIFICATE = HANDSHAKE_HEADER + 1 + 3

/** Records among which Finished is looked for when the first one is of no known size. */
const FLIGHT_RECORDS = 6
