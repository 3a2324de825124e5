import { readNames } from '../../x509/names.ts'
import { decodePem, type PemBlock } from '../../x509/pem.ts'
import type { GoRules } from '../../x509/rules.ts'

/** What go takes from one file of roots. */
export interface Bundle {
  /** DER, in the order of the file. */
  readonly certificates: readonly Uint8Array[]
  /** In words what go skips without saying so; null when nothing. */
  readonly problem: string | null
}

/** Read a file of roots as go does: PEM blocks of type CERTIFICATE without headers; all else is skipped without a word, here with one. */
export function readBundle(octets: Uint8Array, rules: GoRules): Bundle {
  const blocks = decodePem(octets, rules)
  const candidates = blocks.filter((block) => block.type === 'CERTIFICATE' && !block.hasHeaders).map((block) => block.octets)
  const certificates = candidates.filter((der) => readNames(der) !== null)
  const begun = countBegins(octets)
  if (certificates.length === 0) return { certificates, problem: describeEmpty(octets, begun, blocks) }
  const lost = begun - certificates.length
  if (lost <= 0) return { certificates, problem: null }
  return {
    certificates,
    problem: `${lost} of ${begun} PEM blocks are skipped: ${describeSkipped(octets, blocks)}`,
  }
}

function describeEmpty(octets: Uint8Array, begun: number, blocks: readonly PemBlock[]): string {
  if (octets.length === 0) return 'the file is empty'
  if (octets[0] === 0x30 && begun === 0) {
    return readNames(octets) === null ? 'no PEM block in it' : 'one DER certificate; go reads PEM only'
  }
  if (begun === 0) return 'no PEM block in it'
  return `no certificate in it: ${describeSkipped(octets, blocks)}`
}

function describeSkipped(octets: Uint8Array, blocks: readonly PemBlock[]): string {
  const types = new Set(blocks.map(({ type }) => type))
  const hasMark = octets[0] === 0xef && octets[1] === 0xbb && octets[2] === 0xbf
  if (hasMark) return 'the file starts with a byte order mark, which damages the first block'
  if (types.has('TRUSTED CERTIFICATE')) return 'TRUSTED CERTIFICATE blocks are a form of OpenSSL that go does not read'
  if (types.has('X509 CERTIFICATE')) return 'X509 CERTIFICATE is an old name of a block that go does not read'
  if (blocks.some(({ type, hasHeaders }) => type === 'CERTIFICATE' && hasHeaders)) return 'go reads no block with headers'
  if ([...types].some((type) => type.endsWith('PRIVATE KEY'))) return 'a private key is no certificate'
  if ([...types].some((type) => type.endsWith('CRL'))) return 'a revocation list is no certificate'
  return 'a block is cut off, damaged, or no certificate'
}

function countBegins(octets: Uint8Array): number {
  return Buffer.from(octets.buffer, octets.byteOffset, octets.length).toString('latin1').split('-----BEGIN ').length - 1
}
