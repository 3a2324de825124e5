/** The changes of a client's own ClientHello that are tried to find out which part of it is not answered, and their octets. */
import {
  ALPN,
  closeHello,
  type HelloOctets,
  hasExtension,
  listGroups,
  openHello,
  padTo,
  SERVER_NAME,
  SUPPORTED_VERSIONS,
  wireBytesOf,
  withAlpn,
  withGroups,
  withoutGroups,
  withoutTls13,
  withServerName,
  writeRecords,
} from '../tls/hello-octets.ts'
import { RECORD_HEADER_BYTES } from '../tls/record.ts'
import { listCipherSuites, listGroupNumbers } from '../tls/registry.ts'
import type { Transcript } from './transcript.ts'

/** Every change that may be tried; the words are those of the JSON (`trials[].change`) and of the printed table. */
export const HELLO_CHANGES = [
  'unchanged',
  'no ML-KEM',
  'no ML-KEM, padded',
  'no ML-KEM, 1,024 bytes',
  'no ML-KEM, 1,448 bytes',
  'another server name',
  'no server name',
  'TLS 1.2 only',
  'TLS 1.2 only, padded',
  'no ALPN',
  'ALPN http/1.1 only',
  'split over two records',
  'every cipher suite',
  'every group',
] as const
/** One change of a ClientHello. */
export type HelloChange = (typeof HELLO_CHANGES)[number]

/** A ClientHello as it was sent: what a replay needs. */
export interface SentHello {
  /** With its 4-octet handshake header. */
  readonly message: Uint8Array
  /** Of its record headers; go writes 0x0301. */
  readonly recordVersion: number
  /** Offsets in the message at which another record began. */
  readonly cuts: readonly number[]
}

/** The first ClientHello of a session as it was sent; null where there was none, or its octets were not kept. */
export function findSentHello(transcript: Pick<Transcript, 'messages' | 'records'>): SentHello | null {
  const message = transcript.messages.find(({ dir, type }) => dir === 'client-to-server' && type === CLIENT_HELLO)?.octets
  const records = transcript.records.filter(({ dir, contentType }) => dir === 'client-to-server' && contentType === HANDSHAKE)
  const [first] = records
  if (message === undefined || first === undefined) return null
  const cuts: number[] = []
  for (let at = 0, end = 0; at < records.length; at += 1) {
    end += records[at]?.lengthBytes ?? 0
    if (end >= message.length) break
    cuts.push(end)
  }
  return { message, recordVersion: Number(first.version), cuts }
}

/**
 * The octets that are sent for a change, record headers included.
 * @returns null where the change changes nothing in this hello, or cannot be made
 */
export function changeHello(sent: SentHello, change: HelloChange): Uint8Array | null {
  if (change === 'unchanged') return writeRecords(sent.message, sent.recordVersion, sent.cuts)
  if (change === 'split over two records') {
    return sent.cuts.length > 0 ? null : writeRecords(sent.message, sent.recordVersion, [Math.floor(sent.message.length / 2)])
  }
  const changed = tryEdit(sent.message, change)
  return changed === null ? null : writeRecords(closeHello(changed), sent.recordVersion)
}

/** The name that stands in place of the real one: as long, under a domain that never exists (RFC 6761), and another one. */
export function standInFor(name: string): string {
  const room = name.length - STAND_IN_DOMAIN.length
  if (room < 1) return name.startsWith('a') ? 'b'.repeat(name.length) : 'a'.repeat(name.length)
  // A label has 63 octets at most (RFC 1035).
  const labels = Array.from({ length: room }, (_, at) => ((at + 1) % 60 === 0 && at + 1 < room ? '.' : 'a')).join('')
  const standIn = labels + STAND_IN_DOMAIN
  return standIn === name ? standIn.replace('a', 'b') : standIn
}

const STAND_IN_DOMAIN = '.invalid'
const CLIENT_HELLO = 1
const HANDSHAKE = 22
const TLS13 = 0x0304

