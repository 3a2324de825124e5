/** How strongly a chain looks re-signed on the way, from signs that were gathered and from the chain itself. Pure. */
import { findIssuingAuthority, readPresentedLeaf } from '../x509/issuing-authority.ts'
import { summarizeCertificate } from '../x509/summary.ts'
import type { Observation } from './observation.ts'

/** What speaks for re-signing; plain JSON. */
export interface InspectionSigns {
  /** The authority at the end of the chain, with what a person can compare. */
  readonly authority: string
  readonly keyId: string | null
  readonly sha256: string | null
  readonly alsoIssuedFor: readonly string[]
  readonly earlierIssuer: string | null
  readonly sharesLeafKey: boolean
  readonly issuesForAnyName: boolean
  /** Issuer of the chain by whose words a product or purpose is known; null where none is. */
  readonly product: string | null
  /** Milliseconds between the leaf's start and the connection, where that is less than an hour. */
  readonly madeBeforeMs: number | null
}

/** `shown`: nobody else explains it; `high`: one proof; `likely`: looks so; null: nothing speaks for it. */
export type InspectionStrength = 'shown' | 'high' | 'likely' | null

/** Gather all signs of one observation; null where there is no chain, or a public authority issued it. */
export function findInspectionSigns(seen: Observation): InspectionSigns | null {
  const chain = seen.judged?.chain ?? []
  const [authority, leaf] = [findIssuingAuthority(chain), readPresentedLeaf(chain)]
  if (leaf === null || leaf.isLogged || seen.resigning?.isPublicAuthority === true) return null
  const age = seen.now.getTime() - leaf.notBeforeMs
  return {
    authority: authority?.name ?? seen.judged?.verdict.defects[0]?.facts['issuer'] ?? 'an authority without a name',
    keyId: authority?.keyId ?? null,
    sha256: authority?.sha256 ?? null,
    alsoIssuedFor: seen.resigning?.alsoIssuedFor ?? [],
    earlierIssuer: seen.resigning?.earlierIssuer ?? null,
    sharesLeafKey: seen.resigning?.sharesLeafKey === true,
    issuesForAnyName: seen.resigning?.issuesForAnyName === true,
    product: findInspectionProduct(chain),
    madeBeforeMs: age > -CLOCK_SLACK_MS && age < FRESH_MS ? Math.max(0, age) : null,
  }
}

/** The issuer by whose words an inspecting product or purpose is known; null where there is none. */
export function findInspectionProduct(chain: readonly Uint8Array[]): string | null {
  return chain.map((der) => summarizeCertificate(der).issuer).find((issuer) => PRODUCT.test(issuer)) ?? null
}

/** Whether a field such as Server or Via names such a product. */
export function isInspectionProduct(text: string): boolean {
  return PRODUCT.test(text)
}

/**
 * Weigh them. A product's name alone proves nothing, since a company may call its CA as it likes; a young leaf is no proof at all, since some renew every
 * hour; one other host may belong to the same people under a name of its own; and a server that makes certificates for whatever it is asked may be somebody's own.
 */
export function weighInspection(signs: InspectionSigns): InspectionStrength {
  const { alsoIssuedFor, earlierIssuer, issuesForAnyName, product } = signs
  const proofs = Math.min(2, alsoIssuedFor.length) + (earlierIssuer === null ? 0 : 1)
  const hints = [product !== null, signs.sharesLeafKey, issuesForAnyName].filter(Boolean).length
  if (proofs >= 2 || (proofs === 1 && hints > 0)) return 'shown'
  if (earlierIssuer !== null || (issuesForAnyName && product !== null)) return 'high'
  return proofs === 1 || issuesForAnyName || product !== null ? 'likely' : null
}

const FRESH_MS = 60 * 60 * 1000
const CLOCK_SLACK_MS = 5 * 60 * 1000

/** Makers of gateways and security suites that re-sign, and words that companies give such a CA. */
const PRODUCT = new RegExp(
  [
    'zscaler|netskope|goskope|blue ?coat|forcepoint|websense|forti(?:net|gate|guard)|palo ?alto|check ?point|sophos|mcafee|skyhigh|trend ?micro',
    'cisco umbrella|ironport|barracuda|watchguard|sonicwall|untangle|smoothwall|mitmproxy|charles proxy|fiddler|portswigger|squid',
    'kaspersky|avast|avg (?:web|technologies)|eset ssl|bitdefender|norton|nod32|cato networks|iboss|menlo security|lightspeed|securly|contentkeeper',
    '(?:ssl|tls|https)[ -]?(?:inspect|intercept|decrypt|scan|proxy|visibility|forward)|(?:ssl|tls|web|secure)[ -]gateway|web proxy|man.in.the.middle',
    'inspection (?:ca|root|authority)|interception (?:ca|root)|gateway (?:root )?ca|swg\\b',
  ].join('|'),
  'i',
)
