import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { certBatchLine, findRefusal, verifyBatchLine } from '../../src/x509/batch.ts'
import { parseCertificate } from '../../src/x509/certificate.ts'
import { readCertificateFile } from '../../src/x509/certificate-file.ts'
import { inspectCertificate } from '../../src/x509/inspect.ts'
import { decodePemCertificates } from '../../src/x509/pem.ts'
import { makeRootPool, type RootPool } from '../../src/x509/root-pool.ts'
import { goRules } from '../../src/x509/rules.ts'
import { leastCost } from '../effort.ts'
import { readData, readRows } from './corpora.ts'

const VERSIONS = ['1.26.8', '1.21.13'] as const
/** The time at which the suites' cases without a time of their own are judged; all their certificates hold then. */
const NOW = new Date('2026-11-22T15:00:00Z')

/** Of a larger file every eighth case is judged, unless WHYTLS_FULL=1 asks for all (some 20 s of CPU). */
const MANY = 1000

interface Expected {
  readonly ok: boolean
  readonly error?: string
  readonly tls_error?: string | null
  readonly chains?: readonly (readonly string[])[]
}

interface Case {
  readonly id: string
  readonly roots: string | readonly string[]
  readonly key_usages?: readonly number[]
  readonly go: Readonly<Record<string, Expected>>
}

const pools = new Map<string, RootPool>()

function poolOf(roots: readonly string[]): RootPool {
  const key = roots.join('\n')
  const known = pools.get(key)
  if (known !== undefined) return known
  const ders = roots.flatMap((root) =>
    decodeRoots(root === '@mozilla' ? (readData('certs/mozilla-roots.pem')?.toString('latin1') ?? '') : root),
  )
  const pool = makeRootPool(ders)
  pools.set(key, pool)
  return pool
}

function decodeRoots(root: string): readonly Uint8Array[] {
  return root.includes('-----BEGIN') ? decodePemCertificates(Buffer.from(root, 'latin1'), goRules('1.26')) : [Buffer.from(root, 'base64')]
}

/** What differs from Go, one line a case; [] is full agreement. */
function compare(row: Case, version: string): readonly string[] {
  const roots = typeof row.roots === 'string' ? [row.roots] : row.roots
  const got = verifyBatchLine(JSON.stringify({ ...row, roots, go: version }), { poolOf, now: NOW })
  const want = row.go[version]
  if (want === undefined) return []
  if ('error' in got) return [`${row.id}: ${got.error}`]
  const tlsError = want.tls_error ?? null
  const differences = [
    got.ok === (tlsError === null ? want.ok : tlsError === '') ? '' : `ok ${got.ok}`,
    got.goText === (want.error ?? '') ? '' : `goText ${got.goText} instead of ${want.error}`,
    tlsError === null || got.tlsText === tlsError ? '' : `tlsText ${got.tlsText} instead of ${tlsError}`,
    got.ok === (got.defects.length === 0) && (got.defects[0]?.goText ?? '') === got.goText ? '' : 'the first defect is another',
    !got.ok || (want.chains ?? []).some((chain) => chain.join() === got.chain.join()) ? '' : 'a chain that Go does not build',
  ].filter((difference) => difference !== '')
  return differences.length === 0 ? [] : [`${row.id}: ${differences.join('; ')}`]
}

function compareAll(file: string, version: string): { readonly judged: readonly string[]; readonly differences: readonly string[] } {
  // The rows' shape is described in the data's own README.
  const rows = (readRows(file) ?? []) as unknown as readonly Case[]
  // Cases for other purposes than a server's certificate cannot be asked of a TLS client.
  const usable = rows.filter((row) => (row.key_usages ?? []).length === 0)
  const cases = usable.filter((_, i) => usable.length < MANY || process.env['WHYTLS_FULL'] === '1' || i % 8 === 0)
  return { judged: cases.map(({ id }) => id), differences: cases.flatMap((row) => compare(row, version)) }
}

describe.each(VERSIONS)('chains are judged as by go %s', (version) => {
  it.each(['limbo.jsonl', 'bettertls.jsonl.gz', 'pkits.jsonl', 'go-verify-tests.jsonl', 'badssl.jsonl'])(
    'verdict, text and chain of every case in %s are those of Go',
    (file) => {
      const { judged, differences } = compareAll(`certs/${file}`, version)
      expect(unexplained(differences, judged, version)).toEqual([])
    },
  )
})

