/** Certificates that are made to be slow: as large as a Certificate message may be, with as much of one thing as fits. */
import { describe, expect, it } from 'vitest'
import { inspectCertificate } from '../../src/x509/inspect.ts'
import { findPath } from '../../src/x509/path.ts'
import { makeRootPool } from '../../src/x509/root-pool.ts'
import { goRules } from '../../src/x509/rules.ts'
import { verifyChain } from '../../src/x509/verify.ts'
import { type Authority, ca, dns, excluded, mint, newKey, oid, permitted, san, sequence, tlv, uri } from './mint.ts'

/** The issue asks for 50 ms. Coverage and a slow machine are allowed for; a quadratic step takes seconds. */
const LIMIT_MS = 150

const NOW = new Date('2026-06-15T12:00:00Z')
const key = newKey()
const root = mint({ subject: { commonName: 'Root' }, key, extensions: [ca()] })

function makeMany<T>(count: number, make: (i: number) => T): readonly T[] {
  return Array.from({ length: count }, (_, i) => make(i))
}

/** Milliseconds of the processor, of the quickest of five tries: judging, the path for people, and each certificate field by field, with the verdicts of six versions. */
function measure(
  presented: readonly Authority[],
  version: string,
): { readonly judge: number; readonly path: number; readonly inspect: number } {
  const request = {
    presented: presented.map(({ der }) => der),
    roots: makeRootPool([root.der]),
    now: NOW,
    name: 'x.example',
    rules: goRules(version),
  }
  return {
    judge: quickest(() => verifyChain(request)),
    path: quickest(() => findPath(request)),
    inspect: Math.max(...request.presented.slice(0, 3).map((der) => quickest(() => inspectCertificate(der, request.rules)))),
  }
}

function quickest(job: () => unknown): number {
  const tries = [1, 2, 3, 4, 5].map(() => {
    const started = process.cpuUsage()
    job()
    const { user, system } = process.cpuUsage(started)
    return (user + system) / 1000
  })
  return Math.min(...tries)
}

const names = makeMany(12_000, (i) => dns(`h${i}.example`))
const constraints = makeMany(8_000, (i) => dns(`c${i}.example`))
const leafOf = (issuer: Authority) => mint({ subject: {}, issuer, key, extensions: [san(...names)] })
const authority = (extension: ReturnType<typeof permitted>) =>
  mint({ subject: { commonName: 'CA' }, issuer: root, key, extensions: [ca(), extension] })
const [permitting, excluding] = [authority(permitted(...constraints)), authority(excluded(...constraints))]
const policies = (prefix: string) => ({ oid: '2.5.29.32', value: sequence(...makeMany(3000, (i) => sequence(oid(`${prefix}.${i}`)))) })
const mappings = {
  oid: '2.5.29.33',
  value: sequence(...makeMany(3000, (i) => sequence(oid(`1.2.3.${i}`), oid(`1.2.3.${(i * 7) % 3000}`)))),
}
const mapping = mint({ subject: { commonName: 'CA' }, issuer: root, key, extensions: [ca(), policies('1.2.3'), mappings] })

const CASES: readonly (readonly [string, readonly Authority[]])[] = [
  ['12,000 names', [mint({ subject: {}, issuer: root, key, extensions: [san(...names)] })]],
  ['12,000 names below 8,000 permitted subtrees', [leafOf(permitting), permitting]],
  ['12,000 names below 8,000 excluded subtrees', [leafOf(excluding), excluding]],
  [
    '14,000 critical extensions',
    [
      mint({
        subject: {},
        issuer: root,
        key,
        extensions: makeMany(14_000, (i) => ({ oid: `1.2.3.${i}`, critical: true, value: Buffer.alloc(0) })),
      }),
    ],
  ],
  [
    '14,000 attributes in the subject',
    [
      mint({
        subject: {},
        issuer: root,
        key,
        rawSubject: sequence(...makeMany(14_000, () => tlv(0x31, sequence(oid('2.5.4.11'), tlv(0x0c, Buffer.from('x')))))),
      }),
    ],
  ],
  [
    '180,000 octets of TeletexString that are no UTF-8',
    [
      mint({
        subject: {},
        issuer: root,
        key,
        rawSubject: sequence(tlv(0x31, sequence(oid('2.5.4.3'), tlv(0x14, Buffer.alloc(180_000, 0xff))))),
      }),
    ],
  ],
  [
    'a URI of 180,000 blanks',
    [mint({ subject: {}, issuer: root, key, extensions: [san(uri(`https://x.example/${' '.repeat(180_000)}`))] })],
  ],
  ['3,000 policies with mappings', [mint({ subject: {}, issuer: mapping, key, extensions: [policies('1.2.3')] }), mapping]],
  [
    '300 intermediates of one name',
    [
      mint({ subject: {}, issuer: mint({ subject: { commonName: 'Loop' }, key }), key }),
      ...makeMany(300, (i) =>
        mint({
          subject: { commonName: 'Loop' },
          issuer: mint({ subject: { commonName: 'Loop' }, key }),
          key,
          serial: Buffer.of(1 + (i >> 8), i & 0xff),
          extensions: [ca()],
        }),
      ),
    ],
  ],
]

describe.each(['1.21.13', '1.26.8'])('hostile certificates by the rules of go %s', (version) => {
  it.each(CASES)('%s are judged and shown in reasonable time', (what, presented) => {
    const ms = measure(presented, version)
    const figures = Object.entries(ms).map(([step, value]) => `${step} ${value.toFixed(0)} ms`)
    console.info(
      `hostile, go ${version}: ${what}, ${presented.reduce((sum, { der }) => sum + der.length, 0)} octets: ${figures.join(', ')}`,
    )
    expect(Math.max(ms.judge, ms.path, ms.inspect)).toBeLessThan(LIMIT_MS)
  })
})
