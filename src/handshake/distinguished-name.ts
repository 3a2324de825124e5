import { Cursor } from '../tls/cursor.ts'
import { TlsDecodeError } from '../tls/decode-error.ts'
import { toHex } from '../tls/octets.ts'

/**
 * A distinguished name of a CertificateRequest as text ("CN=Lab CA, O=Example"), in wire order, for people to read.
 * It is not compared with anything: what cannot be read as a Name is shown as `#` and hex.
 */
export function describeName(der: Uint8Array): string {
  try {
    return readName(new Cursor(der)).join(', ')
  } catch (error) {
    if (!(error instanceof TlsDecodeError)) throw error
    return `#${toHex(der.subarray(0, MAX_SHOWN_BYTES))}`
  }
}

function readName(cursor: Cursor): string[] {
  const names = readElement(cursor, SEQUENCE)
  const parts: string[] = []
  while (!names.isAtEnd) {
    const set = readElement(names, SET)
    while (!set.isAtEnd) parts.push(readAttribute(readElement(set, SEQUENCE)))
  }
  return parts
}

function readAttribute(attribute: Cursor): string {
  const type = toHex(readElement(attribute, OBJECT_IDENTIFIER).rest())
  const tag = attribute.u8('value tag')
  const value = readContent(attribute).rest()
  const isBmp = tag === BMP_STRING && value.length % 2 === 0
  const text = isBmp ? Buffer.from(value).swap16().toString('utf16le') : Buffer.from(value).toString('utf8')
  return `${ATTRIBUTE_TYPES[type] ?? type}=${text}`
}

function readElement(cursor: Cursor, tag: number): Cursor {
  const { offset } = cursor
  const found = cursor.u8('tag')
  if (found !== tag) throw new TlsDecodeError(offset, 'tag', `is ${found}, expected ${tag}`)
  return readContent(cursor)
}

/** DER length in short form or with one or two octets: a name of 64 KiB is not possible here. */
function readContent(cursor: Cursor): Cursor {
  const first = cursor.u8('length')
  const length = first < 0x80 ? first : first === 0x81 ? cursor.u8('length') : first === 0x82 ? cursor.u16('length') : Infinity
  return new Cursor(cursor.take(length, 'content'))
}

const SEQUENCE = 0x30
const SET = 0x31
const OBJECT_IDENTIFIER = 0x06
const BMP_STRING = 0x1e
const MAX_SHOWN_BYTES = 64

/** id-at-* and emailAddress, domainComponent, by the hex of their OIDs' content. */
const ATTRIBUTE_TYPES: Readonly<Record<string, string>> = {
  '550403': 'CN',
  '550405': 'SERIALNUMBER',
  '550406': 'C',
  '550407': 'L',
  '550408': 'ST',
  '550409': 'STREET',
  '55040a': 'O',
  '55040b': 'OU',
  '2a864886f70d010901': 'emailAddress',
  '0992268993f22c640119': 'DC',
}
