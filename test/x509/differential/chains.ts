/** Chains with every kind of defect, made by fast-check from one seed: mostly sound, each with a few things wrong. */
import fc from 'fast-check'
import {
  type Authority,
  authorityKeyId,
  ca,
  dns,
  type Extension,
  excluded,
  ip,
  type KeyPair,
  mint,
  newKey,
  newRsaKey,
  oid,
  permitted,
  san,
  sequence,
  subjectKeyId,
  tlv,
  uri,
  usages,
} from '../mint.ts'

/** A line of `verify --batch`. */
export interface ChainLine {
  readonly id: string
  readonly name: string
  readonly time: string
  readonly leaf: string
  readonly intermediates: readonly string[]
  readonly roots: readonly string[]
  readonly go: string
}

/** Make chains; the same seed makes the same defects (keys are new each time). @param go the version to judge by */
export function makeChains(count: number, seed: number, go: string): readonly ChainLine[] {
  return fc.sample(CHAIN, { seed, numRuns: count }).map((plan, i) => buildChain(plan, `chain ${i}`, go))
}

/** One of the values, the first of them mostly: there are so many things to go wrong that each must be rare. */
const mostly = <T>(weight: number, usual: T, ...others: readonly T[]): fc.Arbitrary<T> =>
  fc.oneof({ weight: weight * 3, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...others) })

/** null in all cases but one of `n + 1`. */
const rarely = <T>(arbitrary: fc.Arbitrary<T>, n: number): fc.Arbitrary<T | null> =>
  fc.oneof({ weight: n, arbitrary: fc.constant(null) }, { weight: 1, arbitrary })

const KEYS = {
  p256: [newKey(), newKey(), newKey()],
  p384: [newKey('P-384'), newKey('P-384')],
  p521: [newKey('P-521')],
  rsa2048: [newRsaKey(2048)],
  rsa1024: [newRsaKey(1024)],
  rsa512: [newRsaKey(512)],
} as const
const OTHER_KEY = newKey()

const DNS_NAMES = [
  'mods.example',
  '*.example',
  'a.mods.example',
  '*.mods.example',
  'MODS.example',
  'mods.example.',
  '*',
  'm*s.example',
  'other.test',
  'xn--mnchen-3ya.example',
  '.example',
  'mods..example',
  'mods_under.example',
  '',
  '10.0.0.1',
  'bad name',
]
const WANTED = [
  'mods.example',
  'a.mods.example',
  'MODS.Example',
  'mods.example.',
  '10.0.0.1',
  '[10.0.0.1]',
  '::1',
  'x.test',
  'mods_under.example',
  'bad name',
]
const TIMES = ['2026-06-15T12:00:00Z', '2025-12-31T23:59:59Z', '2026-01-01T00:00:00Z', '2026-12-31T00:00:00Z', '2026-12-31T00:00:01Z']

const NAME = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...DNS_NAMES.map(dns)) },
  { weight: 1, arbitrary: fc.constantFrom(ip(10, 0, 0, 1), ip(...new Array(15).fill(0), 1), ip(1, 2, 3)) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ...['https://mods.example/x', 'https://10.0.0.1/', 'https://[::1]:443/', 'urn:x', '%zz', 'a://b:1:2/'].map(uri),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(...['a@mods.example', 'a@b@c', '"q u"@x.test', '@', 'plain'].map((text) => tlv(0x81, Buffer.from(text)))),
  },
)

const SUBTREE = fc.oneof(
  fc.constantFrom(...['example', '.example', 'mods.example', 'test', '', '.', '*.example', 'exa mple'].map(dns)),
  fc.constantFrom(ip(10, 0, 0, 0, 255, 0, 0, 0), ip(10, 0, 0, 0, 255, 0, 255, 0), ip(1, 2, 3), ip(...new Array(32).fill(0))),
  fc.constantFrom(...['mods.example', 'a@mods.example', '.example', '@x'].map((text) => tlv(0x81, Buffer.from(text)))),
  fc.constantFrom(...['mods.example', '.example', '10.0.0.1', ''].map(uri)),
)

