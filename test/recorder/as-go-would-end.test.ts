import { describe, expect, it } from 'vitest'
import { asGoWouldEnd } from '../../src/recorder/as-go-would-end.ts'
import { defect, transcript, verdict } from '../diagnosis/observation-builders.ts'
import { PASSED } from './session.ts'

const STAGES = ['client-hello', 'server-hello', 'certificate', 'key-exchange', 'finished'] as const
const WHOLE = transcript({
  ...PASSED,
  chain: [new Uint8Array([0x30, 0])],
  stages: STAGES.map((stage, at) => ({ stage, atMs: at, source: 'decrypted' })),
})

describe('a handshake that a probe carried to its end', () => {
  it('would have ended at the certificate with go, which refuses the chain', () => {
    const seen = asGoWouldEnd(WHOLE, verdict([defect('cert-expired')]))
    expect(seen).toMatchObject({ clientAnswer: 'alert', isComplete: false, pending: 'certificate' })
    expect(seen.stages.map(({ stage, atMs }) => [stage, atMs !== null])).toEqual([
      ['client-hello', true],
      ['server-hello', true],
      ['certificate', false],
      ['key-exchange', false],
      ['finished', false],
    ])
    expect(seen.chain).toBe(WHOLE.chain)
  })
  it.each([
    ['the chain is accepted', WHOLE, verdict([])],
    ['nothing could be judged', WHOLE, null],
    ['no chain came', transcript(PASSED), verdict([defect('cert-expired')])],
  ])('is left as it was where %s', (_when, seen, judged) => {
    expect(asGoWouldEnd(seen, judged)).toBe(seen)
  })
})
