import { expect, it } from 'vitest'
import type { Observation } from '../../src/diagnosis/observation.ts'
import { trialCommand } from '../../src/diagnosis/trial.ts'

const seen = (host: string, port: number, godebug = '', version = '1.26.8') =>
  ({ target: { host, port, address: null }, go: { version, isKnown: true, godebug } }) as unknown as Observation // the rest is not read

it('a trial keeps the settings of GODEBUG that are there and changes one', () => {
  expect(trialCommand('no-common-cipher', seen('mods.example', 443, 'http2client=0'))).toBe(
    'env GODEBUG=http2client=0,tlsrsakex=1,tls3des=1 go mod download',
  )
})

it('go 1.27 is not given a setting at which it ends', () => {
  expect(trialCommand('no-common-cipher', seen('mods.example', 443, '', '1.27.4'))).toBe('whytls probe mods.example --bisect')
})

it('what a changed ClientHello decides is asked of whytls itself, at the same host and port', () => {
  expect(trialCommand('client-hello-too-large', seen('mods.example', 443))).toBe('whytls probe mods.example --bisect')
  expect(trialCommand('sni-filtered', seen('mods.example', 443))).toBe('whytls probe mods.example --bisect')
  expect(trialCommand('tls13-intolerant', seen('mods.example', 8443))).toBe('whytls probe mods.example:8443 --bisect')
})

it('a captured host that is no host becomes a placeholder', () => {
  expect(trialCommand('sni-filtered', seen('$(reboot)', 443))).toBe('whytls probe HOST --bisect')
})
