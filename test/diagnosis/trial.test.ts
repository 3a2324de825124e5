import { expect, it } from 'vitest'
import type { Observation } from '../../src/diagnosis/observation.ts'
import { trialCommand } from '../../src/diagnosis/trial.ts'

const seen = (host: string, port: number, godebug = '') =>
  ({ target: { host, port, address: null }, go: { version: '1.26.8', isKnown: true, godebug } }) as unknown as Observation // the rest is not read

it('a trial keeps the settings of GODEBUG that are there and changes one', () => {
  expect(trialCommand('client-hello-too-large', seen('mods.example', 443, 'http2client=0'))).toBe(
    'env GODEBUG=http2client=0,tlsmlkem=0 go mod download',
  )
  expect(trialCommand('no-common-cipher', seen('mods.example', 443))).toBe('env GODEBUG=tlsrsakex=1,tls3des=1 go mod download')
})

it('a trial of the server name connects to the same host and port', () => {
  expect(trialCommand('sni-filtered', seen('mods.example', 443))).toBe('openssl s_client -brief -noservername -connect mods.example:443')
  expect(trialCommand('tls13-intolerant', seen('mods.example', 8443))).toBe(
    'openssl s_client -brief -tls1_2 -servername mods.example -connect mods.example:8443',
  )
})

it('a captured host that is no host becomes a placeholder', () => {
  expect(trialCommand('sni-filtered', seen('$(reboot)', 443))).toBe('openssl s_client -brief -noservername -connect HOST:443')
})
