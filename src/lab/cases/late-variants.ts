/** Ends and oddities behind a good ServerHello that look like other causes. */
import type { TLSSocket } from 'node:tls'
import type { LabCase } from '../case.ts'
import { defineClientCertificateCase } from '../client-certificate-case.ts'
import { defineHttpCase } from '../http-case.ts'
import { defineRecordCase } from '../record-case.ts'
import { damageRecord, forgeFinished, oversizeRecord } from '../record-edits.ts'

/** OpenSSL wants one of TLS 1.2 in the list too. */
const SUITE_128 = 'TLS_AES_128_GCM_SHA256:ECDHE-ECDSA-AES128-GCM-SHA256'
const SUITE_CHACHA = 'TLS_CHACHA20_POLY1305_SHA256:ECDHE-ECDSA-CHACHA20-POLY1305'

export const LATE_VARIANTS: readonly LabCase[] = [
  defineRecordCase({
    id: 'record-oversized/tls13',
    summary: 'a record longer than TLS 1.3 allows, though not than TLS 1.2 does',
    expect: { cause: 'record-oversized', leg: 'upstream', stage: 'certificate' },
    makeEdit: () => oversizeRecord(1, 16_896),
  }),
  defineRecordCase({
    id: 'bad-record-mac/hello-retry',
    summary: 'a box damages the certificate behind a HelloRetryRequest',
    expect: { cause: 'bad-record-mac', leg: 'upstream', stage: 'certificate' },
    origin: { groups: 'P-384' },
    makeEdit: () => damageRecord('to-client', 1),
  }),
  defineRecordCase({
    id: 'bad-record-mac/chacha',
    summary: 'a box damages the certificate under ChaCha20',
    expect: { cause: 'bad-record-mac', leg: 'upstream', stage: 'certificate' },
    origin: { ciphers: SUITE_CHACHA },
    makeEdit: () => damageRecord('to-client', 1),
  }),
  defineRecordCase({
    id: 'finished-mismatch/hello-retry',
    summary: 'the server’s Finished is wrong behind a HelloRetryRequest',
    expect: { cause: 'finished-mismatch', leg: 'upstream', stage: 'finished' },
    origin: { groups: 'P-384', ciphers: SUITE_128 },
    makeEdit: forgeFinished,
  }),
  defineRecordCase({
    id: 'finished-mismatch/http1-tls12',
    summary: 'the server’s Finished is wrong and nothing says that go needed the connection (TLS 1.2, HTTP/1.1)',
    expect: { cause: 'finished-mismatch', leg: 'upstream', stage: 'finished', needsWitness: true },
    origin: { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256', http: 'http/1.1' },
    makeEdit: forgeFinished,
  }),
  defineClientCertificateCase({
    id: 'client-cert-required/reset',
    summary: 'a client certificate is wanted, and its absence answered by a reset (TLS 1.2)',
    version: 'TLSv1.2',
    stage: 'finished',
    endsBy: 'reset',
  }),
  defineHttpCase({
    id: 'peer-closed/close-notify',
    summary: 'close_notify instead of an answer to the first request (TLS 1.3)',
    http: 'http/1.1',
    expect: { cause: 'peer-closed', leg: 'upstream', stage: 'application-data', needsWitness: true },
    answer: (request) => void (request.socket as Partial<TLSSocket>).end?.(),
  }),
]
