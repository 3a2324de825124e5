/** What TLS 1.2 shows in record types behind ChangeCipherSpec, where contents are hidden: alerts and handshake messages keep their own type. */
import type { SeenRecord } from '../contract/handshake.ts'
import { findSuiteParameters } from '../tls/key-schedule.ts'
import { CONTENT_TYPE } from '../tls/record.ts'
import { alertRecordLength } from './client-answer.ts'
import type { Transcript } from './transcript.ts'

/**
 * TLS 1.2: the client answered the server's Finished by an alert and nothing else. It refuses it, or this is the close_notify of a connection that it turned
 * out not to need: go dials several at once and closes the ones left over, with HTTP/2 even before the preface. The octets do not tell the two apart.
 */
export function mayRefuseFinished(transcript: Transcript): boolean {
  const behind = listHidden(transcript)
  if (behind === null || !transcript.isComplete) return false
  const fromClient = behind.filter(({ dir }) => dir === 'client-to-server')
  const firstOfServer = behind.find(({ dir }) => dir === 'server-to-client')
  // The client's Finished, then its alert. The server may have sent more by then (an HTTP/2 server its SETTINGS).
  const isAlertAlone = fromClient.length === 2 && fromClient[1]?.contentType === CONTENT_TYPE.alert
  return isAlertAlone && firstOfServer?.contentType === CONTENT_TYPE.handshake
}

/**
 * TLS 1.3: the client said nothing behind its Finished but at most one record of the size of an alert. So does a client that looks at the certificate only then,
 * and so does one that turned out not to need the connection.
 */
export function leftBehindFinished(transcript: Transcript): boolean {
  const isAlert = alertShape(transcript)
  const isTls13 = transcript.serverHellos.some(
    ({ helloRetryRequest, selectedVersion }) => !helloRetryRequest && selectedVersion.id >= TLS_1_3,
  )
  if (!transcript.isComplete || isAlert === undefined || !isTls13) return false
  const hidden = transcript.records.filter(
    ({ dir, contentType }) => dir === 'client-to-server' && contentType === CONTENT_TYPE.applicationData,
  )
  return hidden.length >= 1 && hidden.length <= 2 && hidden.slice(1).every(isAlert)
}

/** TLS 1.2: a handshake record of the server behind both Finished, which can only be HelloRequest, and whether the client's next record is an alert. */
export function findRenegotiation(transcript: Transcript): { readonly isRefused: boolean; readonly lengthBytes: number } | null {
  const behind = listHidden(transcript)
  if (behind === null || !transcript.isComplete) return null
  const finished = behind.findIndex(({ dir }) => dir === 'server-to-client')
  const at = behind.findIndex(
    ({ dir, contentType }, index) => index > finished && dir === 'server-to-client' && contentType === CONTENT_TYPE.handshake,
  )
  const request = behind[at]
  if (finished < 0 || request === undefined) return null
  const answers = behind.slice(at + 1).filter(({ dir }) => dir === 'client-to-server')
  return { isRefused: answers.some(({ contentType }) => contentType === CONTENT_TYPE.alert), lengthBytes: request.lengthBytes }
}

/**
 * The server's last record has the size (TLS 1.2: the type) of an alert, and the client sent no more than one such behind it: the server said close_notify
 * first, whoever sent the first FIN.
 */
export function endedByServerFirst(transcript: Transcript): boolean {
  const isAlert = alertShape(transcript)
  const at = transcript.records.findLastIndex(({ dir }) => dir === 'server-to-client')
  const last = transcript.records[at]
  if (!transcript.isComplete || isAlert === undefined || last === undefined || !isAlert(last)) return false
  if (endedByClientFirst(transcript)) return false
  const behind = transcript.records.slice(at + 1)
  return behind.length <= 1 && behind.every(isAlert)
}

/**
 * The client refused a record of the server behind both Finished: its last two records have the size (TLS 1.2: the type) of an alert, and crypto/tls of Go sends
 * two at its end only when close_notify follows an error of its own. Other clients say user_canceled before close_notify (RFC 8446 section 6.1), and of a protocol
 * other than HTTP a last message may be as short as an alert (MQTT: DISCONNECT has two octets).
 */
export function refusedBehindFinished(transcript: Transcript): boolean {
  const isAlert = alertShape(transcript)
  const [hello] = transcript.clientHellos
  const isGo = hello?.looksLike?.startsWith('go ') === true && hello.alpn.some((name) => name === 'h2' || name === 'http/1.1')
  if (!transcript.isComplete || isAlert === undefined || !isGo || findRenegotiation(transcript)?.isRefused === true) return false
  const sent = transcript.records.filter(({ dir }) => dir === 'client-to-server')
  return sent.length > 2 && sent.slice(-2).every(isAlert)
}

/** The client's last record has the size (TLS 1.2: the type) of an alert, and such a one of the server's came behind it: the client said close_notify first. */
export function endedByClientFirst(transcript: Transcript): boolean {
  const isAlert = alertShape(transcript)
  if (!transcript.isComplete || isAlert === undefined) return false
  const last = (from: SeenRecord['dir']) => transcript.records.findLastIndex(({ dir }) => dir === from)
  const [ofClient, ofServer] = [last('client-to-server'), last('server-to-client')]
  const [goodbye, answer] = [transcript.records[ofClient], transcript.records[ofServer]]
  return goodbye !== undefined && answer !== undefined && ofClient < ofServer && isAlert(goodbye) && isAlert(answer)
}

function alertShape({ serverHellos }: Transcript): ((record: SeenRecord) => boolean) | undefined {
  const hello = serverHellos.find(({ helloRetryRequest }) => !helloRetryRequest)
  if (hello === undefined) return undefined
  if (hello.selectedVersion.id < TLS_1_3) return ({ contentType }) => contentType === CONTENT_TYPE.alert
  const suite = findSuiteParameters(hello.cipherSuite.id)
  const lengthBytes = suite === undefined ? undefined : alertRecordLength(suite)
  return (record) => record.contentType === CONTENT_TYPE.applicationData && record.lengthBytes === lengthBytes
}

const TLS_1_3 = 0x0304

/** Records of both sides behind their ChangeCipherSpec; null where TLS 1.3 was agreed, which hides the types too. */
function listHidden(transcript: Transcript): readonly SeenRecord[] | null {
  const hello = transcript.serverHellos.at(-1)
  if (hello === undefined || hello.helloRetryRequest || hello.selectedVersion.id >= 0x0304) return null
  const changed = { 'client-to-server': false, 'server-to-client': false }
  return transcript.records.filter(({ dir, contentType }) => {
    const isHidden = changed[dir]
    changed[dir] ||= contentType === CONTENT_TYPE.changeCipherSpec
    return isHidden && contentType !== CONTENT_TYPE.changeCipherSpec
  })
}
