/** Lists of public roots besides what a client reads: whether its own list is what is wrong. */
import { rootCertificates } from 'node:tls'
import { loadRoots } from '../host/ca-store/load-roots.ts'
import type { LoadedRoots } from '../recorder/judge.ts'
import { readNames } from '../x509/names.ts'
import { decodeCertificates } from '../x509/pem.ts'
import { makeRootPool } from '../x509/root-pool.ts'
import { goRules } from '../x509/rules.ts'

/** The system's own list where a variable hides it, and the one that comes with Node. Read when a chain first ends nowhere. */
export function rememberPublic(env: NodeJS.ProcessEnv): NonNullable<LoadedRoots['publicRoots']> {
  let lists: ReturnType<NonNullable<LoadedRoots['publicRoots']>> | undefined
  return () => {
    lists ??= [...hiddenList(env), bundledList()]
    return lists
  }
}

/** The list that comes with Node. */
export function bundledList() {
  return { where: `the list that comes with Node ${process.versions.node}`, isHidden: false, pool: makeRootPool(bundledRoots()) }
}

/** The system's own list, where a setting hides it; [] where it is empty. @param settings their names, in words */
export function systemList(settings = '') {
  const usual = loadRoots({}, 'the system')
  if (usual === null || usual.certificates.length === 0) return []
  const where = `the system's own list${settings === '' ? '' : ` (in the place of ${settings})`}`
  return [{ where, isHidden: true, pool: makeRootPool(usual.certificates) }]
}

function hiddenList(env: NodeJS.ProcessEnv) {
  const settings = (['SSL_CERT_FILE', 'SSL_CERT_DIR'] as const).filter((name) => (env[name] ?? '') !== '')
  return settings.length === 0 ? [] : systemList(settings.join(' and '))
}

/** Whether one of these certificates has the name of a public root, as Node's list has them. */
export function holdsPublicRoots(certificates: readonly Uint8Array[]): boolean {
  publicNames ??= new Set(bundledRoots().map(nameOf))
  const names = publicNames
  return certificates.some((der) => names.has(nameOf(der)))
}

let publicNames: ReadonlySet<string> | undefined

function nameOf(der: Uint8Array): string {
  return Buffer.from(readNames(der)?.subject ?? new Uint8Array()).toString('hex')
}

function bundledRoots(): readonly Uint8Array[] {
  return rootCertificates.flatMap((pem) => decodeCertificates(Buffer.from(pem), goRules('1.26')))
}
