import { describe, expect, it } from 'vitest'
import { interpretClientRecords } from '../../src/handshake/client-answer.ts'
import { findSuiteParameters } from '../../src/tls/key-schedule.ts'

const SHA256 = 0x1301
const SHA384 = 0x1302
const SHORT_TAG = 0x1305

describe('interpretClientRecords', () => {
  it.each([
    [SHA256, [], 'none', false],
    [SHA256, [19], 'alert', false],
    [SHA256, [53], 'finished', false],
    [SHA384, [69, 134], 'finished', false],
    [SHA256, [69], 'unknown', false],
    [SHA256, [25], 'unknown', true],
    [SHA256, [25, 53], 'empty-certificate-and-finished', true],
    [SHA384, [25, 69, 87], 'empty-certificate-and-finished', true],
    [SHA256, [61], 'empty-certificate-and-finished', true],
    [SHORT_TAG, [11], 'alert', false],
    [SHORT_TAG, [45], 'finished', false],
    [SHA256, [437, 96, 53], 'finished', false],
    [SHA256, [437, 96], 'unknown', false],
  ] as const)('suite %i, lengths %j: %s, certificate asked for: %s', (id, lengths, answer, isCertificateRequested) => {
    const suite = findSuiteParameters(id)
    if (suite === undefined) throw new Error('a suite of TLS 1.3 is missing')
    expect(interpretClientRecords(lengths, suite)).toEqual({ answer, isCertificateRequested })
  })
})
