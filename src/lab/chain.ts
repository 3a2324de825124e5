/** From a recipe to certificates: mints all of them for one host and one moment, and says what the server sends and the client trusts. */
import { createHash, type KeyObject } from 'node:crypto'
import { type MintKey, mintCertificate, mintKey } from './mint.ts'
import { type CertificateRecipe, loadRecipe, type Recipe } from './recipe.ts'

/** Everything a TLS origin needs, and what a client needs to judge it. */
export interface MintedChain {
  /** DER, in the order in which the server sends them. */
  readonly sent: readonly Buffer[]
  /** SHA-256 of `sent`, lower-case hex. */
  readonly served: readonly string[]
  /** The leaf's private key; null when the recipe made none that can sign. */
  readonly key: KeyObject | null
  /** The client's root bundle as PEM. */
  readonly rootsPem: string
  /** Each minted certificate by its name in the recipe. */
  readonly byName: ReadonlyMap<string, Buffer>
}

/** Values for placeholders such as `{host}` in subjects, names and URLs. */
export type Placeholders = Readonly<Record<string, string>>

/** Mint all certificates of `certs/NAME.json` relative to `now`. */
export async function mintChain(name: string, now: Date, values: Placeholders): Promise<MintedChain> {
  const recipe = await loadRecipe(name)
  const keys = new Map(Object.entries(recipe.certificates).map(([id, one]) => [id, mintKey(one.key ?? 'P-256')]))
  const byName = new Map(Object.keys(recipe.certificates).map((id) => [id, mintNamed(recipe, id, keys, now, values)]))
  const sent = recipe.send.map((id) => named(byName, id))
  return {
    sent,
    served: sent.map((der) => createHash('sha256').update(der).digest('hex')),
    key: named(keys, 'leaf').privateKey,
    rootsPem: recipe.trust.map((id) => toPem(named(byName, id))).join(''),
    byName,
  }
}

/** One certificate as a PEM block (RFC 7468) with its line end. */
export function toPem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}

function mintNamed(recipe: Recipe, id: string, keys: ReadonlyMap<string, MintKey>, now: Date, values: Placeholders): Buffer {
  const own = filled(certificateOf(recipe, id), values)
  const issuer = filled(certificateOf(recipe, own.issuer), values)
  const issuerKey = named(keys, own.issuer)
  return mintCertificate(own, now, named(keys, id), { name: issuer.subject, key: issuerKey }, named(keys, own.signedBy ?? own.issuer))
}

function certificateOf(recipe: Recipe, id: string): CertificateRecipe {
  const found = recipe.certificates[id]
  if (found === undefined) throw new Error(`the recipe has no certificate named ${id}`)
  return found
}

function named<T>(map: ReadonlyMap<string, T>, id: string): T {
  const found = map.get(id)
  if (found === undefined) throw new Error(`the recipe has no certificate named ${id}`)
  return found
}

function filled(recipe: CertificateRecipe, values: Placeholders): CertificateRecipe {
  const fill = (text: string) => text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole)
  return {
    ...recipe,
    subject: fill(recipe.subject),
    ...(recipe.dnsNames && { dnsNames: recipe.dnsNames.map(fill) }),
    ...(recipe.caIssuers && { caIssuers: fill(recipe.caIssuers) }),
  }
}