type Edit = Exclude<HelloChange, 'unchanged' | 'split over two records'>

function tryEdit(message: Uint8Array, change: Edit): HelloOctets | null {
  try {
    return EDITS[change](openHello(message), message.length)
  } catch {
    // A hello that cannot be taken apart is replayed only.
    return null
  }
}

const EDITS: Readonly<Record<Edit, (hello: HelloOctets, lengthBytes: number) => HelloOctets | null>> = {
  'no ML-KEM': (hello) => withoutMlKem(hello),
  'no ML-KEM, padded': (hello, lengthBytes) => padded(withoutMlKem(hello), lengthBytes),
  'no ML-KEM, 1,024 bytes': (hello, lengthBytes) => steppedTo(1_024, withoutMlKem(hello), lengthBytes),
  'no ML-KEM, 1,448 bytes': (hello, lengthBytes) => steppedTo(1_448, withoutMlKem(hello), lengthBytes),
  'another server name': withStandIn,
  'no server name': (hello) => (hasExtension(hello, SERVER_NAME) ? withServerName(hello, null) : null),
  'TLS 1.2 only': onlyTls12,
  // As long as the shortest one that still offers TLS 1.3, so that only the version differs.
  'TLS 1.2 only, padded': (hello) => padded(onlyTls12(hello), closeHello(withoutMlKem(hello) ?? hello).length),
  'no ALPN': (hello) => (hasExtension(hello, ALPN) ? withAlpn(hello, []) : null),
  'every cipher suite': (hello) => ({ ...hello, cipherSuites: [...new Set([...hello.cipherSuites, ...listCipherSuites()])] }),
  // The key shares stay: a server that takes another group asks for it (RFC 8446 section 4.1.4).
  'every group': (hello) => withGroups(hello, listGroupNumbers()),
  'ALPN http/1.1 only': (hello) => (hasExtension(hello, ALPN) ? withAlpn(hello, ['http/1.1']) : null),
}

function withoutMlKem(hello: HelloOctets): HelloOctets | null {
  return listGroups(hello).some(isPostQuantum) ? withoutGroups(hello, isPostQuantum) : null
}

function onlyTls12(hello: HelloOctets): HelloOctets | null {
  const versions = hello.extensions?.find(({ id }) => id === SUPPORTED_VERSIONS)?.data
  if (versions === undefined) return null
  const offered = Array.from(
    { length: Math.floor((versions.length - 1) / 2) },
    (_, n) => (versions[1 + 2 * n] ?? 0) * 256 + (versions[2 + 2 * n] ?? 0),
  )
  return offered.includes(TLS13) && offered.includes(TLS13 - 1) ? withoutTls13(hello, isPostQuantum) : null
}

function withStandIn(hello: HelloOctets): HelloOctets | null {
  const data = hello.extensions?.find(({ id }) => id === SERVER_NAME)?.data
  // The list of one host_name behind 5 octets (RFC 6066 section 3).
  return data === undefined || data.length < 6 ? null : withServerName(hello, standInFor(Buffer.from(data.subarray(5)).toString('latin1')))
}

function padded(hello: HelloOctets | null, lengthBytes: number): HelloOctets | null {
  return hello === null ? null : padTo(hello, lengthBytes)
}

/** A step between the small and the whole hello, by its size on the wire. */
function steppedTo(wireBytes: number, hello: HelloOctets | null, wholeBytes: number): HelloOctets | null {
  const isBetween = hello !== null && wireBytesOf(closeHello(hello)) < wireBytes && wireBytes < wholeBytes + RECORD_HEADER_BYTES
  return isBetween ? padTo(hello, wireBytes - RECORD_HEADER_BYTES) : null
}

/** ML-KEM alone and in hybrids, and the drafts of Kyber before it. Only TLS 1.3 has them. */
function isPostQuantum(group: number): boolean {
  return (group >= 0x0200 && group <= 0x0202) || (group >= 4587 && group <= 4590) || group === 25497 || group === 25498
}