const CERTIFICATE = fc.record({
  key: fc.oneof(
    { weight: 80, arbitrary: fc.constantFrom(...KEYS.p256) },
    { weight: 4, arbitrary: fc.constantFrom(...KEYS.p384, ...KEYS.p521) },
    { weight: 4, arbitrary: fc.constantFrom(...KEYS.rsa2048, ...KEYS.rsa1024) },
    { weight: 1, arbitrary: fc.constantFrom(...KEYS.rsa512) },
  ),
  validity: mostly<readonly [string, string]>(
    20,
    ['2026-01-01T00:00:00Z', '2026-12-31T00:00:00Z'],
    ['2026-01-01T00:00:00Z', '2026-03-01T00:00:00Z'],
    ['2026-11-01T00:00:00Z', '2026-12-31T00:00:00Z'],
  ),
  basic: mostly<number | 'none' | 'no' | 'negative'>(12, -1, 0, 1, 2, 'none', 'no', 'negative'),
  keyUsage: mostly<number | null>(12, null, 0x06, 0x02, 0x80, 0xa0, 0x04),
  purposes: mostly<readonly string[]>(
    12,
    [],
    ['1.3.6.1.5.5.7.3.1'],
    ['1.3.6.1.5.5.7.3.2'],
    ['2.5.29.37.0'],
    ['1.2.3.4', '1.3.6.1.5.5.7.3.1'],
    ['1.2.3.4'],
  ),
  constraints: rarely(fc.record({ isPermitted: fc.boolean(), names: fc.array(SUBTREE, { minLength: 1, maxLength: 2 }) }), 12),
  policies: mostly<readonly string[]>(10, [], ['1.2.3'], ['2.5.29.32.0'], ['1.2.3', '1.2.4']),
  policyLimit: mostly<'none' | 'explicit' | 'no-mapping' | 'no-any'>(25, 'none', 'explicit', 'no-mapping', 'no-any'),
  keyIds: mostly<'both' | 'none' | 'wrong'>(10, 'both', 'none', 'wrong'),
  odd: mostly<'none' | 'critical' | 'uncritical' | 'duplicate' | 'critical-ski' | 'empty-san'>(
    25,
    'none',
    'critical',
    'uncritical',
    'duplicate',
    'critical-ski',
    'empty-san',
  ),
  hash: mostly<'sha256' | 'sha1'>(30, 'sha256', 'sha1'),
  version: mostly(50, 3, 1, 2, 4),
  serial: mostly(40, '2a', '80', 'ff01', '00', '0001', ''),
  nameTag: mostly(30, 0x0c, 0x13, 0x14, 0x16, 0x1e, 0x1a),
  commonName: mostly(20, 'plain', 'host', 'odd', 'none'),
  forged: mostly(30, false, true),
})

const CHAIN = fc.record({
  authorities: fc.array(CERTIFICATE, { minLength: 1, maxLength: 4 }),
  leaf: CERTIFICATE,
  names: fc.oneof(
    { weight: 5, arbitrary: fc.constant([dns('mods.example'), dns('*.mods.example'), ip(10, 0, 0, 1)]) },
    { weight: 3, arbitrary: fc.array(NAME, { maxLength: 4 }) },
  ),
  wanted: mostly(6, ...(WANTED as [string, ...string[]])),
  time: mostly(10, ...(TIMES as [string, ...string[]])),
  order: mostly<'sound' | 'reversed' | 'missing' | 'doubled' | 'with-root' | 'root-only' | 'first-last'>(
    10,
    'sound',
    'reversed',
    'missing',
    'doubled',
    'with-root',
    'root-only',
    'first-last',
  ),
  roots: mostly<'own' | 'none' | 'namesake' | 'intermediate' | 'both'>(14, 'own', 'none', 'namesake', 'intermediate', 'both'),
  twin: mostly<'none' | 'expired' | 'other-key' | 'cross'>(8, 'none', 'expired', 'other-key', 'cross'),
  damage: rarely(
    fc.record({ which: fc.nat(), at: fc.double({ min: 0, max: 0.999, noNaN: true }), flip: fc.integer({ min: 1, max: 255 }) }),
    6,
  ),
})

type CertificatePlan = typeof CERTIFICATE extends fc.Arbitrary<infer T> ? T : never
type ChainPlan = typeof CHAIN extends fc.Arbitrary<infer T> ? T : never

