/** Go's words for a TLS handshake that failed before its chain was judged, from what the session showed. Pure. */
import { remoteErrorText } from '../diagnosis/alerts.ts'
import type { Ending } from '../diagnosis/observation.ts'
import type { Transcript } from '../handshake/transcript.ts'

/**
 * What crypto/tls and net/http print of this end, without `proxyconnect tcp: `.
 * @param addresses `LOCAL->PEER` of the TCP connection
 * @returns null where go's words cannot be told from what was seen
 */
export function tlsFailureText(transcript: Transcript, end: Pick<Ending, 'by' | 'how'>, addresses: string): string | null {
  const alert = transcript.alerts.find(({ sender, level, code }) => sender === 'server' && level !== 'warning' && code !== 0)
  if (alert?.code != null) return remoteErrorText(alert.code) ?? null
  const fromOctets = unreadableText(transcript)
  if (fromOctets !== null) return fromOctets
  if (end.how === 'timeout') return 'net/http: TLS handshake timeout'
  if (end.by !== 'server') return null
  if (end.how === 'rst') return `read tcp ${addresses}: read: connection reset by peer`
  return transcript.partialRecordBytes['server-to-client'] > 0 ? 'unexpected EOF' : 'EOF'
}

function unreadableText({ notTls, stoppedAt, serverHellos, bytes }: Transcript): string | null {
  // Go looks at five octets before it judges; with fewer it waits for more.
  if (notTls !== null && bytes['server-to-client'] >= RECORD_HEADER_BYTES) return 'tls: first record does not look like a TLS handshake'
  const stop = stoppedAt['server-to-client']
  const length = stop?.kind === 'record-too-long' ? /\brecord of (\d+) octets/.exec(stop.why)?.[1] : undefined
  if (length !== undefined) return `tls: oversized record received with length ${length}`
  const version = serverHellos.find((hello) => !hello.helloRetryRequest)?.selectedVersion.id
  return version !== undefined && version < TLS12 ? `tls: server selected unsupported protocol version ${version.toString(16)}` : null
}

const RECORD_HEADER_BYTES = 5
const TLS12 = 0x0303

/** What go prints when an https proxy ends the session behind its handshake by an alert; null where it was no alert. */
export function postHandshakeText(transcript: Transcript, error: NodeJS.ErrnoException): string | null {
  const number = /SSL alert number (\d+)/.exec(error.message)?.[1]
  const seen = transcript.alerts.find(({ sender, code }) => sender === 'server' && code !== null && code !== 0)?.code
  const code = seen ?? (number === undefined ? null : Number(number))
  return code === null ? null : (remoteErrorText(code) ?? null)
}
