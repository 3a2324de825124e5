import type { OcspStaple, SignedTimestamp } from '../contract/handshake.ts'
import { DerReader, TAG } from './der.ts'
import { hex } from './go-text.ts'
import { readName } from './name.ts'
import { goRules } from './rules.ts'
import { readSignedTimestamps } from './sct.ts'
import { readTime } from './time.ts'

/**
 * Read an OCSP response (RFC 6960 section 4.2.1) for people. Its signature is not checked, nor does go look at it. Never throws.
 * @param octets as the server stapled them; of several answers the first counts
 */
export function readOcspResponse(octets: Uint8Array): OcspStaple {
  const empty: OcspStaple = { ...NOTHING, lengthBytes: octets.length }
  const response = new DerReader(octets).read(TAG.sequence)
  const code = response?.content(ENUMERATED)?.[0]
  if (response === undefined || code === undefined) return { ...empty, problem: 'no OCSPResponse' }
  const responseStatus = RESPONSE_STATUS[code] ?? `status ${code}`
  const bytes = response.read(EXPLICIT_0)?.read(TAG.sequence)
  if (bytes === undefined) return { ...empty, responseStatus }
  const type = bytes.objectIdentifier()
  if (type !== BASIC) return { ...empty, responseStatus, problem: `a response of another type (${type ?? 'no OID'})` }
  const tbs = openResponseData(bytes)
  if (tbs === undefined) return { ...empty, responseStatus, problem: 'no ResponseData' }
  return { ...empty, responseStatus, ...readResponseData(tbs) }
}

/**
 * The Certificate Transparency timestamps in the first answer of a response (RFC 6962 section 3.3); [] where there are none. Never throws.
 * @param octets as the server stapled them
 */
export function findStapledTimestamps(octets: Uint8Array): readonly SignedTimestamp[] {
  const bytes = new DerReader(octets).read(TAG.sequence)
  bytes?.any()
  const basic = bytes?.read(EXPLICIT_0)?.read(TAG.sequence)
  basic?.objectIdentifier()
  const tbs = basic === undefined ? undefined : openResponseData(basic)
  if (tbs?.peeks(EXPLICIT_0)) tbs.any()
  tbs?.any()
  tbs?.any()
  const single = tbs?.read(TAG.sequence)?.read(TAG.sequence)
  while (single !== undefined && !single.isEmpty && !single.peeks(EXPLICIT_1)) if (single.any() === undefined) return []
  const extensions = single?.read(EXPLICIT_1)?.read(TAG.sequence)
  for (let one = extensions?.read(TAG.sequence); one !== undefined; one = extensions?.read(TAG.sequence)) {
    if (one.objectIdentifier() !== OCSP_SCT_LIST) continue
    if (one.peeks(TAG.boolean)) one.any()
    const value = one.content(TAG.octetString)
    return value === undefined ? [] : readSignedTimestamps(value)
  }
  return []
}

/** ResponseData of a BasicOCSPResponse, whose OID was read. */
function openResponseData(bytes: DerReader): DerReader | undefined {
  const content = bytes.element(TAG.octetString)
  const basic = content === undefined ? undefined : new DerReader(bytes.octets, content.contentOffset, content.end).read(TAG.sequence)
  return basic?.read(TAG.sequence)
}

function readResponseData(tbs: DerReader): Partial<OcspStaple> {
  if (tbs.peeks(EXPLICIT_0)) tbs.any()
  const responder = readResponder(tbs)
  const producedAt = readIsoTime(tbs)
  const single = tbs.read(TAG.sequence)?.read(TAG.sequence)
  const id = single?.read(TAG.sequence)
  if (single === undefined || id === undefined) return { responder, producedAt, problem: 'no SingleResponse' }
  id.any()
  id.any()
  id.any()
  const serialNumber = id.integer()?.toString(16) ?? null
  const status = single.any()
  const known = status === undefined ? null : (CERTIFICATE_STATUS[status.tag & 0x1f] ?? null)
  const revoked = known === 'revoked' && status !== undefined ? new DerReader(single.octets, status.contentOffset, status.end) : undefined
  const revokedAt = revoked === undefined ? null : readIsoTime(revoked)
  const reason = revoked?.read(EXPLICIT_0)?.content(ENUMERATED)?.[0]
  const thisUpdate = readIsoTime(single)
  const next = single.read(EXPLICIT_0)
  return {
    responder,
    producedAt,
    serialNumber,
    certificateStatus: known,
    revokedAt,
    revocationReason: reason === undefined ? null : (REVOCATION_REASONS[reason] ?? String(reason)),
    thisUpdate,
    nextUpdate: next === undefined ? null : readIsoTime(next),
    ...(known === null ? { problem: 'no CertStatus' } : {}),
  }
}

/** The name of the responder, or the hash of its key in hex. */
function readResponder(tbs: DerReader): string | null {
  const byName = tbs.read(EXPLICIT_1)
  if (byName !== undefined) return readName(byName, goRules('1.26'), () => {}, 'responderID').text
  const hash = tbs.read(EXPLICIT_2)?.content(TAG.octetString)
  return hash === undefined ? null : hex(hash)
}

function readIsoTime(reader: DerReader): string | null {
  const time = readTime(reader, { limitsZoneHours: true })
  return typeof time === 'string' || Number.isNaN(time.at.getTime()) ? null : time.at.toISOString()
}

const ENUMERATED = 0x0a
const EXPLICIT_0 = 0xa0
const EXPLICIT_1 = 0xa1
const EXPLICIT_2 = 0xa2

/** id-pkix-ocsp-basic */
const BASIC = '1.3.6.1.5.5.7.48.1.1'

/** RFC 6962 section 3.3. */
const OCSP_SCT_LIST = '1.3.6.1.4.1.11129.2.4.5'

const RESPONSE_STATUS: Readonly<Record<number, string>> = {
  0: 'successful',
  1: 'malformedRequest',
  2: 'internalError',
  3: 'tryLater',
  5: 'sigRequired',
  6: 'unauthorized',
}

const CERTIFICATE_STATUS = ['good', 'revoked', 'unknown'] as const

/** RFC 5280 section 5.3.1. */
const REVOCATION_REASONS: Readonly<Record<number, string>> = {
  0: 'unspecified',
  1: 'keyCompromise',
  2: 'cACompromise',
  3: 'affiliationChanged',
  4: 'superseded',
  5: 'cessationOfOperation',
  6: 'certificateHold',
  8: 'removeFromCRL',
  9: 'privilegeWithdrawn',
  10: 'aACompromise',
}

const NOTHING = {
  responseStatus: null,
  certificateStatus: null,
  serialNumber: null,
  responder: null,
  producedAt: null,
  thisUpdate: null,
  nextUpdate: null,
  revokedAt: null,
  revocationReason: null,
} as const
