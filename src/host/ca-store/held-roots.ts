import { readdirSync } from 'node:fs'
import { readNames } from '../../x509/names.ts'
import { type LoadedPlace, loadFile } from './client-place.ts'
import type { ClientsMachine } from './clients.ts'

/** A file of this machine with certificates of one name, which go does not read as it is set up now. */
export interface HeldFile {
  /** Who reads it, or in whose folder it lies. */
  readonly client: string
  readonly path: string
  readonly kind: 'bundle' | 'anchors'
  /** The command that makes the distribution's list anew, for `anchors`. */
  readonly tool?: 'update-ca-certificates' | 'update-ca-trust'
  /** All that is in it, DER. */
  readonly certificates: readonly Uint8Array[]
}

/**
 * Look through lists that other clients were given by name, and through the distributions' folders of own CAs, for a root of this name.
 * Reads the disk, changes nothing, never throws.
 * @param rawName octets of the subject
 */
export function findHeldFiles(machine: ClientsMachine, rawName: Uint8Array): readonly HeldFile[] {
  const found = [...namedBundles(machine), ...anchorFiles(machine.platform)].filter(({ certificates }) => hasSubject(certificates, rawName))
  return found.filter(({ path }, at) => found.findIndex((other) => other.path === path) === at).slice(0, MOST_FILES)
}

/** One file, as a list that this client reads: [] where it has no root of this name. */
export function loadBundle(path: string, client: string, rawName: Uint8Array): readonly HeldFile[] {
  const held = asHeld(loadFile(path, client), { client, kind: 'bundle' })
  return hasSubject(held.certificates, rawName) ? [held] : []
}

/**
 * Certificates of this name in the same files that are not self-issued: intermediates. They add no trust; whether one leads to a trusted root is
 * for the verifier to say.
 */
export function findHeldIntermediates(machine: ClientsMachine, rawName: Uint8Array): readonly Uint8Array[] {
  const wanted = Buffer.from(rawName)
  return findHeldFiles(machine, rawName)
    .flatMap(({ certificates }) => certificates)
    .filter((der) => {
      const names = readNames(der)
      return names !== null && wanted.equals(names.subject) && !wanted.equals(names.issuer)
    })
}

const MOST_FILES = 4
/** More files than this are no folder of own CAs. */
const MOST_ENTRIES = 500

/** Names a file of the user's own for the search; whytls sets it for itself from `--trust`. */
export const TRUST_VARIABLE = 'WHYTLS_TRUST'

function namedBundles({ env, gitCaInfo }: ClientsMachine): readonly HeldFile[] {
  const named: readonly (readonly [client: string, path: string | null | undefined])[] = [
    ['your file (--trust)', env[TRUST_VARIABLE]],
    ['git (GIT_SSL_CAINFO)', env['GIT_SSL_CAINFO']],
    ['git (http.sslCAInfo)', gitCaInfo],
    ['curl (CURL_CA_BUNDLE)', env['CURL_CA_BUNDLE']],
    ['Node (NODE_EXTRA_CA_CERTS)', env['NODE_EXTRA_CA_CERTS']],
    ['Python (REQUESTS_CA_BUNDLE)', env['REQUESTS_CA_BUNDLE']],
  ]
  return named.flatMap(([client, path]) => (path ? [asHeld(loadFile(path, client), { client, kind: 'bundle' })] : []))
}

/** Folders in which a CA waits until the list is made anew. */
const ANCHORS = [
  { folder: '/usr/local/share/ca-certificates', tool: 'update-ca-certificates' },
  { folder: '/etc/pki/ca-trust/source/anchors', tool: 'update-ca-trust' },
  { folder: '/etc/pki/trust/anchors', tool: 'update-ca-certificates' },
  { folder: '/etc/ca-certificates/trust-source/anchors', tool: 'update-ca-trust' },
] as const

function anchorFiles(platform: string): readonly HeldFile[] {
  if (platform !== 'linux') return []
  return ANCHORS.flatMap(({ folder, tool }) =>
    listFolder(folder).map((path) => asHeld(loadFile(path, folder), { client: folder, kind: 'anchors', tool })),
  )
}

function listFolder(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(?:crt|pem|cer|der)$/i.test(name))
      .slice(0, MOST_ENTRIES)
      .map((name) => `${folder}/${name}`)
  } catch {
    return []
  }
}

function asHeld({ path, certificates }: LoadedPlace, parts: Pick<HeldFile, 'client' | 'kind' | 'tool'>): HeldFile {
  return { ...parts, path, certificates }
}

function hasSubject(certificates: readonly Uint8Array[], rawName: Uint8Array): boolean {
  const wanted = Buffer.from(rawName)
  return certificates.some((der) => wanted.equals(readNames(der)?.subject ?? new Uint8Array()))
}
