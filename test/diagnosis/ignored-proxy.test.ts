/** A value of HTTPS_PROXY that go ignores, and a direct way that does not carry. */
import { expect, it } from 'vitest'
import { diagnose } from '../../src/diagnosis/diagnose.ts'
import type { Observation } from '../../src/diagnosis/observation.ts'
import { alert, transcript, trial, tried } from './observation-builders.ts'

const proxySetting = { variable: 'HTTPS_PROXY', value: 'http://%zz', reads: 'ignored-unparsable' } as const

function first(trials: Observation['trials'], parts: Partial<Observation> = {}): string | undefined {
  return diagnose(tried(trials ?? [], { proxySetting, ...parts }))[0]?.cause
}

const DEAD = [trial('unchanged', '- - -'), trial('no ML-KEM', '-', 300), trial('another server name', '-')]

it('is likely why, where the direct way dies whatever is sent', () => {
  const seen = tried(DEAD, { proxySetting })
  expect(diagnose(seen)[0]).toMatchObject({ cause: 'proxy-url-invalid', stage: 'proxy-connect', confidence: 'likely' })
})

it('is not, where the host answers something, or there is a proxy', () => {
  expect(first([trial('unchanged', '- - -'), trial('no ML-KEM', 'ok ok ok', 300)])).toBe('client-hello-too-large')
  expect(first(DEAD, { transcript: transcript({ alerts: [alert('server', 80, 'internal_error')] }) })).toBe('alert-internal-error')
  expect(first(DEAD, { route: [{ kind: 'http-proxy', address: 'gw.example:3128' }] })).toBe('peer-reset')
})
