/**
 * What the released `go` command of one version does differently from the others when it reads and judges certificates.
 * The switches are those of crypto/x509, crypto/rsa, net/url and encoding/pem in that toolchain, with the GODEBUG defaults that its `go` binary is built with.
 */
export interface GoRules {
  /** As given, without a leading "go" ("1.26.8"). */
  readonly version: string
  readonly minor: number
  /** The patch level; Infinity where the version names none ("1.26" means the last one). */
  readonly patch: number
  /** A negative serial number parses (up to the `go` of 1.23, or x509negativeserial=1). */
  readonly acceptsNegativeSerial: boolean
  /** authorityKeyIdentifier, subjectKeyIdentifier and authorityInfoAccess must not be critical; a duplicate extension is named by its OID (1.23). */
  readonly hasStrictExtensions: boolean
  /** Certificate policies may have arcs over 31 bits (1.22). */
  readonly hasLargePolicyArcs: boolean
  /** policyConstraints, policyMappings and inhibitAnyPolicy are read, and policies are validated (1.24). */
  readonly validatesPolicies: boolean
  /** TeletexString is Latin-1, BMPString refuses surrogates, a path length is unsigned (1.25). */
  readonly hasStrictStrings: boolean
  /** A wrong EC point is reported in the words of crypto/ecdsa (1.26). */
  readonly hasEcdsaPointTexts: boolean
  /** A name constraint that is a single dot is refused (1.24.9, 1.25.3). */
  readonly refusesDotConstraint: boolean
  /** IPv4-mapped IPv6 addresses are refused in certificates (1.27). */
  readonly refusesMappedAddresses: boolean
  /** The domain of a mailbox is held to the rules for domains, and may hold no "@" (1.27). */
  readonly hasStrictMailboxes: boolean
  /** A host with a zone is an address, and is printed as Go writes addresses (1.27). */
  readonly allowsHostZones: boolean
  /** Attributes of a name may hold other types than strings; those without a label are printed as text (1.27). */
  readonly allowsAnyAttribute: boolean
  /** Keys and signatures of ML-DSA are known (1.27, RFC 9881). */
  readonly knowsMlDsa: boolean
  /** A path of two slashes behind a scheme is printed so that it does not read as a host (1.27). */
  readonly escapesSlashPath: boolean
  /** A domain that starts with a dot is not a domain; the SAN "*" matches nothing (1.23). */
  readonly hasStrictLabels: boolean
  /** An excluded subtree also covers a wildcard that could match in it (1.24.11, 1.25.5). */
  readonly excludesWildcards: boolean
  /** It does so only where both have as many labels (1.25.9). */
  readonly excludesWildcardsBeside: boolean
  /** From 100 names on, only their number is printed (1.24.11, 1.25.5). */
  readonly countsManyNames: boolean
  /** Name constraints are checked on whole chains, after usages, with sorted constraint sets (1.26). */
  readonly constrainsWholeChains: boolean
  /** The host bits of an address block do not count when blocks are sorted and searched (1.27). */
  readonly masksNetworks: boolean
  /** The parent of an excluded subtree and a wildcard are compared without case (1.26.2). */
  readonly foldsWildcards: boolean
  /** Every candidate parent counts for the limit of 100, also those already in the chain, and the search ends there (1.25.9, 1.26.2). */
  readonly countsEveryCandidate: boolean
  /** RSA keys below this many bits verify nothing: 1024 since 1.24 (rsa1024min=0 switches it off), else 0. */
  readonly minimumRsaBits: number
  /** RSA moduli and exponents are checked for form (1.24). */
  readonly checksRsaForm: boolean
  /** RSA keys in a presented certificate over this many bits are refused (tlsmaxrsasize). */
  readonly maximumRsaBits: number
  /** FIPS 140-3 mode (fips140=on, only or debug, since 1.24): keys that are not approved are refused anywhere in a chain. */
  readonly isFipsMode: boolean
  /** The largest body of a Certificate message in octets (262144 since 1.23, before 65536). */
  readonly maximumMessageBytes: number
  /** SHA-1 signatures verify (x509sha1=1, up to 1.23). */
  readonly acceptsSha1: boolean
  /** The refusal of SHA-1 names the GODEBUG setting (up to 1.23). */
  readonly mentionsSha1Setting: boolean
  /** Brackets in a URI's host must hold an IPv6 address (1.24.8, 1.25.2). */
  readonly hasStrictIpLiterals: boolean
  /** Brackets in a URI's host must be its first character (1.25.8, 1.26.1). */
  readonly refusesInnerBracket: boolean
  /** In which URIs more than one colon in the host is refused at the first: all but PostgreSQL's in 1.26.0 and 1.26.1, then http(s) alone. */
  readonly strictUrlColons: 'none' | 'but-postgres' | 'http'
  /** An address in a URI may have a zone when it is looked at for name constraints (1.22). */
  readonly allowsUriZones: boolean
  /** Chains with certain public keys are left out without a word (1.26.10, 1.27.3). */
  readonly distrustsKeys: boolean
  /** A time may lie at most 24 hours from UTC (1.23). */
  readonly limitsZoneHours: boolean
  /** Of handshake messages behind the handshake (TLS 1.3) only 16 may follow one another (1.25.13, 1.26.6). */
  readonly countsLateMessages: boolean
  /** PEM: the BEGIN line nearest to an END line counts, so a cut block costs only itself (1.24.8, 1.25.2). */
  readonly skipsCutPemBlocks: boolean
}

