/** Settings of this run that check less than they should. Pure. */
import type { Warning } from '../contract/diagnosis.ts'
import { shown } from '../diagnosis/captured.ts'

/** One warning for each; GOSUMDB=off is none of them, since it does not touch TLS. */
export function findInsecureSettings(
  env: Readonly<Record<string, string | undefined>>,
  goEnv: Readonly<Record<string, string | undefined>> | null,
): readonly Warning[] {
  const insecure = goEnv?.['GOINSECURE'] ?? env['GOINSECURE'] ?? ''
  const proxies = (goEnv?.['GOPROXY'] ?? env['GOPROXY'] ?? '').split(/[,|]/).map((entry) => entry.trim())
  return [
    ...(env['GIT_SSL_NO_VERIFY'] === undefined
      ? []
      : [
          said('GIT_SSL_NO_VERIFY is set, so git checks no certificate at all, whatever its value (take it away: unset GIT_SSL_NO_VERIFY)'),
        ]),
    ...(insecure === ''
      ? []
      : [
          said(
            `GOINSECURE=${shown(insecure)}: modules that match and are fetched directly are not checked; it changes nothing for GOPROXY`,
          ),
        ]),
    ...proxies
      .filter(isPlainHttp)
      .map((url) => said(`GOPROXY has ${shown(url)}: everybody on the way can read and change what comes from there`)),
    ...weakGodebug(env['GODEBUG'] ?? ''),
  ]
}

function said(text: string): Warning {
  return { code: 'insecure-setting', host: null, text }
}

function isPlainHttp(entry: string): boolean {
  if (!/^http:\/\//i.test(entry) || !URL.canParse(entry)) return false
  const { hostname } = new URL(entry)
  return hostname !== 'localhost' && hostname !== '[::1]' && !hostname.startsWith('127.')
}

function weakGodebug(godebug: string): readonly Warning[] {
  const found = godebug.split(',').filter((entry) => WEAK.some((one) => one === entry.trim()))
  return found.map((entry) => said(`GODEBUG=${shown(entry.trim())} lets go accept what it refuses by default`))
}

const WEAK = ['x509sha1=1', 'x509negativeserial=1', 'rsa1024min=0', 'tls3des=1', 'tlsrsakex=1', 'tlssha1=1', 'x509usepolicies=0']
