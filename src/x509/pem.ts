import { isAscii, latin1 } from './go-text.ts'
import type { GoRules } from './rules.ts'

/** One PEM block (RFC 7468) as Go's encoding/pem finds it. */
export interface PemBlock {
  /** "CERTIFICATE", "TRUSTED CERTIFICATE" … */
  readonly type: string
  readonly hasHeaders: boolean
  readonly octets: Uint8Array
}

/**
 * All PEM blocks of a file, with Go's silent skips: text around blocks, damaged BEGIN lines, base64 that does not decode, blocks without an END line.
 * Never throws; linear in the length.
 */
export function decodePem(file: Uint8Array, rules: Pick<GoRules, 'skipsCutPemBlocks'>): readonly PemBlock[] {
  const text = latin1(file)
  return rules.skipsCutPemBlocks ? decodeFromEnds(text) : decodeFromBegins(text)
}

/** The certificates (DER) that Go would take from a PEM file: blocks of type CERTIFICATE without headers. They may still not parse. */
export function decodePemCertificates(file: Uint8Array, rules: Pick<GoRules, 'skipsCutPemBlocks'>): readonly Uint8Array[] {
  return decodePem(file, rules)
    .filter((block) => block.type === 'CERTIFICATE' && !block.hasHeaders)
    .map((block) => block.octets)
}

const BEGIN = '-----BEGIN '
const END = '\n-----END '
const DASHES = '-----'

/** Since 1.24.8 and 1.25.2: for each END line, the last BEGIN line before it. */
function decodeFromEnds(text: string): readonly PemBlock[] {
  const blocks: PemBlock[] = []
  let position = 0
  for (;;) {
    const end = text.indexOf(END, position)
    if (end < 0) return blocks
    const begin = position + text.slice(position, end).lastIndexOf(BEGIN)
    const isLineStart = begin >= position && (begin === position || text[begin - 1] === '\n')
    const block = isLineStart ? readBlock(text, begin, end) : undefined
    if (block !== undefined) blocks.push(block.block)
    position = block?.next ?? end + END.length
  }
}

/** Before: from each BEGIN line to the next END line; where that fails, from behind the headers on. */
function decodeFromBegins(text: string): readonly PemBlock[] {
  const blocks: PemBlock[] = []
  let position = 0
  let end = 0
  for (;;) {
    const begin = findBegin(text, position)
    if (begin === undefined) return blocks
    position = lineEnd(text, begin)
    if (!readLine(text, begin + BEGIN.length).endsWith(DASHES)) continue
    const headers = skipHeaders(text, position)
    position = headers.position
    const from = headers.hasHeaders ? position : position - 1
    // Found once and kept, so that many BEGIN lines before one END line cost no more than one.
    if (end < from) end = text.indexOf(END, from)
    if (end < 0 || position >= text.length) return blocks
    const block = readBlock(text, begin, end)
    if (block !== undefined) blocks.push(block.block)
    position = block?.next ?? position
  }
}

/** The next BEGIN line, also one that starts right here. */
function findBegin(text: string, position: number): number | undefined {
  if (text.startsWith(BEGIN, position)) return position
  const before = text.indexOf(`\n${BEGIN}`, position)
  return before < 0 ? undefined : before + 1
}

function readBlock(text: string, begin: number, end: number): { block: PemBlock; next: number } | undefined {
  const typeLine = readLine(text, begin + BEGIN.length)
  if (!typeLine.endsWith(DASHES)) return undefined
  const type = typeLine.slice(0, -DASHES.length)
  const bodyStart = lineEnd(text, begin)
  const { position, hasHeaders } = skipHeaders(text, bodyStart)
  if (hasHeaders && position > end + 1) return undefined
  const tail = readLine(text, end + END.length)
  if (tail !== `${type}${DASHES}`) return undefined
  const octets = decodeBase64(text.slice(position, Math.max(position, end)))
  return octets === undefined ? undefined : { block: { type, hasHeaders, octets }, next: lineEnd(text, end + 1) }
}

function skipHeaders(text: string, start: number): { position: number; hasHeaders: boolean } {
  let position = start
  while (position < text.length && readLine(text, position).includes(':')) position = lineEnd(text, position)
  return { position, hasHeaders: position > start }
}

/** Line breaks, spaces and tabs are skipped, all else must be padded base64. */
function decodeBase64(body: string): Uint8Array | undefined {
  if (body.includes('-')) return undefined
  const digits = body.replace(/[ \t\r\n]/g, '')
  if (digits.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(digits)) return undefined
  return Buffer.from(digits, 'base64')
}

/** The line without its end and without trailing blanks. */
function readLine(text: string, start: number): string {
  const end = text.indexOf('\n', start)
  return text
    .slice(start, end < 0 ? text.length : end)
    .replace(/\r$/, '')
    .replace(/[ \t]+$/, '')
}

/** Where the next line starts. */
function lineEnd(text: string, start: number): number {
  const end = text.indexOf('\n', start)
  return end < 0 ? text.length : end + 1
}

/** The certificates of a file in either form: PEM, or one DER certificate. */
export function decodeCertificates(file: Uint8Array, rules: Pick<GoRules, 'skipsCutPemBlocks'>): readonly Uint8Array[] {
  const isDer = file[0] === 0x30 && !isAscii(file.subarray(0, 64))
  return isDer ? [file] : decodePemCertificates(file, rules)
}
