import { readNames } from '../../x509/names.ts'
import { decodePem } from '../../x509/pem.ts'
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
  if (certificates.length === 0) return { certificates, problem: describeEmpty(octets, begun, new Set(blocks.map(({ type }) => type))) }
  const lost = begun - certificates.length
  if (lost <= 0) return { certificates, problem: null }
  return {
    certificates,
    problem: `${lost} of ${begun} PEM blocks are skipped: ${describeSkipped(octets, new Set(blocks.map(({ type }) => type)))}`,
  }
}

function describeEmpty(octets: Uint8Array, begun: number, types: ReadonlySet<string>): string {
  if (octets.length === 0) return 'the file is empty'
  if (octets[0] === 0x30 && begun === 0) {
    return readNames(octets) === null ? 'no PEM block in it' : 'one DER certificate; go reads PEM only'
  }
  if (begun === 0) return 'no PEM block in it'
  return `no certificate in it: ${describeSkipped(octets, types)}`
}

function describeSkipped(octets: Uint8Array, types: ReadonlySet<string>): string {
  const hasMark = octets[0] === 0xef && octets[1] === 0xbb && octets[2] === 0xbf
  if (hasMark) return 'the file starts with a byte order mark, which damages the first block'
  if (types.has('TRUSTED CERTIFICATE')) return 'TRUSTED CERTIFICATE blocks are a form of OpenSSL that go does not read'
  if ([...types].some((type) => type.endsWith('PRIVATE KEY'))) return 'a private key is no certificate'
  if ([...types].some((type) => type.endsWith('CRL'))) return 'a revocation list is no certificate'
  return 'a block is cut off, damaged, or no certificate'
}

function countBegins(octets: Uint8Array): number {
  return Buffer.from(octets.buffer, octets.byteOffset, octets.length).toString('latin1').split('-----BEGIN ').length - 1
}
