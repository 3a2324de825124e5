import type { CertificateSummary } from '../contract/handshake.ts'
import { parseCertificate } from './certificate.ts'
import { CertificateParseError } from './parse-error.ts'
import { decodePemCertificates } from './pem.ts'
import { makeRootPool, type RootPool } from './root-pool.ts'
import { type GoRules, goRules } from './rules.ts'
import { summarizeCertificate } from './summary.ts'
import type { ChainVerdict } from './verdict.ts'
import { verifyChain } from './verify.ts'

/** One line out of `verify --batch`. A case that cannot be judged has `error` instead of a verdict. */
export type VerifyBatchResult =
  | ({ readonly id: unknown } & Pick<ChainVerdict, 'ok' | 'goText' | 'tlsText' | 'stage' | 'chain' | 'defects'>)
  | { readonly id: unknown; readonly error: string }

/** One line out of `cert --batch`. */
export type CertBatchResult =
  | ({ readonly id: unknown; readonly ok: boolean; readonly goText: string } & Pick<
      CertificateSummary,
      'subject' | 'issuer' | 'serialNumber' | 'notBefore' | 'notAfter' | 'dnsNames'
    >)
  | { readonly id: unknown; readonly error: string }

/** What a line does not say. */
export interface VerifyBatchOptions {
  /** The time for lines whose `time` is null or absent; without it such a line is an error. */
  readonly now?: Date
  /** Makes the pool of a list of roots; give one with a memory when many lines share their roots. */
  readonly poolOf?: (roots: readonly string[]) => RootPool
}

/**
 * Judge one line of `verify --batch` (contract: entry points for outside vectors). Never throws.
 * @param line one JSON object; certificates as PEM or base64 DER
 */
export function verifyBatchLine(line: string, options: VerifyBatchOptions = {}): VerifyBatchResult {
  return answer(line, (fields) => {
    const poolOf = options.poolOf ?? makePoolOf
    const now = timeOf(fields, options.now)
    const presented = [text(fields, 'leaf'), ...texts(fields, 'intermediates')]
    const verdict = verifyChain({
      presented: presented.map((certificate, i) => decodeOne(certificate, i === 0 ? 'leaf' : `intermediates[${i - 1}]`)),
      roots: poolOf(texts(fields, 'roots')),
      now,
      name: text(fields, 'name', ''),
      rules: rulesOf(fields),
    })
    const { ok, goText, tlsText, stage, chain, defects } = verdict
    return { ok, goText, tlsText, stage, chain, defects }
  })
}

/** Read one line of `cert --batch`. Never throws. @param line `{"id", "der", "go"}` */
export function certBatchLine(line: string): CertBatchResult {
  return answer(line, (fields) => {
    const der = decodeOne(text(fields, 'der'), 'der')
    const rules = rulesOf(fields)
    const goText = findRefusal(der, rules)
    const { subject, issuer, serialNumber, notBefore, notAfter, dnsNames } = summarizeCertificate(der, rules)
    return { ok: goText === '', goText, subject, issuer, serialNumber, notBefore, notAfter, dnsNames }
  })
}

/** What Go says to a certificate when it parses it, "" when it takes it. */
export function findRefusal(der: Uint8Array, rules: GoRules): string {
  try {
    parseCertificate(der, rules)
    return ''
  } catch (error) {
    if (error instanceof CertificateParseError) return error.goText
    throw error
  }
}

/** A pool of the roots of a line: PEM (one or many certificates each) or base64 DER. */
export function makePoolOf(roots: readonly string[]): RootPool {
  return makeRootPool(roots.flatMap((root, i) => decodeAll(root, `roots[${i}]`)))
}

type Fields = Readonly<Record<string, unknown>>

/** Parse the line, answer it, and put its id in front; whatever is wrong with the line becomes `error`. */
function answer<T extends object>(
  line: string,
  judge: (fields: Fields) => T,
): ({ readonly id: unknown } & T) | { id: unknown; error: string } {
  let id: unknown = null
  try {
    const parsed: unknown = JSON.parse(line)
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw new Error('not a JSON object')
    const fields: Fields = { ...parsed }
    id = fields['id'] ?? null
    return { id, ...judge(fields) }
  } catch (error) {
    return { id, error: error instanceof Error ? error.message : String(error) }
  }
}

function timeOf(fields: Fields, fallback: Date | undefined): Date {
  const given = fields['time'] ?? null
  const time = given === null ? fallback : new Date(text(fields, 'time'))
  if (time === undefined || Number.isNaN(time.getTime())) throw new Error('time: not a time')
  return time
}

function rulesOf(fields: Fields): GoRules {
  const version = text(fields, 'go', '1.26')
  if (!/^(?:go)?1\.\d{1,3}(?:\D.*)?$/.test(version)) throw new Error('go: not a version')
  return goRules(version, text(fields, 'godebug', ''))
}

function text(fields: Fields, name: string, fallback?: string): string {
  const value = fields[name] ?? fallback
  if (typeof value !== 'string') throw new Error(`${name}: not a string`)
  return value
}

function texts(fields: Fields, name: string): readonly string[] {
  const value = fields[name] ?? []
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) throw new Error(`${name}: not a list of strings`)
  return value
}

/** PEM may hold several certificates, base64 is one. */
function decodeAll(encoded: string, field: string): readonly Uint8Array[] {
  if (encoded.includes('-----BEGIN')) return decodePemCertificates(Buffer.from(encoded, 'latin1'), { skipsCutPemBlocks: true })
  if (!/^[A-Za-z0-9+/\s]*[=\s]*$/.test(encoded)) throw new Error(`${field}: neither PEM nor base64`)
  return [Buffer.from(encoded, 'base64')]
}

function decodeOne(encoded: string, field: string): Uint8Array {
  const [der] = decodeAll(encoded, field)
  if (der === undefined) throw new Error(`${field}: no certificate in the PEM text`)
  return der
}
