/** The fields that a comparison lays beside each other, as text; "" = nothing is known. */
import type { ClientHello, Handshake } from '../contract/handshake.ts'
import type { Named } from '../contract/terms.ts'
import { inBytes, inCount, inTime } from '../diagnosis/units.ts'
import type { CompareInput } from './compare.ts'
import { STAGE_NAMES, targetOf } from './words.ts'

/** A field's name, and how it is read from a side. */
export type FieldOf = readonly [field: string, read: (side: CompareInput) => string]

export const outcomeFields: readonly FieldOf[] = [
  ['Result', ({ handshake, diagnosis }) => `${handshake.outcome}${diagnosis === null ? '' : `, ${diagnosis.cause}`}${tookOf(handshake)}`],
  ['Stage', ({ diagnosis }) => (diagnosis?.stage == null ? '' : STAGE_NAMES[diagnosis.stage])],
  ["go's text", ({ diagnosis }) => diagnosis?.goText?.text ?? ''],
  ['Ended by', ({ handshake: { closed } }) => (closed === null ? '' : `${closed.by}, ${closed.how}`)],
]

export const helloFields: readonly FieldOf[] = [
  ['Host', ({ handshake }) => targetOf(handshake)],
  [
    'ClientHello size',
    ofHello(({ wireBytes, recordCount }) => `${inBytes(wireBytes)}${recordCount > 1 ? ` in ${recordCount} records` : ''}`),
  ],
  ['SNI', ofHello(({ serverName }) => serverName ?? 'none sent')],
  ['Versions', ofHello(({ supportedVersions, legacyVersion }) => names(supportedVersions) || legacyVersion)],
  ['Groups', ofHello(({ supportedGroups }) => names(supportedGroups))],
  [
    'Key shares',
    ofHello(({ keyShares }) => keyShares.map(({ group, lengthBytes }) => `${group.name} ${inCount(lengthBytes)} B`).join(', ')),
  ],
  ['Cipher suites', ofHello(({ cipherSuites }) => names(cipherSuites))],
  ['Signature schemes', ofHello(({ signatureAlgorithms }) => names(signatureAlgorithms))],
  ['ALPN', ofHello(({ alpn }) => alpn.join(', '))],
  ['Extensions', ofHello(({ extensions }) => names(extensions))],
  ['JA4', ofHello(({ ja4 }) => ja4)],
  ['Looks like', ofHello(({ looksLike }) => looksLike ?? 'no known client')],
]

export const answerFields: readonly FieldOf[] = [
  ['Version', ({ handshake }) => handshake.serverHello?.selectedVersion.name ?? ''],
  ['Cipher suite', ({ handshake }) => handshake.serverHello?.cipherSuite.name ?? ''],
  ['Group', ({ handshake }) => handshake.serverHello?.keyShareGroup?.name ?? ''],
  ['ALPN', ({ handshake }) => handshake.serverHello?.alpn ?? ''],
  ['JA3S', ({ handshake }) => handshake.serverHello?.ja3sHash ?? ''],
  ['Alerts', ({ handshake }) => handshake.alerts.map(({ sender, name }) => `${name} from the ${sender}`).join(', ')],
]

export const chainFields: readonly FieldOf[] = [
  ['Certificates', ({ handshake }) => subjectsOf(handshake)],
  ['Leaf issuer', ({ handshake }) => handshake.certificates?.chain[0]?.issuer ?? ''],
  ['Leaf valid', ({ handshake }) => validityOf(handshake)],
  ['Leaf SHA-256', ({ handshake }) => handshake.certificates?.chain[0]?.sha256 ?? ''],
  ['Verdict', ({ handshake }) => verdictOf(handshake)],
]

export const routeFields: readonly FieldOf[] = [
  ['Through', ({ handshake }) => handshake.route.map(({ kind, address }) => `${address} (${kind})`).join(', ') || 'direct'],
  ['Address', ({ handshake }) => handshake.target.address ?? ''],
]

export const settingFields: readonly FieldOf[] = [
  ['Command', ({ run }) => run?.argv.join(' ') ?? ''],
  ['Mode', ({ handshake }) => handshake.mode],
  ['go', ({ run }) => run?.go?.version ?? ''],
  ['GODEBUG', ({ run }) => run?.go?.env['GODEBUG'] ?? ''],
  ['GOPROXY', ({ run }) => run?.go?.env['GOPROXY'] ?? ''],
  ['Roots', ({ handshake }) => handshake.certificates?.verified?.roots ?? ''],
]

function ofHello(read: (hello: ClientHello) => string): (side: CompareInput) => string {
  return ({ handshake }) => (handshake.clientHello === null ? '' : read(handshake.clientHello))
}

function tookOf({ durationMs }: Handshake): string {
  return durationMs === null ? '' : `, ${inTime(durationMs)}`
}

function subjectsOf({ certificates }: Handshake): string {
  return (certificates?.chain ?? []).map(({ subject }) => subject).join(' | ')
}

function validityOf({ certificates }: Handshake): string {
  const leaf = certificates?.chain[0]
  return leaf === undefined ? '' : `${leaf.notBefore ?? '?'} to ${leaf.notAfter ?? '?'}`
}

function verdictOf({ certificates }: Handshake): string {
  const verified = certificates?.verified ?? null
  if (verified === null) return ''
  return verified.ok ? 'accepted' : verified.goText
}

function names(list: readonly Named[]): string {
  return list.map(({ name, id }) => (name === 'unknown' || name === 'GREASE' ? `0x${id.toString(16).padStart(4, '0')}` : name)).join(' ')
}
