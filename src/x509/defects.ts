import type { Certificate } from './certificate.ts'
import { checkCandidate } from './chain-search.ts'
import { type DefectContext, makeDefectContext, subjectOf } from './defect-context.ts'
import { verifyHostName } from './host-name.ts'
import { type Outcome, refuseLeafKey } from './judge.ts'
import { nameError } from './name-defect.ts'
import type { CertificateParseError } from './parse-error.ts'
import { listPathDefects } from './path-defects.ts'
import { describePublicKey } from './public-key.ts'
import { summarizeCertificate } from './summary.ts'
import type { Defect } from './verdict.ts'
import type { Presented, VerifyRequest } from './verify-request.ts'

/**
 * Name all that is wrong with a refused chain: the defect that Go reports first, then the others in Go's order of checks
 * (parsing and key size, leaf, host name, chain, key type). Each is named once.
 * @param completedBy spare certificates that would complete the chain
 */
export function listDefects(
  presented: readonly Presented[],
  request: VerifyRequest,
  outcome: Outcome & { readonly ok: false },
  completedBy: readonly Certificate[],
): readonly Defect[] {
  if (presented.length === 0) {
    return [{ code: 'empty-certificate', certificate: null, subject: '', goText: '', facts: { tlsText: outcome.tlsText } }]
  }
  const context = makeDefectContext(presented, request, completedBy)
  const first = nameFirst(context, outcome)
  const rest = [
    ...listParseDefects(context),
    ...listLeafDefects(context),
    ...listPathDefects(context),
    ...listUnapproved(context, outcome),
    ...listKeyDefects(context),
  ]
  return keepFirstOfEach(first === undefined ? rest : [first, ...rest])
}

/** What crypto/x509 reported; undefined where crypto/tls stopped, which the other lists find in its order. */
function nameFirst(context: DefectContext, outcome: Outcome & { readonly ok: false }): Defect | undefined {
  if (outcome.error === undefined) return undefined
  return context.misordered === undefined ? nameError(outcome.error, context) : nameOrder(context, outcome.goText)
}

function nameOrder({ presented, misordered, leaf }: DefectContext, goText: string): Defect {
  const first = presented[0]
  const facts = { leaf: String(misordered), leafSubject: leaf?.subject.text ?? '' }
  return { code: 'chain-order', certificate: 0, subject: first === undefined ? '' : subjectOf(first), goText, facts }
}

/** Refusals to parse and keys that are too large, certificate by certificate as Go meets them. */
function listParseDefects({ presented, request }: DefectContext): readonly Defect[] {
  return presented.flatMap((item, index): readonly Defect[] => {
    if ('refusal' in item) return [nameRefusal(item.der, item.refusal, index, request)]
    const { publicKey, subject } = item.certificate
    if (publicKey?.kind !== 'RSA' || publicKey.bits <= request.rules.maximumRsaBits) return []
    const facts = { bits: String(publicKey.bits), limit: String(request.rules.maximumRsaBits) }
    return [{ code: 'rsa-key-too-large', certificate: index, subject: subject.text, goText: '', facts }]
  })
}

function nameRefusal(der: Uint8Array, refusal: CertificateParseError, index: number, request: VerifyRequest): Defect {
  const { subject, issuer, serialNumber } = summarizeCertificate(der, request.rules)
  const code = refusal.goText === 'x509: negative serial number' ? 'cert-negative-serial' : 'cert-malformed'
  const facts = { offset: String(refusal.offset), field: refusal.field, serialNumber, issuer }
  return { code, certificate: index, subject, goText: refusal.goText, facts }
}

function listLeafDefects(context: DefectContext): readonly Defect[] {
  const { leaf, search, request } = context
  if (leaf === undefined) return []
  const wrongName = request.name === '' ? undefined : verifyHostName(leaf, request.name, request.rules)
  const errors = [...checkCandidate(leaf, 'leaf', [], search), ...(wrongName === undefined ? [] : [wrongName])]
  return errors.map((error) => nameError(error, context))
}

function listUnapproved({ presented }: DefectContext, { unapproved, tlsText }: Outcome & { readonly ok: false }): readonly Defect[] {
  if (unapproved === undefined) return []
  const at = presented.findIndex((item) => 'certificate' in item && item.certificate === unapproved)
  const { publicKey, publicKeyOid, subject } = unapproved
  const facts = { publicKey: describePublicKey(publicKey, publicKeyOid), mode: 'FIPS', tlsText }
  return [{ code: 'unsupported-public-key', certificate: at < 0 ? null : at, subject: subject.text, goText: '', facts }]
}

function listKeyDefects({ leaf, presented, request }: DefectContext): readonly Defect[] {
  const tlsText = leaf === undefined ? undefined : refuseLeafKey(leaf, request.rules)
  if (leaf === undefined || tlsText === undefined) return []
  const certificate = presented.findIndex((item) => 'certificate' in item && item.certificate === leaf)
  const subject = leaf.subject.text
  const { publicKey, publicKeyOid } = leaf
  if (publicKey?.kind === 'RSA') {
    return [{ code: 'weak-rsa-key', certificate, subject, goText: '', facts: { bits: String(publicKey.bits), limit: '1024', tlsText } }]
  }
  const facts = { publicKey: describePublicKey(publicKey, publicKeyOid), oid: publicKeyOid, tlsText }
  return [{ code: 'unsupported-public-key', certificate, subject, goText: '', facts }]
}

/** These four say the same of a chain: it reaches no trusted root. */
const AUTHORITY_CODES: readonly string[] = ['unknown-authority', 'cert-self-signed', 'missing-intermediate', 'client-roots-missing']

function keepFirstOfEach(defects: readonly Defect[]): readonly Defect[] {
  const seen = new Set<string>()
  return defects.filter(({ code, certificate, subject }) => {
    const key = AUTHORITY_CODES.includes(code) ? 'authority' : `${code} ${code === 'root-expired' ? subject : (certificate ?? subject)}`
    const isNew = !seen.has(key)
    seen.add(key)
    return isNew
  })
}
