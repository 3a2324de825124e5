import type { LabCase } from '../case.ts'
import { defineRecordCase } from '../record-case.ts'
import { forgeFinished } from '../record-edits.ts'

const AT_FINISHED = { cause: 'finished-mismatch', leg: 'upstream', stage: 'finished' } as const

/** Keys agree, the hashes of the handshake do not. */
export const finishedMismatch = defineRecordCase({
  id: 'finished-mismatch',
  summary: 'the server’s Finished is wrong (TLS 1.3)',
  expect: AT_FINISHED,
  makeEdit: forgeFinished,
})

/** TLS 1.2, where go answers by an encrypted alert. */
export const FINISHED_VARIANTS: readonly LabCase[] = [
  defineRecordCase({
    id: 'finished-mismatch/tls12',
    summary: 'the server’s Finished is wrong (TLS 1.2)',
    expect: AT_FINISHED,
    origin: { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' },
    makeEdit: forgeFinished,
  }),
]
