import type { LabCase } from '../case.ts'
import { defineRecordCase } from '../record-case.ts'
import { alterHello, damageRecord } from '../record-edits.ts'

/** A box turns over one bit of the server's certificate record. */
export const badRecordMac = defineRecordCase({
  id: 'bad-record-mac',
  summary: 'a box on the path damages the record of the certificate (TLS 1.3)',
  expect: { cause: 'bad-record-mac', leg: 'upstream', stage: 'certificate' },
  makeEdit: () => damageRecord('to-client', 1),
})

const AFTER = { cause: 'bad-record-mac', leg: 'upstream', stage: 'application-data', needsWitness: true } as const

/** Other records, both ways, both versions. */
export const DAMAGE_VARIANTS: readonly LabCase[] = [
  defineRecordCase({
    id: 'bad-record-mac/first',
    summary: 'a box damages the first encrypted record (TLS 1.3)',
    expect: { cause: 'bad-record-mac', leg: 'upstream', stage: 'server-hello' },
    makeEdit: () => damageRecord('to-client', 0),
  }),
  defineRecordCase({
    id: 'bad-record-mac/finished',
    summary: 'a box damages the record of the server’s Finished (TLS 1.3)',
    expect: { cause: 'bad-record-mac', leg: 'upstream', stage: 'finished' },
    makeEdit: () => damageRecord('to-client', 3),
  }),
  defineRecordCase({
    id: 'bad-record-mac/finished-tls12',
    summary: 'a box damages the record of the server’s Finished (TLS 1.2)',
    expect: { cause: 'bad-record-mac', leg: 'upstream', stage: 'finished' },
    origin: { maxVersion: 'TLSv1.2' },
    makeEdit: () => damageRecord('to-client', 0),
  }),
  defineRecordCase({
    id: 'bad-record-mac/client-finished-tls12',
    summary: 'a box damages the record of the client’s Finished (TLS 1.2)',
    expect: { cause: 'bad-record-mac', leg: 'upstream', stage: 'finished' },
    origin: { maxVersion: 'TLSv1.2' },
    makeEdit: () => damageRecord('to-server', 0),
  }),
  defineRecordCase({
    id: 'bad-record-mac/answer',
    summary: 'a box damages the answer to the first request (TLS 1.3, HTTP/1.1)',
    expect: AFTER,
    origin: { http: 'http/1.1' },
    makeEdit: () => damageRecord('to-client', 6),
  }),
  defineRecordCase({
    id: 'bad-record-mac/answer-h2',
    summary: 'a box damages a record behind the handshake (TLS 1.3, HTTP/2)',
    expect: AFTER,
    makeEdit: () => damageRecord('to-client', 7),
  }),
  defineRecordCase({
    id: 'bad-record-mac/answer-tls12',
    summary: 'a box damages the answer to the first request (TLS 1.2)',
    expect: AFTER,
    origin: { maxVersion: 'TLSv1.2', http: 'http/1.1' },
    makeEdit: () => damageRecord('to-client', 1),
  }),
  defineRecordCase({
    id: 'bad-record-mac/request',
    summary: 'a box damages the first request (TLS 1.3, HTTP/1.1)',
    expect: AFTER,
    origin: { http: 'http/1.1' },
    makeEdit: () => damageRecord('to-server', 1),
  }),
  defineRecordCase({
    id: 'bad-record-mac/other-hello',
    summary: 'a box changes the ClientHello, so that the two sides have other keys (TLS 1.3)',
    expect: { cause: 'bad-record-mac', leg: 'upstream', stage: 'server-hello' },
    makeEdit: () => () => alterHello(),
  }),
  defineRecordCase({
    id: 'bad-record-mac/other-hello-tls12',
    summary: 'a box changes the ClientHello, so that the two sides have other keys (TLS 1.2)',
    expect: { cause: 'bad-record-mac', leg: 'upstream', stage: 'finished' },
    origin: { maxVersion: 'TLSv1.2' },
    makeEdit: () => () => alterHello(),
  }),
]
