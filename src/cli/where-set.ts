/** Files that set a variable, for causes: read when a connection failed, and remembered while the value stays. */
import type { RootsFacts, SettingPlace } from '../diagnosis/observation.ts'
import { findWhereSet } from '../host/setting-places.ts'

/** Look a variable with this value up in the profiles of this machine; the value itself is not handed on. */
export function whereSet(variable: string, value: string): readonly SettingPlace[] {
  const key = `${variable}=${value}`
  const found = KNOWN.get(key) ?? findWhereSet(variable, value).map(({ path, line }) => ({ path, line }))
  if (KNOWN.size > MOST) KNOWN.clear()
  KNOWN.set(key, found)
  return found
}

/** Where the variables that name a client's roots are set; empty where neither is set, or no file is known. */
export function whereRootsAreSet({ sslCertFile, sslCertDir }: RootsFacts): Pick<RootsFacts, 'setAt'> {
  const file = whereSet('SSL_CERT_FILE', sslCertFile)
  const folder = whereSet('SSL_CERT_DIR', sslCertDir)
  if (file.length + folder.length === 0) return {}
  return { setAt: { ...(file.length === 0 ? {} : { SSL_CERT_FILE: file }), ...(folder.length === 0 ? {} : { SSL_CERT_DIR: folder }) } }
}

const KNOWN = new Map<string, readonly SettingPlace[]>()
const MOST = 64
