/** The authority that signs for intercepted hosts: made for one run and kept in memory, or the user's own kept one. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto'
import { createSecureContext, type SecureContext } from 'node:tls'
import { type DistinguishedName, writeCertificate } from './certificate-writer.ts'
import { toPem } from './pem.ts'

/** Signs leaves for hosts; the private keys never leave it. */
export interface Authority {
  /** The authority's own certificate, PEM. */
  readonly certificatePem: string
  readonly notAfter: Date
  /** What the proxy's own TLS side of one host needs; TLS 1.3 unless said. Contexts are kept and shared (the last 256 hosts). */
  contextFor(host: string, maxVersion?: 'TLSv1.2' | 'TLSv1.3'): SecureContext
}

/** A CA with its key, as it is written to disk by `ca init`. */
export interface AuthorityFiles {
  readonly certificatePem: string
  readonly keyPem: string
}

const DAY_MS = 86_400_000
/** An authority of one run. */
const RUN_MS = DAY_MS
/** A kept one. */
const KEPT_MS = 365 * DAY_MS
/** Leaves of either: macOS refuses leaves of more than 825 days, browsers of more than 398. */
const LEAF_MS = 90 * DAY_MS
/** Clocks of clients may be behind ours. */
const BACKDATED_MS = 3_600_000
const MOST_CONTEXTS = 256

/**
 * Make an authority for one run, with a key that is never written anywhere.
 * @param permitted the only names that it may sign for; absent = all
 */
export function makeRunAuthority(now: Date, permitted?: readonly string[]): Authority {
  return openAuthority(makeAuthorityFiles({ now, lifeMs: RUN_MS, commonName: 'whytls authority of one run', permitted }), now)
}

/** Make a kept authority, for `ca init`. */
export function makeKeptAuthority(now: Date, permitted?: readonly string[]): AuthorityFiles {
  return makeAuthorityFiles({ now, lifeMs: KEPT_MS, commonName: 'whytls local authority', permitted })
}

/**
 * Use an authority that was made before.
 * @throws Error when key and certificate do not belong together, or it is no EC key, or the certificate has expired
 */
export function openAuthority(files: AuthorityFiles, now: Date = new Date()): Authority {
  const certificate = new X509Certificate(files.certificatePem)
  const key = createPrivateKey(files.keyPem)
  if (!certificate.checkPrivateKey(key)) throw new Error('the key does not belong to the certificate')
  const notAfter = new Date(certificate.validTo)
  if (notAfter <= now) throw new Error(`the certificate expired at ${notAfter.toISOString()}`)
  const signer: Signer = { key, spki: spkiOf(key), name: nameOf(certificate), notAfter }
  const leaf = makeLeafKey()
  const contexts = new Map<string, { readonly context: SecureContext; readonly untilMs: number }>()
  return {
    certificatePem: files.certificatePem,
    notAfter,
    contextFor(host, maxVersion = 'TLSv1.3') {
      const name = `${maxVersion} ${host}`
      const known = contexts.get(name)
      contexts.delete(name)
      const entry = known !== undefined && known.untilMs > Date.now() ? known : makeContext({ host, maxVersion }, leaf, signer)
      contexts.set(name, entry)
      // The one asked for last stands last, so the first one is the oldest.
      for (const oldest of contexts.keys()) {
        if (contexts.size <= MOST_CONTEXTS) break
        contexts.delete(oldest)
      }
      return entry.context
    },
  }
}

interface Signer {
  readonly key: KeyObject
  readonly spki: Buffer
  readonly name: DistinguishedName
  readonly notAfter: Date
}

/** The key of all leaves of this process, in the forms that are asked for. */
interface LeafKey {
  readonly spki: Buffer
  readonly pem: string | Buffer
}

interface AuthorityWishes {
  readonly now: Date
  readonly lifeMs: number
  readonly commonName: string
  readonly permitted: readonly string[] | undefined
}

function makeAuthorityFiles({ now, lifeMs, commonName, permitted }: AuthorityWishes): AuthorityFiles {
  const key = makeKey()
  const spki = spkiOf(key)
  const name = { organization: ORGANIZATION, commonName }
  const der = writeCertificate({
    subject: name,
    issuer: name,
    notBefore: new Date(now.getTime() - BACKDATED_MS),
    notAfter: new Date(now.getTime() + lifeMs),
    spki,
    issuerSpki: spki,
    issuerKey: key,
    isCa: true,
    ...(permitted === undefined ? {} : { permitted }),
  })
  return { certificatePem: toPem(der), keyPem: key.export({ type: 'pkcs8', format: 'pem' }).toString() }
}

const ORGANIZATION = 'whytls on this machine only'

/** One leaf, signed now; it never outlives its authority. */
function makeContext(
  { host, maxVersion }: { readonly host: string; readonly maxVersion: 'TLSv1.2' | 'TLSv1.3' },
  leaf: LeafKey,
  signer: Signer,
): { readonly context: SecureContext; readonly untilMs: number } {
  const nowMs = Date.now()
  const untilMs = Math.min(nowMs + LEAF_MS, signer.notAfter.getTime())
  const der = writeCertificate({
    // A common name holds at most 64 characters (RFC 5280 appendix A); clients read subjectAltName alone.
    subject: { organization: ORGANIZATION, commonName: host.length <= 64 ? host : 'a host with a long name' },
    issuer: signer.name,
    notBefore: new Date(nowMs - BACKDATED_MS),
    notAfter: new Date(untilMs),
    spki: leaf.spki,
    issuerSpki: signer.spki,
    issuerKey: signer.key,
    isCa: false,
    hosts: [host],
  })
  // No roots are loaded: we ask no client for a certificate.
  const context = createSecureContext({ ca: [], cert: toPem(der), key: leaf.pem, minVersion: 'TLSv1.2', maxVersion })
  return { context, untilMs: untilMs - BACKDATED_MS }
}

function makeLeafKey(): LeafKey {
  const key = makeKey()
  return { spki: spkiOf(key), pem: key.export({ type: 'pkcs8', format: 'pem' }) }
}

function makeKey(): KeyObject {
  return generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey
}

function spkiOf(key: KeyObject): Buffer {
  return createPublicKey(key).export({ type: 'spki', format: 'der' })
}

/** The two attributes that we write ourselves. */
function nameOf(certificate: X509Certificate): DistinguishedName {
  const fields = new Map(
    certificate.subject.split('\n').map((line): [string, string] => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  )
  const organization = fields.get('O')
  const commonName = fields.get('CN')
  if (organization === undefined || commonName === undefined) throw new Error('the certificate was not made by `whytls ca init`')
  return { organization, commonName }
}
