/** Certificate recipes: the data in `certs/*.json`, read and checked. What each field means stands in `certs/README.md`. */
import { readFile } from 'node:fs/promises'

export const KEY_KINDS = ['P-256', 'P-224', 'RSA-1000', 'RSA-1024', 'RSA-2048', 'RSA-8208', 'RSA-PSS', 'Ed25519', 'Ed448'] as const
export type KeyKind = (typeof KEY_KINDS)[number]

/** An extension given by its octets, for what no ordinary CA would write. */
export interface RawExtension {
  readonly oid: string
  readonly critical: boolean
  /** The extension's value in hex, without the OCTET STRING around it. */
  readonly value: string
}

/** One certificate, relative to a time and a host that are put in when it is minted. */
export interface CertificateRecipe {
  /** Distinguished name, as "O=Whytls Lab, CN={host}". */
  readonly subject: string
  /** Name in the recipe of the certificate whose subject and key it is issued by; its own name = self-signed. */
  readonly issuer: string
  /** Whose key really signs, when not the issuer's. */
  readonly signedBy?: string
  /** Start and end relative to now: "-3d", "+90d", "-2h". */
  readonly validity: readonly [string, string]
  readonly key?: KeyKind
  readonly hash?: 'sha256' | 'sha1' | 'md5'
  readonly serial?: 'positive' | 'negative'
  readonly dnsNames?: readonly string[]
  readonly ipAddresses?: readonly string[]
  /** Absent = no basicConstraints at all. */
  readonly ca?: boolean
  readonly pathLength?: number
  readonly keyUsage?: readonly string[]
  readonly extKeyUsage?: readonly string[]
  /** URL of the issuer's certificate (authorityInfoAccess, caIssuers). */
  readonly caIssuers?: string
  readonly permittedDnsNames?: readonly string[]
  readonly extensions?: readonly RawExtension[]
  /** What is broken by hand after signing. */
  readonly damage?: 'signature' | 'garbage'
}

export interface Recipe {
  readonly about: string
  readonly certificates: Readonly<Record<string, CertificateRecipe>>
  /** Names of the certificates that the server sends, in this order. */
  readonly send: readonly string[]
  /** Names of the certificates in the client's root bundle. */
  readonly trust: readonly string[]
}

/** Load `certs/NAME.json` with everything that it `extends`. @throws Error naming the file and the field that is wrong */
export async function loadRecipe(name: string): Promise<Recipe> {
  const merged = await loadMerged(name)
  const certificates = Object.fromEntries(
    Object.entries(table(merged['certificates'], `${name}: certificates`)).map(([id, value]) => [
      id,
      decodeCertificate(table(value, id), `${name}: ${id}`),
    ]),
  )
  return {
    about: text(merged['about'], `${name}: about`),
    certificates,
    send: texts(merged['send'], `${name}: send`),
    trust: texts(merged['trust'], `${name}: trust`),
  }
}

type Table = Readonly<Record<string, unknown>>

async function loadMerged(name: string): Promise<Table> {
  // Both src/lab/ and dist/cli/ lie two folders below the project root.
  const file = new URL(`../../certs/${name}.json`, import.meta.url)
  const own = table(JSON.parse(await readFile(file, 'utf8')), name)
  if (own['extends'] === undefined) return own
  return merge(await loadMerged(text(own['extends'], `${name}: extends`)), own)
}

/** Tables are merged field by field, null takes a field away, everything else replaces. */
function merge(base: Table, over: Table): Table {
  const result: Record<string, unknown> = { ...base }
  for (const [field, value] of Object.entries(over)) {
    if (value === null) delete result[field]
    else result[field] = isTable(value) && isTable(result[field]) ? merge(result[field], value) : value
  }
  return result
}

function decodeCertificate(from: Table, where: string): CertificateRecipe {
  const known: Record<keyof CertificateRecipe, (value: unknown, at: string) => unknown> = FIELDS
  for (const [field, value] of Object.entries(from)) {
    const check = Object.entries(known).find(([name]) => name === field)?.[1]
    if (check === undefined) throw new Error(`${where}: unknown field ${field}`)
    check(value, `${where}.${field}`)
  }
  for (const needed of ['subject', 'issuer', 'validity']) {
    if (from[needed] === undefined) throw new Error(`${where}: ${needed} is missing`)
  }
  return from as unknown as CertificateRecipe // every field was checked just above
}

const FIELDS: Record<keyof CertificateRecipe, (value: unknown, at: string) => unknown> = {
  subject: text,
  issuer: text,
  signedBy: text,
  validity: pair,
  key: oneOf(KEY_KINDS),
  hash: oneOf(['sha256', 'sha1', 'md5']),
  serial: oneOf(['positive', 'negative']),
  dnsNames: texts,
  ipAddresses: texts,
  ca: flag,
  pathLength: count,
  keyUsage: texts,
  extKeyUsage: texts,
  caIssuers: text,
  permittedDnsNames: texts,
  extensions: rawExtensions,
  damage: oneOf(['signature', 'garbage']),
}

function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function table(value: unknown, at: string): Table {
  if (!isTable(value)) throw new Error(`${at}: an object is wanted`)
  return value
}

function text(value: unknown, at: string): string {
  if (typeof value !== 'string') throw new Error(`${at}: a string is wanted`)
  return value
}

function texts(value: unknown, at: string): readonly string[] {
  if (!Array.isArray(value)) throw new Error(`${at}: a list of strings is wanted`)
  return value.map((item) => text(item, at))
}

function pair(value: unknown, at: string): readonly string[] {
  const both = texts(value, at)
  if (both.length !== 2) throw new Error(`${at}: two times are wanted, as ["-3d", "+90d"]`)
  return both
}

function flag(value: unknown, at: string): boolean {
  if (typeof value !== 'boolean') throw new Error(`${at}: true or false is wanted`)
  return value
}

function count(value: unknown, at: string): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0) throw new Error(`${at}: a count is wanted`)
  return value
}

function oneOf(words: readonly string[]): (value: unknown, at: string) => string {
  return (value, at) => {
    if (words.includes(text(value, at))) return text(value, at)
    throw new Error(`${at}: one of ${words.join(', ')} is wanted`)
  }
}

function rawExtensions(value: unknown, at: string): void {
  if (!Array.isArray(value)) throw new Error(`${at}: a list is wanted`)
  for (const item of value) {
    const { oid, critical, value: octets } = table(item, at)
    text(oid, `${at}.oid`)
    flag(critical, `${at}.critical`)
    if (!/^([0-9a-f]{2})*$/.test(text(octets, `${at}.value`))) throw new Error(`${at}.value: hex octets are wanted`)
  }
}