describe.each(VERSIONS)('certificates are read as by go %s', (version) => {
  it('refusal text and fields of every certificate are those of Go', () => {
    const rules = goRules(version)
    const rows = readRows('certs/parse.jsonl.gz') ?? []
    const differences = rows.flatMap((row) => {
      const der = Buffer.from(String(row['der']), 'base64')
      const newest = row['go_1_26_8'] as Record<string, unknown> // described in the data's README
      const older = row['go_1_21_13'] as 'same' | Record<string, unknown>
      const want = version === '1.26.8' || older === 'same' ? newest : { ...newest, error: undefined, ...older }
      const refusal = findRefusal(der, rules)
      if (refusal !== (want['error'] ?? '')) return [`${String(row['id'])}: ${refusal} instead of ${String(want['error'])}`]
      return refusal === '' && !hasSameFields(der, want, version) ? [`${String(row['id'])}: fields`] : []
    })
    const judged = rows.map((row) => String(row['id']))
    expect(unexplained(differences, judged, version)).toEqual([])
  })
})

/** Differences that the table does not explain, and rows of the table that are no longer true. */
function unexplained(differences: readonly string[], judged: readonly string[], version: string): readonly string[] {
  const known = readKnownDifferences().filter((row) => row.go === version)
  const isAbout = (difference: string, id: string) => difference.startsWith(`${id}: `)
  return [
    ...differences.filter((difference) => !known.some(({ id }) => isAbout(difference, id))),
    ...known
      .filter(({ id }) => judged.includes(id) && !differences.some((difference) => isAbout(difference, id)))
      .map(({ id }) => `${id} stands in docs/GO-DIFFERENCES.md, but does not differ`),
  ]
}

/** The table in docs/GO-DIFFERENCES.md. */
function readKnownDifferences(): readonly { readonly id: string; readonly go: string }[] {
  const text = readFileSync(join(import.meta.dirname, '../../docs/GO-DIFFERENCES.md'), 'utf8')
  return [...text.matchAll(/^\| `([^`]+)` \| (1\.\d+\.\d+) \|/gm)].map(([, id = '', go = '']) => ({ id, go }))
}

function hasSameFields(der: Uint8Array, want: Readonly<Record<string, unknown>>, version: string): boolean {
  const certificate = parseCertificate(der, goRules(version))
  const got = {
    version: certificate.version,
    serial: certificate.serialNumber.toString(16),
    subject: certificate.subject.text,
    issuer: certificate.issuer.text,
    not_before: certificate.notBefore.goText,
    not_after: certificate.notAfter.goText,
    signature_algorithm: certificate.signatureAlgorithm.name,
    is_ca: certificate.isCa,
    unhandled_critical_extensions: certificate.unhandledCritical,
  }
  return Object.entries(got).every(([key, value]) => !(key in want) || JSON.stringify(value) === JSON.stringify(want[key] ?? []))
}

/** However broken, a certificate may not hold anybody up; they need less than one. */
const MOST_MS = 50

const costOf = (work: () => unknown) => leastCost(work, MOST_MS)

describe('hostile octets', () => {
  it('a malformed certificate is refused with a text and a field, judged and shown in less than 50 ms, and never throws', () => {
    const slowest = { ms: 0, id: '' }
    const rows = readRows('malformed/der.jsonl.gz') ?? []
    for (const row of rows) {
      const der = String(row['b64'])
      const line = JSON.stringify({ id: row['id'], der, leaf: der, name: 'mods.example', roots: [der], intermediates: [der], go: '1.26.8' })
      const result = certBatchLine(line)
      expect(result).not.toHaveProperty('error')
      expect(result).toMatchObject({ id: row['id'] })
      expect(verifyBatchLine(line, { now: NOW })).not.toHaveProperty('error')
      const ms = Math.max(
        costOf(() => certBatchLine(line)),
        costOf(() => verifyBatchLine(line, { now: NOW })),
        costOf(() => inspectCertificate(Buffer.from(der, 'base64'))),
      )
      if (ms > slowest.ms) Object.assign(slowest, { ms, id: String(row['id']) })
    }
    console.info(`malformed: ${rows.length} certificates, the slowest took ${slowest.ms.toFixed(1)} ms (${slowest.id})`)
    expect(slowest.ms, slowest.id).toBeLessThan(MOST_MS)
  })

  it('every place that is called wrong lies inside the octets, and the first one is what go says', () => {
    for (const row of readRows('malformed/der.jsonl.gz') ?? []) {
      const der = Buffer.from(String(row['b64']), 'base64')
      const { ok, goText, wrong } = inspectCertificate(der)
      expect(ok).toBe(wrong.length === 0)
      expect(wrong[0]?.goText ?? '').toBe(goText)
      for (const { offset, end } of wrong) expect(0 <= offset && offset <= end && end <= der.length).toBe(true)
    }
  })

  it('a malformed PEM file gives blocks or none, never an exception', () => {
    for (const row of readRows('malformed/pem.jsonl.gz') ?? []) {
      const file = Buffer.from(String(row['b64']), 'base64')
      for (const version of VERSIONS) expect(Array.isArray(decodePemCertificates(file, goRules(version)))).toBe(true)
      for (const { offset } of readCertificateFile(file).problems) expect(offset).toBeLessThanOrEqual(file.length)
      expect(costOf(() => readCertificateFile(file))).toBeLessThan(MOST_MS)
    }
  })
})
