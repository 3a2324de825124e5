import { constants } from 'node:crypto'
import { createSecureContext, type SecureContextOptions } from 'node:tls'
import type { ClientHello } from '../contract/handshake.ts'

/**
 * Options of a TLS client whose hello comes as near to go's own as Node can: its versions, suites, groups and signature algorithms, where
 * OpenSSL has them. The security level is the lowest, since what go takes is judged by our verifier, not by OpenSSL's.
 * @param like go's ClientHello, null when it was not read: then go's defaults
 */
export function shapeHello(like: ClientHello | null): SecureContextOptions {
  const suites = like === null ? DEFAULT_SUITES : like.cipherSuites.map((suite) => suite.id)
  const known = suites.flatMap((id) => SUITE_NAMES[id] ?? [])
  const ciphers = known.length > 0 ? known : DEFAULT_SUITES.flatMap((id) => SUITE_NAMES[id] ?? [])
  const offersTls12 = offersVersion(like, 0x0303) && ciphers.some((name) => !name.startsWith('TLS_'))
  const groups = listGroups(like)
  const sigalgs = (like?.signatureAlgorithms ?? []).map(({ name }) => OPENSSL_NAMES[name] ?? name).filter(isSchemeKnown)
  return {
    // Without one of TLS 1.2 OpenSSL takes no list; it does not offer such a suite where that version is not offered.
    ciphers: `${(offersTls12 ? ciphers : [...ciphers, 'AES128-SHA']).join(':')}:@SECLEVEL=0`,
    minVersion: offersTls12 ? 'TLSv1.2' : 'TLSv1.3',
    maxVersion: offersVersion(like, 0x0304) ? 'TLSv1.3' : 'TLSv1.2',
    // go talks to servers without secure renegotiation (RFC 5746) too.
    // As go: a server that asks for a new handshake behind the first is refused.
    secureOptions: constants.SSL_OP_LEGACY_SERVER_CONNECT | SSL_OP_NO_RENEGOTIATION,
    ...(groups === undefined ? {} : { ecdhCurve: groups }),
    ...(sigalgs.length > 0 ? { sigalgs: sigalgs.join(':') } : {}),
  }
}

/**
 * Options of a TLS client that offers all that OpenSSL has, old versions and suites included: to learn what a server takes that refused go's
 * offer. Such a probe says nothing about the chain that go met.
 */
export function shapeWidestHello(): SecureContextOptions {
  return {
    ciphers: 'ALL:COMPLEMENTOFALL:!aNULL:!eNULL:@SECLEVEL=0',
    minVersion: 'TLSv1',
    maxVersion: 'TLSv1.3',
    // As go: a server that asks for a new handshake behind the first is refused.
    secureOptions: constants.SSL_OP_LEGACY_SERVER_CONNECT | SSL_OP_NO_RENEGOTIATION,
    ecdhCurve: widestGroups(),
  }
}

/** Of openssl/ssl.h; node:constants does not name it. */
const SSL_OP_NO_RENEGOTIATION = 0x4000_0000

/** Those that this OpenSSL has, common ones first: of a server that takes several, what it takes beside go's is the last resort. */
function widestGroups(): string {
  widest ??= WIDE_GROUPS.filter(isGroupKnown).slice(0, MOST_GROUPS).join(':')
  return widest
}

let widest: string | undefined

/** OpenSSL takes no longer list. */
const MOST_GROUPS = 40

/** What makes two probes the same, as far as the hello goes. */
export function describeShape(like: ClientHello | null): string {
  if (like === null) return ''
  const lists = [like.supportedVersions, like.cipherSuites, like.supportedGroups, like.signatureAlgorithms]
  return lists.map((list) => list.map((each) => each.id).join('-')).join('/')
}

/** A hello without supported_versions is one of TLS 1.2 or older. */
function offersVersion(like: ClientHello | null, id: number): boolean {
  if (like === null || (id === 0x0303 && like.supportedVersions.length === 0)) return true
  return like.supportedVersions.some((version) => version.id === id)
}

/** The wanted groups that this OpenSSL has (ML-KEM hybrids came with 3.5), in go's order. */
function listGroups(like: ClientHello | null): string | undefined {
  const wanted = like === null ? DEFAULT_GROUPS : like.supportedGroups.map((group) => group.id)
  const known = wanted.flatMap((id) => GROUP_NAMES[id] ?? []).filter(isGroupKnown)
  return known.length > 0 ? known.join(':') : undefined
}

