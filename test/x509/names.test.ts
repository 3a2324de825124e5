import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readNames } from '../../src/x509/names.ts'

describe('the raw names of a certificate', () => {
  it('are those that openssl made', () => {
    const made = [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-keyout',
      '/dev/null',
      '-subj',
      '/CN=names.example',
    ]
    const der = new X509Certificate(execFileSync('openssl', made, { stdio: ['ignore', 'pipe', 'ignore'] })).raw
    const names = readNames(der)
    expect(Buffer.from(names?.subject ?? []).toString('latin1')).toContain('names.example')
    expect(names?.subject[0]).toBe(0x30)
    expect(names?.issuer).toEqual(names?.subject)
    for (let end = 0; end < der.length; end++) expect(readNames(der.subarray(0, end))).toBeNull()
  })

  it('are null or lie inside the octets, whatever these are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (octets) => {
        const names = readNames(octets)
        expect(names === null || names.subject.byteLength <= octets.length).toBe(true)
      }),
      { numRuns: 3_000 },
    )
  })
})