function buildChain(plan: ChainPlan, id: string, go: string): ChainLine {
  const authorities: Authority[] = []
  for (const [depth, certificate] of plan.authorities.entries()) {
    authorities.push(build(certificate, { role: 'authority', depth, issuer: authorities.at(-1) }))
  }
  const leaf = build(plan.leaf, { role: 'leaf', depth: authorities.length, issuer: authorities.at(-1), names: plan.names })
  const [root, ...intermediates] = authorities
  if (root === undefined) throw new Error('a chain has a root')
  const twins = buildTwins(plan, authorities)
  const presented = damage(arrange(plan, leaf, [...twins, ...intermediates.reverse()], root), plan.damage)
  const [first = leaf.der, ...others] = presented
  const text = (der: Uint8Array) => Buffer.from(der).toString('base64')
  return {
    id,
    name: plan.wanted,
    time: plan.time,
    leaf: text(first),
    intermediates: others.map(text),
    roots: listRoots(plan, root, intermediates).map(text),
    go,
  }
}

function arrange(plan: ChainPlan, leaf: Authority, intermediates: readonly Authority[], root: Authority): readonly Buffer[] {
  const sound = [leaf, ...intermediates].map(({ der }) => der)
  const orders: Record<ChainPlan['order'], () => readonly Buffer[]> = {
    sound: () => sound,
    reversed: () => [leaf.der, ...sound.slice(1).reverse()],
    missing: () => [leaf.der, ...sound.slice(2)],
    doubled: () => [leaf.der, ...sound.slice(1), ...sound],
    'with-root': () => [...sound, root.der],
    'root-only': () => [leaf.der, root.der],
    'first-last': () => [...sound.slice(1), leaf.der],
  }
  return orders[plan.order]()
}

/** Other editions of the last authority, so that several paths exist. */
function buildTwins(plan: ChainPlan, authorities: readonly Authority[]): readonly Authority[] {
  const own = authorities.at(-1)
  const certificate = plan.authorities.at(-1)
  if (plan.twin === 'none' || own === undefined || certificate === undefined || authorities.length < 2) return []
  const issuer = authorities[plan.twin === 'cross' ? 0 : authorities.length - 2]
  const changes = {
    expired: { validity: ['2026-01-01T00:00:00Z', '2026-02-01T00:00:00Z'] as const },
    'other-key': { key: OTHER_KEY },
    cross: {},
  }
  return [build({ ...certificate, ...changes[plan.twin] }, { role: 'authority', depth: authorities.length - 1, issuer })]
}

function listRoots(plan: ChainPlan, root: Authority, intermediates: readonly Authority[]): readonly Buffer[] {
  const namesake = mint({
    subject: { commonName: 'CA 0', organization: 'Tests' },
    key: OTHER_KEY,
    extensions: [ca(), subjectKeyId(OTHER_KEY)],
  }).der
  const sets: Record<ChainPlan['roots'], readonly Buffer[]> = {
    own: [root.der],
    none: [],
    namesake: [namesake],
    intermediate: intermediates.slice(0, 1).map(({ der }) => der),
    both: [namesake, root.der],
  }
  return sets[plan.roots]
}

/** Change one octet of one certificate. */
function damage(presented: readonly Buffer[], where: ChainPlan['damage']): readonly Buffer[] {
  if (where === null) return presented
  return presented.map((der, i) => {
    if (i !== where.which % presented.length) return der
    const damaged = Buffer.from(der)
    const at = Math.floor(where.at * der.length)
    damaged[at] = (damaged[at] ?? 0) ^ where.flip
    return damaged
  })
}

interface Place {
  readonly role: 'leaf' | 'authority'
  readonly depth: number
  readonly issuer: Authority | undefined
  readonly names?: readonly Buffer[]
}

function build(plan: CertificatePlan, { role, depth, issuer, names = [] }: Place): Authority {
  const commonName = role === 'authority' ? `CA ${depth}` : COMMON_NAMES[plan.commonName]
  const text = Buffer.from(commonName ?? '')
  const attribute = tlv(0x31, sequence(oid('2.5.4.3'), tlv(plan.nameTag, text)))
  const isOdd = plan.nameTag !== 0x0c && commonName !== undefined && role === 'leaf'
  return mint({
    subject: { ...(commonName === undefined ? {} : { commonName }), organization: 'Tests' },
    ...(isOdd ? { rawSubject: sequence(attribute) } : {}),
    ...(issuer === undefined ? {} : { issuer }),
    ...(plan.forged && issuer !== undefined ? { signedBy: OTHER_KEY.privateKey } : {}),
    key: plan.key,
    notBefore: plan.validity[0],
    notAfter: plan.validity[1],
    serial: Buffer.from(plan.serial, 'hex'),
    hash: plan.key.privateKey.asymmetricKeyType === 'rsa' && plan.hash === 'sha1' ? 'sha1' : signableHash(plan, issuer),
    version: plan.version,
    extensions: plan.version === 1 ? [] : listExtensions(plan, role, issuer, names),
  })
}