/** Schemes that OpenSSL calls otherwise than IANA. */
const OPENSSL_NAMES: Readonly<Record<string, string>> = { ecdsa_sha1: 'ECDSA+SHA1' }
const knownSchemes = new Map<string, boolean>()

/** One name that this OpenSSL lacks would spoil the whole list, so each is tried once. */
function isSchemeKnown(name: string): boolean {
  const known = knownSchemes.get(name) ?? accepts({ sigalgs: name })
  knownSchemes.set(name, known)
  return known
}

const knownGroups = new Map<string, boolean>()

function isGroupKnown(name: string): boolean {
  const known = knownGroups.get(name) ?? accepts({ ecdhCurve: name })
  knownGroups.set(name, known)
  return known
}

function accepts(options: SecureContextOptions): boolean {
  try {
    createSecureContext({ ca: [], ...options })
    return true
  } catch {
    return false
  }
}

const GROUP_NAMES: Readonly<Record<number, string>> = {
  23: 'P-256',
  24: 'P-384',
  25: 'P-521',
  29: 'X25519',
  30: 'X448',
  4587: 'SecP256r1MLKEM768',
  4588: 'X25519MLKEM768',
  4589: 'SecP384r1MLKEM1024',
}

/** OpenSSL's names: what go offers first, then all other groups of TLS 1.3 and 1.2. */
const WIDE_GROUPS: readonly string[] = [
  ...['X25519', 'P-256', 'P-384', 'P-521', 'X25519MLKEM768', 'SecP256r1MLKEM768', 'SecP384r1MLKEM1024'],
  ...['X448', 'MLKEM512', 'MLKEM768', 'MLKEM1024', 'ffdhe2048', 'ffdhe3072', 'ffdhe4096', 'ffdhe6144', 'ffdhe8192'],
  ...['brainpoolP256r1tls13', 'brainpoolP384r1tls13', 'brainpoolP512r1tls13', 'brainpoolP256r1', 'brainpoolP384r1', 'brainpoolP512r1'],
  ...['secp256k1', 'secp224r1', 'secp224k1', 'prime192v1', 'secp192k1', 'secp160r1', 'secp160r2', 'secp160k1'],
  ...[
    'sect571r1',
    'sect571k1',
    'sect409r1',
    'sect409k1',
    'sect283r1',
    'sect283k1',
    'sect239k1',
    'sect233r1',
    'sect233k1',
    'sect193r1',
    'sect163r2',
  ],
]
const DEFAULT_GROUPS: readonly number[] = [4588, 4587, 4589, 29, 23, 24, 25]

/** Suites of RFC 8446, 5289, 5288, 5246 and 7905 by OpenSSL's names: all that any go since 1.21 offers. */
const SUITE_NAMES: Readonly<Record<number, string>> = {
  4865: 'TLS_AES_128_GCM_SHA256',
  4866: 'TLS_AES_256_GCM_SHA384',
  4867: 'TLS_CHACHA20_POLY1305_SHA256',
  49195: 'ECDHE-ECDSA-AES128-GCM-SHA256',
  49196: 'ECDHE-ECDSA-AES256-GCM-SHA384',
  49199: 'ECDHE-RSA-AES128-GCM-SHA256',
  49200: 'ECDHE-RSA-AES256-GCM-SHA384',
  52392: 'ECDHE-RSA-CHACHA20-POLY1305',
  52393: 'ECDHE-ECDSA-CHACHA20-POLY1305',
  49161: 'ECDHE-ECDSA-AES128-SHA',
  49162: 'ECDHE-ECDSA-AES256-SHA',
  49171: 'ECDHE-RSA-AES128-SHA',
  49172: 'ECDHE-RSA-AES256-SHA',
  49187: 'ECDHE-ECDSA-AES128-SHA256',
  49191: 'ECDHE-RSA-AES128-SHA256',
  156: 'AES128-GCM-SHA256',
  157: 'AES256-GCM-SHA384',
  60: 'AES128-SHA256',
  49170: 'ECDHE-RSA-DES-CBC3-SHA',
  10: 'DES-CBC3-SHA',
  47: 'AES128-SHA',
  53: 'AES256-SHA',
}
const DEFAULT_SUITES: readonly number[] = [49195, 49199, 49196, 49200, 52393, 52392, 49161, 49171, 49162, 49172, 4865, 4866, 4867]