/**
 * The rules of the released `go` command of a version.
 * @param version "1.26.8", "go1.21.13" or "1.26" (then the last patch level); versions outside 1.21 to 1.27 are read as the nearest one
 * @param godebug the value of GODEBUG in the process environment; the settings that change certificate checks are honoured
 */
export function goRules(version: string, godebug = ''): GoRules {
  const key = `${version} ${godebug}`
  const known = MEMORY.get(key)
  if (known !== undefined) return known
  if (MEMORY.size >= 64) MEMORY.clear()
  const rules = makeRules(version, godebug)
  MEMORY.set(key, rules)
  return rules
}

/** The same version gives the same object, so that parsed roots are found again. */
const MEMORY = new Map<string, GoRules>()

/** The newest release whose rules are written down here, as 1.N. */
export const NEWEST_MINOR = 27

function makeRules(version: string, godebug: string): GoRules {
  const text = version.replace(/^go/, '')
  const match = /^1\.(\d+)(?:\.(\d+))?/.exec(text)
  const minor = Math.min(NEWEST_MINOR, Math.max(21, Number(match?.[1] ?? NEWEST_MINOR)))
  const patch = match?.[2] === undefined ? Number.POSITIVE_INFINITY : Number(match[2])
  const settings = readGodebug(godebug)
  const isAtLeast = (wanted: number, wantedPatch: number) => minor > wanted || (minor === wanted && patch >= wantedPatch)
  /** Fixes that came with patch levels: `p24`, `p25` are the first ones that have them. */
  const since = (p24: number, p25: number) => minor >= 26 || (minor === 25 && patch >= p25) || (minor === 24 && patch >= p24)
  return {
    version: text,
    minor,
    patch,
    acceptsNegativeSerial: acceptsNegativeSerial(minor, settings),
    hasStrictExtensions: minor >= 23,
    hasLargePolicyArcs: minor >= 22,
    validatesPolicies: minor >= 24,
    hasStrictStrings: minor >= 25,
    hasEcdsaPointTexts: minor >= 26,
    refusesDotConstraint: since(9, 3),
    refusesMappedAddresses: minor >= 27,
    hasStrictMailboxes: minor >= 27,
    allowsHostZones: minor >= 27,
    allowsAnyAttribute: minor >= 27,
    knowsMlDsa: minor >= 27,
    escapesSlashPath: minor >= 27,
    hasStrictLabels: minor >= 23,
    excludesWildcards: since(11, 5),
    excludesWildcardsBeside: minor === 25 && patch >= 9,
    masksNetworks: minor >= 27,
    foldsWildcards: isAtLeast(26, 2),
    countsManyNames: since(11, 5),
    constrainsWholeChains: minor >= 26,
    countsEveryCandidate: isAtLeast(26, 2) || (minor === 25 && patch >= 9),
    minimumRsaBits: minor >= 24 && settings.get('rsa1024min') !== '0' ? 1024 : 0,
    checksRsaForm: minor >= 24,
    maximumRsaBits: readMaximumRsaBits(settings),
    isFipsMode: minor >= 24 && /^(?:on|only|debug)$/.test(settings.get('fips140') ?? ''),
    maximumMessageBytes: minor >= 23 ? 262144 : 65536,
    acceptsSha1: minor <= 23 && settings.get('x509sha1') === '1',
    mentionsSha1Setting: minor <= 23,
    hasStrictIpLiterals: since(8, 2),
    refusesInnerBracket: isAtLeast(26, 1) || (minor === 25 && patch >= 8),
    strictUrlColons: minor < 26 || settings.get('urlstrictcolons') === '0' ? 'none' : isAtLeast(26, 2) ? 'http' : 'but-postgres',
    allowsUriZones: minor >= 22,
    distrustsKeys: isAtLeast(27, 3) || (minor === 26 && patch >= 10),
    limitsZoneHours: minor >= 23,
    countsLateMessages: Number(match?.[1] ?? 26) > 26 || (minor > 24 && patch >= (minor === 26 ? 6 : 13)),
    skipsCutPemBlocks: since(8, 2),
  }
}

function acceptsNegativeSerial(minor: number, settings: ReadonlyMap<string, string>): boolean {
  if (minor <= 22) return true
  const chosen = settings.get('x509negativeserial')
  return chosen === undefined ? minor === 23 : chosen === '1'
}

function readMaximumRsaBits(settings: ReadonlyMap<string, string>): number {
  const chosen = settings.get('tlsmaxrsasize')
  return chosen !== undefined && /^[0-9]{1,9}$/.test(chosen) && Number(chosen) > 0 ? Number(chosen) : 8192
}

/** GODEBUG is a comma list of key=value; the last one of a key counts. */
function readGodebug(godebug: string): ReadonlyMap<string, string> {
  const settings = new Map<string, string>()
  for (const pair of godebug.split(',')) {
    const equals = pair.indexOf('=')
    if (equals > 0) settings.set(pair.slice(0, equals).trim(), pair.slice(equals + 1).trim())
  }
  return settings
}
