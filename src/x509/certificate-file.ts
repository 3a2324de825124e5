import { DerReader, TAG } from './der.ts'
import { latin1 } from './go-text.ts'
import { describeOtherBlock, describeOtherFile, OTHER_FILES, readSignedData } from './other-file.ts'
import { decodePem } from './pem.ts'

/** One certificate of a file. */
export interface FileCertificate {
  readonly der: Uint8Array
  /** Octet of the file at which it, or its BEGIN line, starts. */
  readonly offset: number
}

/** What a file of certificates holds. */
export interface CertificateFile {
  readonly format: 'PEM' | 'DER'
  readonly certificates: readonly FileCertificate[]
  /** What could not be read, by the octet of the file at which it starts. */
  readonly problems: readonly { readonly offset: number; readonly message: string }[]
}

/**
 * Read the certificates of a file, PEM, DER or PKCS #7, one or several. More is taken than go takes (a byte order mark, cut blocks before good ones,
 * TRUSTED CERTIFICATE), for it is looked at, not trusted. Never throws; a certificate may still not parse.
 */
export function readCertificateFile(file: Uint8Array): CertificateFile {
  const text = latin1(file)
  return text.includes(BEGIN) ? readPemFile(text) : readDerFile(file)
}

const BEGIN = '-----BEGIN '

function readPemFile(text: string): CertificateFile {
  const certificates: FileCertificate[] = []
  const problems: CertificateFile['problems'][number][] = []
  for (const offset of listBegins(text)) {
    const next = text.indexOf(BEGIN, offset + 1)
    const result = readPemBlock(text.slice(offset, next < 0 ? text.length : next))
    if (typeof result === 'string') problems.push({ offset, message: result })
    else certificates.push(...result.map((der) => ({ der, offset })))
  }
  const isOther = certificates.length === 0 && problems.length === 0
  return { format: 'PEM', certificates, problems: isOther ? listOtherBlocks(text) : problems }
}

/** Blocks that hold no certificate are worth a word only where there is nothing else. */
function listOtherBlocks(text: string): CertificateFile['problems'] {
  return [...listBegins(text)].flatMap((offset) => {
    const message = describeOtherBlock(typeOf(text.slice(offset, offset + 64)))
    return message === undefined ? [] : [{ offset, message }]
  })
}

function typeOf(text: string): string {
  return /^-----BEGIN ([A-Z0-9 ]{1,40})-----/.exec(text)?.[1] ?? ''
}

function* listBegins(text: string): Generator<number> {
  for (let at = text.indexOf(BEGIN); at >= 0; at = text.indexOf(BEGIN, at + 1)) yield at
}

/** @returns the certificates, none for a block of another type; or why it cannot be read */
function readPemBlock(text: string): readonly Uint8Array[] | string {
  const [block] = decodePem(Buffer.from(text, 'latin1'), { skipsCutPemBlocks: true })
  const type = block?.type ?? typeOf(text)
  const isBundle = type === 'PKCS7' || type === 'CMS'
  if (type !== '' && !isBundle && !type.endsWith('CERTIFICATE')) return []
  if (block !== undefined && isBundle) return (readSignedData(block.octets) ?? []).map(({ der }) => der)
  if (block !== undefined) return [type === 'TRUSTED CERTIFICATE' ? firstElement(block.octets) : block.octets]
  if (type === '') return 'the BEGIN line is damaged'
  return text.includes(`-----END ${type}-----`) ? 'the base64 of this block is damaged' : 'this block has no END line'
}

/** OpenSSL puts its trust settings behind the certificate. */
function firstElement(octets: Uint8Array): Uint8Array {
  const element = new DerReader(octets).any()
  return element === undefined ? octets : octets.subarray(0, element.end)
}

/** One certificate, or several one after the other; octets behind that are no SEQUENCE stay with the last one (Go: "trailing data"). */
function readDerFile(file: Uint8Array): CertificateFile {
  const bundled = readSignedData(file)
  const other = bundled?.length === 0 ? OTHER_FILES.empty : bundled === undefined ? describeOtherFile(file) : undefined
  if (other !== undefined) return { format: 'DER', certificates: [], problems: [{ offset: 0, message: other }] }
  if (bundled !== undefined) return { format: 'DER', certificates: bundled, problems: [] }
  const certificates: FileCertificate[] = []
  const reader = new DerReader(file)
  while (!reader.isEmpty) {
    const { offset } = reader
    const element = reader.element(TAG.sequence)
    if (element === undefined) return endOfDer(file, certificates, offset)
    certificates.push({ der: file.subarray(offset, element.end), offset })
  }
  return certificates.length === 0 ? endOfDer(file, certificates, 0) : { format: 'DER', certificates, problems: [] }
}

function endOfDer(file: Uint8Array, certificates: readonly FileCertificate[], offset: number): CertificateFile {
  const last = certificates.at(-1)
  if (last === undefined) {
    // What is there of a certificate that is cut off can be shown.
    const cut = new DerReader(file).cutElement(TAG.sequence) === undefined ? [] : [{ der: file, offset: 0 }]
    return { format: 'DER', certificates: cut, problems: [{ offset, message: describeNoDer(file) }] }
  }
  const kept = { der: file.subarray(last.offset), offset: last.offset }
  return { format: 'DER', certificates: [...certificates.slice(0, -1), kept], problems: [] }
}

function describeNoDer(file: Uint8Array): string {
  if (file.length === 0) return 'the file is empty'
  if (file[0] !== TAG.sequence) return 'neither a PEM block nor a DER certificate begins here'
  return `a DER certificate begins here, but its length does not fit the ${file.length} octets of the file`
}
