/** Which octets of a message hold the reason of a failure, and where the first TCP segment probably ended. Pure. */
import type { HandshakeDetail } from '../src/feed/protocol.ts'
import type { Field } from '../src/handshake/fields.ts'

interface Message {
  readonly dir: 'client-to-server' | 'server-to-client'
  readonly type: number
  readonly recordOffset: number
}

const CLIENT_HELLO = 1
const SERVER_HELLO = 2

/** By cause: the message and the fields in it, by a part of their path. */
const REASONS: Readonly<Record<string, readonly (readonly [type: number, fields: RegExp])[]>> = {
  'client-hello-too-large': [[CLIENT_HELLO, /supported_groups|key_share/]],
  'sni-filtered': [[CLIENT_HELLO, /server_name/]],
  'alert-unrecognized-name': [[CLIENT_HELLO, /server_name/]],
  'tls13-intolerant': [[CLIENT_HELLO, /supported_versions/]],
  'server-version-too-old': [
    [CLIENT_HELLO, /supported_versions/],
    [SERVER_HELLO, /legacy_version/],
  ],
  'no-common-cipher': [[CLIENT_HELLO, /cipher_suites/]],
  'no-common-group': [[CLIENT_HELLO, /supported_groups/]],
  'alpn-mismatch': [[CLIENT_HELLO, /application_layer_protocol/]],
  'downgrade-detected': [[SERVER_HELLO, /^random|legacy_version/]],
  'hrr-loop': [[SERVER_HELLO, /key_share/]],
}

/** Whether a field holds the reason of this failure. */
export function isReason(field: Field, message: Message, { diagnosis }: HandshakeDetail): boolean {
  const reasons = REASONS[diagnosis?.cause ?? ''] ?? []
  return reasons.some(([type, fields]) => message.type === type && fields.test(field.name))
}

/** What a TCP segment over Ethernet carries, without and with the timestamps that systems send. */
const USUAL_MSS = 1_460
const WITH_TIMESTAMPS = 1_448
const RECORD_HEADER = 5

export interface SegmentEdge {
  /** Octets of the message in the first segment. */
  readonly at: number
  readonly words: string
  readonly isReason: boolean
}

/** Where the first segment of go's first message probably ended; null where it fits one, or lies inside other TLS. */
export function findSegmentEdge(octets: Uint8Array, message: Message, { handshake, diagnosis }: HandshakeDetail): SegmentEdge | null {
  const at = WITH_TIMESTAMPS - message.recordOffset - RECORD_HEADER
  const isInTls = handshake.route.some(({ kind }) => kind === 'https-proxy')
  if (message.type !== CLIENT_HELLO || message.recordOffset !== 0 || isInTls || at >= octets.length) return null
  const answer = handshake.bytes.serverToClient === 0 ? ' Nothing came back.' : ''
  return {
    at,
    words: `Segment 1 probably ends at byte ${WITH_TIMESTAMPS.toLocaleString('en')} of the stream, estimated from an MSS of ${USUAL_MSS.toLocaleString('en')}.${answer}`,
    isReason: diagnosis?.cause === 'client-hello-too-large',
  }
}