/** 512 bits of RSA have room for SHA-256, so all keys can sign it. */
function signableHash(plan: CertificatePlan, issuer: Authority | undefined): 'sha256' | 'sha1' {
  return issuer === undefined ? 'sha256' : plan.hash
}

const COMMON_NAMES: Readonly<Record<string, string>> = { plain: 'leaf', host: 'mods.example', odd: 'é"\\\u0000' }

function listExtensions(
  plan: CertificatePlan,
  role: Place['role'],
  issuer: Authority | undefined,
  names: readonly Buffer[],
): readonly Extension[] {
  return [
    ...(role === 'leaf' && names.length > 0 ? [san(...names)] : []),
    ...basicConstraints(plan, role),
    ...keyIds(plan, issuer?.keys),
    ...(plan.keyUsage === null ? [] : [{ oid: '2.5.29.15', critical: true, value: tlv(0x03, Buffer.of(0, plan.keyUsage)) }]),
    ...(plan.purposes.length === 0 ? [] : [usages(...plan.purposes)]),
    ...(plan.constraints === null ? [] : [(plan.constraints.isPermitted ? permitted : excluded)(...plan.constraints.names)]),
    ...policies(plan),
    ...ODD[plan.odd](plan.key),
  ]
}

function basicConstraints(plan: CertificatePlan, role: Place['role']): readonly Extension[] {
  if (plan.basic === 'none' || (role === 'leaf' && plan.basic === -1)) return []
  if (plan.basic === 'no') return [{ oid: '2.5.29.19', critical: true, value: sequence() }]
  if (plan.basic === 'negative') return [{ oid: '2.5.29.19', value: sequence(tlv(0x01, Buffer.of(0xff)), tlv(0x02, Buffer.of(0xff))) }]
  return [plan.basic < 0 ? ca() : ca(plan.basic)]
}

function keyIds({ key, keyIds: how }: CertificatePlan, issuerKeys: KeyPair | undefined): readonly Extension[] {
  if (how === 'none') return []
  const signer = how === 'wrong' ? OTHER_KEY : (issuerKeys ?? key)
  return [subjectKeyId(key), authorityKeyId(signer)]
}

function policies({ policies: ids, policyLimit }: CertificatePlan): readonly Extension[] {
  const limit = (tag: number) => sequence(tlv(tag, Buffer.of(0)))
  const limits: Record<CertificatePlan['policyLimit'], readonly Extension[]> = {
    none: [],
    explicit: [{ oid: '2.5.29.36', critical: true, value: limit(0x80) }],
    'no-mapping': [{ oid: '2.5.29.36', critical: true, value: limit(0x81) }],
    'no-any': [{ oid: '2.5.29.54', critical: true, value: tlv(0x02, Buffer.of(0)) }],
  }
  const own = ids.length === 0 ? [] : [{ oid: '2.5.29.32', value: sequence(...ids.map((id) => sequence(oid(id)))) }]
  return [...own, ...limits[policyLimit]]
}

const ODD: Record<CertificatePlan['odd'], (key: KeyPair) => readonly Extension[]> = {
  none: () => [],
  critical: () => [{ oid: '1.2.3.4.5', critical: true, value: Buffer.of(5, 0) }],
  uncritical: () => [{ oid: '1.2.3.4.5', value: Buffer.of(5, 0) }],
  duplicate: () => [1, 2].map((n) => ({ oid: '1.2.3.4.6', value: Buffer.of(2, 1, n) })),
  'critical-ski': (key) => [{ ...subjectKeyId(key), critical: true }],
  'empty-san': () => [{ oid: '2.5.29.17', critical: true, value: sequence() }],
}
