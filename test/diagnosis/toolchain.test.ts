import { describe, expect, it } from 'vitest'
import { diagnose } from '../../src/diagnosis/diagnose.ts'
import { readGoErrors } from '../../src/diagnosis/witness.ts'
import { completed, observation } from './observation-builders.ts'

const LINE = 'go: download go1.99.0 for linux/amd64: toolchain not available'

function heard(stderr: string) {
  const [error] = readGoErrors(stderr)
  return error ?? expect.fail('go said nothing of a request')
}

describe('a toolchain that go could not fetch', () => {
  it('is not at the mirror, where every answer was 404 or 410', () => {
    const witness = heard(`go: downloading go1.99.0 (linux/amd64)\n${LINE}\n`)
    const [finding] = diagnose(observation({ ...completed(), outcome: 'failed', witness }))
    expect(finding).toMatchObject({ cause: 'http-404', stage: 'application-data', confidence: 'high' })
    expect(finding?.explanation.title).toContain('has no toolchain go1.99.0 for linux/amd64')
  })
  it.each([
    ['the mirror', 'https://modproxy.example/golang.org/toolchain/@v/v0.0.1-go1.99.0.linux-amd64.zip', 'modproxy.example'],
    ['the checksum database', 'https://sums.example/lookup/golang.org/toolchain@v0.0.1-go1.99.0.linux-amd64', 'sums.example'],
  ])('through the TLS of %s is heard with its host and module', (_whose, url, host) => {
    const module = 'golang.org/toolchain@v0.0.1-go1.99.0.linux-amd64'
    const line = `go: download go1.99.0: ${module}: verifying module: ${module}: Get "${url}": tls: failed to verify certificate: x509: certificate signed by unknown authority`
    expect(heard(line)).toMatchObject({ kind: 'get', host, module, text: expect.stringMatching(/^tls: failed to verify/) })
  })
})
