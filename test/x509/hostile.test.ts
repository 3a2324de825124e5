/** Certificates that are made to be slow: as large as a Certificate message may be, with as much of one thing as fits. */
import { describe, expect, it } from 'vitest'
import { inspectCertificate } from '../../src/x509/inspect.ts'
import { findPath } from '../../src/x509/path.ts'
import { makeRootPool } from '../../src/x509/root-pool.ts'
import { goRules } from '../../src/x509/rules.ts'
import { verifyChain } from '../../src/x509/verify.ts'
import { DEAR, growthBy4, leastCost } from '../effort.ts'
import { type Authority, ca, dns, excluded, mint, newKey, oid, permitted, san, sequence, tlv, uri } from './mint.ts'

const NOW = new Date('2026-06-15T12:00:00Z')
const key = newKey()
const root = mint({ subject: { commonName: 'Root' }, key, extensions: [ca()] })

function makeMany<T>(count: number, make: (i: number) => T): readonly T[] {
  return Array.from({ length: count }, (_, i) => make(i))
}

/** Four times as much of it: how many times dearer is judging, the path for people, and each certificate field by field, with the verdicts of six versions? */
function measure(
  make: Make,
  version: string,
): { readonly growth: Readonly<Record<'judge' | 'path' | 'inspect', number>>; readonly judgeMs: number } {
  const jobOf = (share: 0.25 | 1) => {
    const presented = make(share)
    const ders = presented.map(({ der }) => der)
    const request = { presented: ders, roots: makeRootPool([root.der]), now: NOW, name: 'x.example', rules: goRules(version) }
    return { request, largest: ders.slice(0, 3) }
  }
  const [quarter, whole] = [jobOf(0.25), jobOf(1)]
  const of = (share: 0.25 | 1) => (share === 1 ? whole : quarter)
  const growth = {
    judge: growthBy4((share) => () => verifyChain(of(share).request)),
    path: growthBy4((share) => () => findPath(of(share).request)),
    inspect: growthBy4((share) => () => of(share).largest.map((der) => inspectCertificate(der, of(share).request.rules))),
  }
  return { growth, judgeMs: leastCost(() => verifyChain(whole.request), AIM_MS) }
}

/** What one certificate should cost; printed, not demanded of a machine that may be slow. */
const AIM_MS = 50

/** A chain with this share of what makes it large. */
type Make = (share: number) => readonly Authority[]

const namesOf = (share: number) => makeMany(12_000 * share, (i) => dns(`h${i}.example`))
const constraintsOf = (share: number) => makeMany(8_000 * share, (i) => dns(`c${i}.example`))
const authority = (extension: ReturnType<typeof permitted>) =>
  mint({ subject: { commonName: 'CA' }, issuer: root, key, extensions: [ca(), extension] })
const below = (issuer: Authority, share: number) => [mint({ subject: {}, issuer, key, extensions: [san(...namesOf(share))] }), issuer]
const policies = (prefix: string, count: number) => ({
  oid: '2.5.29.32',
  value: sequence(...makeMany(count, (i) => sequence(oid(`${prefix}.${i}`)))),
})
const mappings = (count: number) => ({
  oid: '2.5.29.33',
  value: sequence(...makeMany(count, (i) => sequence(oid(`1.2.3.${i}`), oid(`1.2.3.${(i * 7) % count}`)))),
})
const alone = (parts: Pick<Parameters<typeof mint>[0], 'extensions' | 'rawSubject'>) => [mint({ subject: {}, issuer: root, key, ...parts })]

const CASES: readonly (readonly [string, Make])[] = [
  ['12,000 names', (share) => alone({ extensions: [san(...namesOf(share))] })],
  ['12,000 names below 8,000 permitted subtrees', (share) => below(authority(permitted(...constraintsOf(share))), share)],
  ['12,000 names below 8,000 excluded subtrees', (share) => below(authority(excluded(...constraintsOf(share))), share)],
  [
    '14,000 critical extensions',
    (share) => alone({ extensions: makeMany(14_000 * share, (i) => ({ oid: `1.2.3.${i}`, critical: true, value: Buffer.alloc(0) })) }),
  ],
  [
    '14,000 attributes in the subject',
    (share) =>
      alone({
        rawSubject: sequence(...makeMany(14_000 * share, () => tlv(0x31, sequence(oid('2.5.4.11'), tlv(0x0c, Buffer.from('x')))))),
      }),
  ],
  [
    '180,000 octets of TeletexString that are no UTF-8',
    (share) => alone({ rawSubject: sequence(tlv(0x31, sequence(oid('2.5.4.3'), tlv(0x14, Buffer.alloc(180_000 * share, 0xff))))) }),
  ],
  ['a URI of 180,000 blanks', (share) => alone({ extensions: [san(uri(`https://x.example/${' '.repeat(180_000 * share)}`))] })],
  [
    '3,000 policies with mappings',
    (share) => {
      const extensions = [ca(), policies('1.2.3', 3000 * share), mappings(3000 * share)]
      const mapping = mint({ subject: { commonName: 'CA' }, issuer: root, key, extensions })
      return [mint({ subject: {}, issuer: mapping, key, extensions: [policies('1.2.3', 3000 * share)] }), mapping]
    },
  ],
  [
    '300 intermediates of one name',
    (share) => {
      const loop = mint({ subject: { commonName: 'Loop' }, key })
      const serial = (i: number) => Buffer.of(1 + (i >> 8), i & 0xff)
      const intermediates = makeMany(300 * share, (i) =>
        mint({ subject: { commonName: 'Loop' }, issuer: loop, key, serial: serial(i), extensions: [ca()] }),
      )
      return [mint({ subject: {}, issuer: loop, key }), ...intermediates]
    },
  ],
]

describe.each(['1.21.13', '1.26.8'])('hostile certificates by the rules of go %s', (version) => {
  it.each(CASES)('%s cost no more than they are many, to judge and to show', (what, make) => {
    const { growth, judgeMs } = measure(make, version)
    const figures = Object.entries(growth).map(([step, times]) => `${step} ${times.toFixed(1)} times`)
    console.info(
      `hostile, go ${version}: four times as much of ${what}: ${figures.join(', ')}; all of it ${judgeMs.toFixed(1)} ms to judge`,
    )
    expect(Math.max(...Object.values(growth))).toBeLessThan(DEAR)
  })
})
