/** Files of roots as the libraries behind git, curl and Node read them, each in its own way (tried with OpenSSL 3.0, GnuTLS 3.7, Node 20). Pure. */
import { DerReader, TAG } from '../../x509/der.ts'
import { latin1 } from '../../x509/go-text.ts'
import { readNames } from '../../x509/names.ts'

/** Who reads: curl's OpenSSL takes all of a file or nothing, GnuTLS finds blocks anywhere in a line, Node keeps what stands before the first damage. */
export type ListReader = 'openssl' | 'gnutls' | 'node'

/** What one of them takes from a file. */
export interface ReadList {
  /** DER, in the order of the file. */
  readonly certificates: readonly Uint8Array[]
  /** Why something is not read, in words; null when all is. */
  readonly problem: string | null
  /** The program then makes no TLS connection at all, whatever else it could read. */
  readonly isFatal: boolean
}

/** Read a file of roots as this library does. Never throws; linear in the length. */
export function readList(octets: Uint8Array, reader: ListReader): ReadList {
  const text = latin1(octets)
  const certificates: Uint8Array[] = []
  for (const block of reader === 'gnutls' ? scanAnywhere(text) : scanLines(text)) {
    if (!isWanted(block.type, reader)) continue
    const der = readCertificate(block)
    if (der === 'damaged') return describeDamage(block, certificates, reader)
    if (der !== null) certificates.push(der)
  }
  if (certificates.length > 0) return { certificates, problem: null, isFatal: false }
  const isDer = octets[0] === TAG.sequence && readNames(octets) !== null
  const isTrusted = reader !== 'openssl' && text.includes('-----BEGIN TRUSTED CERTIFICATE-----')
  const why = isDer ? ': it is DER, and only PEM is read' : isTrusted ? `: ${NAMES[reader]} skips TRUSTED CERTIFICATE blocks` : ''
  return { certificates, problem: `no certificate in it${why}`, isFatal: reader === 'openssl' }
}

interface Block {
  readonly type: string
  /** Octet of the file. */
  readonly offset: number
  readonly hasHeaders: boolean
  /** null when the block has no END line of its own, or its base64 is damaged. */
  readonly octets: Uint8Array | null
}

const NAMES: Readonly<Record<ListReader, string>> = { openssl: 'OpenSSL', gnutls: 'GnuTLS', node: 'Node' }

function describeDamage({ offset }: Block, before: readonly Uint8Array[], reader: ListReader): ReadList {
  const what = `the block at octet ${offset} is damaged or no certificate`
  if (reader !== 'node') return { certificates: [], problem: `${what}: ${NAMES[reader]} then takes nothing of the file`, isFatal: true }
  return { certificates: before, problem: `${what}: Node takes nothing from there on`, isFatal: false }
}

function isWanted(type: string, reader: ListReader): boolean {
  return type === 'CERTIFICATE' || type === 'X509 CERTIFICATE' || (type === 'TRUSTED CERTIFICATE' && reader === 'openssl')
}

/** @returns null for one whose names we cannot read though the library may, and for one that OpenSSL's trust settings keep from servers */
function readCertificate({ type, hasHeaders, octets }: Block): Uint8Array | 'damaged' | null {
  if (octets === null || hasHeaders) return 'damaged'
  const end = type === 'TRUSTED CERTIFICATE' ? (new DerReader(octets).any()?.end ?? octets.length) : octets.length
  const der = octets.subarray(0, end)
  if (new DerReader(der).element(TAG.sequence) === undefined) return 'damaged'
  return readNames(der) !== null && isForServers(octets, end) ? der : null
}

/** Behind the certificate: SEQUENCE { SEQUENCE OF OID trusted for, [0] SEQUENCE OF OID rejected for … }, each optional. */
function isForServers(octets: Uint8Array, offset: number): boolean {
  const settings = new DerReader(octets, offset).element(TAG.sequence)
  if (settings === undefined) return true
  const inner = new DerReader(octets, settings.contentOffset, settings.end)
  const trusted = inner.element(TAG.sequence)
  const rejected = inner.element(0xa0)
  const lists = ({ contentOffset, end }: { contentOffset: number; end: number }) =>
    FOR_SERVERS.some((oid) => latin1(octets.subarray(contentOffset, end)).includes(oid))
  return (trusted === undefined || lists(trusted)) && (rejected === undefined || !lists(rejected))
}

/** serverAuth and anyExtendedKeyUsage as DER. */
const FOR_SERVERS = ['\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x01', '\x06\x04\x55\x1d\x25\x00']

/** OpenSSL: BEGIN and END stand alone in a line; blanks behind them and a byte order mark before the first line are skipped. */
function* scanLines(text: string): Generator<Block> {
  let open: { type: string; offset: number; lines: string[] } | undefined
  let offset = 0
  for (const raw of text.split('\n')) {
    const line = (offset === 0 ? raw.replace(/^\xef\xbb\xbf/, '') : raw).trimEnd()
    if (open === undefined) {
      const type = /^-----BEGIN (.{1,80})-----$/.exec(line)?.[1]
      if (type !== undefined) open = { type, offset, lines: [] }
    } else if (line.startsWith('-----END ')) {
      const isOwn = line === `-----END ${open.type}-----`
      yield makeBlock(open, isOwn ? open.lines : null)
      if (!isOwn) return
      open = undefined
    } else open.lines.push(line)
    offset += raw.length + 1
  }
  if (open !== undefined) yield makeBlock(open, null)
}

function makeBlock({ type, offset }: { type: string; offset: number }, lines: readonly string[] | null): Block {
  const hasHeaders = lines?.[0]?.includes(':') === true
  return { type, offset, hasHeaders, octets: lines === null || hasHeaders ? null : decodeBase64(lines.join('')) }
}

/** GnuTLS: a BEGIN counts wherever it stands, and blanks and line ends are skipped. */
function* scanAnywhere(text: string): Generator<Block> {
  for (const found of text.matchAll(/-----BEGIN ((?:X509 )?CERTIFICATE)-----/g)) {
    const begin = found.index + found[0].length
    const end = text.indexOf('-----', begin)
    const isWhole = end >= 0 && text.startsWith(`-----END ${found[1]}-----`, end)
    yield {
      type: found[1] ?? '',
      offset: found.index,
      hasHeaders: false,
      octets: isWhole ? decodeBase64(text.slice(begin, end).replace(/\s/g, '')) : null,
    }
  }
}

function decodeBase64(digits: string): Uint8Array | null {
  return digits.length > 0 && digits.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(digits) ? Buffer.from(digits, 'base64') : null
}
