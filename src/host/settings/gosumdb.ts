/** What go makes of GOSUMDB. Pure. */
import type { Check } from '../../contract/document.ts'
import { check, insecure } from './check.ts'

/** @param value as `go env` prints it */
export function checkGosumdb(value: string): readonly Check[] {
  const [name = '', url = '', ...more] = value.trim().split(/\s+/)
  if (name === '') return []
  if (name === 'off') {
    return [
      insecure('GOSUMDB', 'off: modules are not compared with the checksum database', {
        advice: 'it does not touch TLS: GOPROXY is asked as strictly as before, and toolchain downloads fail by it',
        commands: ['go env -u GOSUMDB'],
      }),
    ]
  }
  if (more.length > 0) return [check('problem', 'GOSUMDB', `${value}: a name and a URL at most, says go`)]
  if (name.includes('+') && !VERIFIER.test(name)) {
    return [
      check('problem', 'GOSUMDB', `${name} is no verifier key: go refuses every module with "invalid GOSUMDB"`, {
        advice: 'write NAME+HASH+KEY as the database publishes it (8 hexadecimal digits, then base64), or a name that go knows',
      }),
    ]
  }
  if (url === '') return [check('fine', 'GOSUMDB', value)]
  if (!/^https?:\/\//.test(url)) return [check('problem', 'GOSUMDB', `${url} is no http or https URL`)]
  return [
    check('fine', 'GOSUMDB', value),
    check(
      'note',
      'GOSUMDB',
      'with a URL of its own the checksum database is asked there, never through GOPROXY: that host must be reachable',
    ),
  ]
}

/** golang.org/x/mod/sumdb/note: name, the first 4 octets of its hash, the key. */
const VERIFIER = /^[^+\s]+\+[0-9a-fA-F]{8}\+[A-Za-z0-9+/]+={0,2}$/
