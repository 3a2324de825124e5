/** Further ways to the same causes, and sound worlds that look odd. Their ids are CAUSE/WAY. */
import type { LabCase } from '../case.ts'
import { defineCertificateCase, defineRawCertificateCase } from '../certificate-case.ts'
import { defineClientCertificateCase } from '../client-certificate-case.ts'
import { defineH2RefusedCase } from '../h2-refused-case.ts'
import { defineHttpCase, defineStatusCase } from '../http-case.ts'
import { sendReply } from '../module-server.ts'
import { defineParentCase } from '../parent-case.ts'
import { tunnelToLoopback } from '../parent-proxy.ts'
import { record } from '../raw-messages.ts'
import { defineTcpCase } from '../tcp-case.ts'
import { ANSWER_VARIANTS } from './answer-variants.ts'
import { DAMAGE_VARIANTS } from './bad-record-mac.ts'
import { defineTruncatedCase } from './body-truncated.ts'
import { CLOCK_VARIANTS } from './clock-variants.ts'
import { FINISHED_VARIANTS } from './finished-mismatch.ts'
import { LARGE_VARIANTS } from './handshake-message-too-large.ts'
import { HELLO_VARIANTS } from './hello-variants.ts'
import { INSPECTION_VARIANTS } from './inspection-variants.ts'
import { SIGNATURE_VARIANTS } from './key-mismatch.ts'
import { LATE_VARIANTS } from './late-variants.ts'
import { MIDDLEBOX_VARIANTS } from './middlebox-variants.ts'
import { PARENT_VARIANTS } from './parent-variants.ts'
import { PORTAL_VARIANTS } from './portal-variants.ts'
import { RENEGOTIATION_VARIANTS } from './renegotiation-refused.ts'
import { STRICT_VARIANTS } from './strict-variants.ts'

const NOTHING = { cause: 'ok', leg: null, stage: null } as const

export const LAB_VARIANTS: readonly LabCase[] = [
  ...PARENT_VARIANTS,
  ...MIDDLEBOX_VARIANTS,
  defineCertificateCase({ id: 'ok/tls12', summary: 'TLS 1.2 only', recipe: 'ok', expect: NOTHING, origin: { maxVersion: 'TLSv1.2' } }),
  defineCertificateCase({ id: 'ok/http1', summary: 'HTTP/1.1 only', recipe: 'ok', expect: NOTHING, origin: { http: 'http/1.1' } }),
  defineCertificateCase({
    id: 'ok/stray',
    summary: 'stray and duplicate certificates in the chain',
    recipe: 'stray-and-duplicate',
    expect: NOTHING,
  }),
  defineCertificateCase({
    id: 'ok/stray-tls12',
    summary: 'stray and duplicate certificates in the chain, TLS 1.2',
    recipe: 'stray-and-duplicate',
    expect: NOTHING,
    origin: { maxVersion: 'TLSv1.2' },
  }),
  defineParentCase({ id: 'ok/parent', summary: 'through a sound parent proxy', behaviour: tunnelToLoopback, expect: NOTHING }),
  ...CLOCK_VARIANTS,
  certificateTls12('cert-expired'),
  certificateTls12('unknown-authority'),
  certificateTls12('cert-name-mismatch'),
  defineRawCertificateCase({
    id: 'cert-malformed/tls12',
    summary: 'one extension twice, TLS 1.2',
    recipe: 'cert-malformed',
    version: '1.2',
    expect: at('cert-malformed'),
  }),
  defineRawCertificateCase({
    id: 'cert-malformed/san',
    summary: 'an IP SAN of three octets',
    recipe: 'cert-malformed-san',
    expect: at('cert-malformed'),
  }),
  defineRawCertificateCase({
    id: 'cert-malformed/garbage',
    summary: 'octets that are no certificate',
    recipe: 'cert-garbage',
    expect: at('cert-malformed'),
  }),
  defineCertificateCase({
    id: 'cert-expired/stray',
    summary: 'stray and duplicate certificates, and the leaf ended three days ago',
    recipe: 'stray-and-expired',
    expect: at('cert-expired'),
  }),
  defineCertificateCase({
    id: 'cert-expired/stray-tls12',
    summary: 'stray and duplicate certificates, and the leaf ended three days ago, TLS 1.2',
    recipe: 'stray-and-expired',
    expect: at('cert-expired'),
    origin: { maxVersion: 'TLSv1.2' },
  }),
  defineRawCertificateCase({
    id: 'cert-malformed/garbage-tls12',
    summary: 'octets that are no certificate, TLS 1.2',
    recipe: 'cert-garbage',
    version: '1.2',
    expect: at('cert-malformed'),
  }),
  defineRawCertificateCase({
    id: 'chain-order/tls12',
    summary: 'the intermediate first, TLS 1.2',
    recipe: 'chain-order',
    version: '1.2',
    expect: at('chain-order'),
  }),
  defineRawCertificateCase({
    id: 'unsupported-public-key/rsa-pss',
    summary: 'an RSA-PSS key',
    recipe: 'rsa-pss-key',
    expect: at('unsupported-public-key'),
  }),
  defineCertificateCase({
    id: 'weak-rsa-key/leaf',
    summary: 'the leaf has an RSA key of 1000 bits',
    recipe: 'weak-rsa-leaf',
    refusedSince: '1.24',
    expect: { cause: 'weak-rsa-key', leg: 'upstream', stage: 'key-exchange' },
  }),
  defineClientCertificateCase({
    id: 'client-cert-required/tls12',
    summary: 'a client certificate is wanted (TLS 1.2)',
    version: 'TLSv1.2',
    stage: 'finished',
  }),
  defineClientCertificateCase({
    id: 'client-cert-required/http1',
    summary: 'a client certificate is wanted (TLS 1.3, HTTP/1.1)',
    version: 'TLSv1.3',
    stage: 'application-data',
    http: 'http/1.1',
  }),
  defineTcpCase({
    id: 'server-version-too-old/server-hello',
    summary: 'the server answers with a ServerHello of TLS 1.1',
    expect: { cause: 'server-version-too-old', leg: 'upstream', stage: 'server-hello' },
    behaviour: {
      onFirstBytes: (socket) =>
        socket.write(record(22, Buffer.concat([Buffer.from([2, 0, 0, 38, 3, 2]), Buffer.alloc(32, 9), Buffer.from([0, 0xc0, 9, 0])]))),
    },
  }),
  defineTcpCase({
    id: 'peer-closed/in-record',
    summary: 'the connection is closed inside the first record',
    expect: { cause: 'peer-closed', leg: 'upstream', stage: 'server-hello' },
    behaviour: { onFirstBytes: (socket) => socket.end(Buffer.from([22, 3, 3, 0, 90, 2, 0])) },
  }),
  defineTruncatedCase('body-truncated/h2', 'the stream of the module’s zip is reset', 'h2'),
  defineRawCertificateCase({
    id: 'peer-closed/after-server-hello',
    summary: 'the connection is closed behind the ServerHello (TLS 1.2)',
    recipe: 'ok',
    version: '1.2',
    stop: 'fin',
    expect: at('peer-closed'),
  }),
  defineRawCertificateCase({
    id: 'peer-silent/after-server-hello',
    summary: 'nothing comes behind the ServerHello (TLS 1.2)',
    recipe: 'ok',
    version: '1.2',
    stop: 'silence',
    expect: at('peer-silent'),
    takesMs: 10_000,
  }),
  defineHttpCase({
    id: 'peer-closed/after-handshake',
    summary: 'the connection is closed instead of an answer to the first request',
    http: 'http/1.1',
    expect: { cause: 'peer-closed', leg: 'upstream', stage: 'application-data', needsWitness: true },
    answer: (request) => setTimeout(() => request.socket.destroy(), 100), // behind the session tickets
  }),
  ...SIGNATURE_VARIANTS,
  ...INSPECTION_VARIANTS,
  ...LATE_VARIANTS,
  ...DAMAGE_VARIANTS,
  ...FINISHED_VARIANTS,
  ...LARGE_VARIANTS,
  ...RENEGOTIATION_VARIANTS,
  ...STRICT_VARIANTS,
  ...PORTAL_VARIANTS,
  defineH2RefusedCase(
    'http2-refused/endless',
    'the server ends every HTTP/2 connection without an error: go comes back for ever and says nothing',
    { frame: 'GOAWAY', lastStream: 0, errorCode: 0 },
  ),
  defineH2RefusedCase('http2-refused/endless-reset', 'the server resets every HTTP/2 stream with PROTOCOL_ERROR: go asks again for ever', {
    frame: 'RST_STREAM',
    errorCode: 1,
  }),
  defineStatusCase('http-4xx/teapot', 'the server answers 418', 418, 'short and stout'),
  defineHttpCase({
    id: 'http-other/no-content',
    summary: 'the server answers 204',
    answer: (_request, response) => sendReply(response, { status: 204, headers: {}, body: Buffer.alloc(0) }),
    expect: { cause: 'http-other', leg: 'upstream', stage: 'application-data', needsWitness: true },
  }),
  defineTcpCase({
    id: 'peer-closed/close-notify-handshake',
    summary: 'close_notify comes instead of a ServerHello',
    expect: { cause: 'peer-closed', leg: 'upstream', stage: 'client-hello' },
    behaviour: { onFirstBytes: (socket) => socket.end(record(21, Buffer.from([1, 0]))) },
  }),
  ...HELLO_VARIANTS,
  ...ANSWER_VARIANTS,
  defineCertificateCase({
    id: 'root-expired/sent',
    summary: 'the trusted root ended nine days ago, and the server sends it too',
    recipe: 'root-expired-sent',
    expect: at('root-expired'),
  }),
]

function at(cause: string): LabCase['expect'] {
  return { cause, leg: 'upstream', stage: 'certificate' }
}

function certificateTls12(cause: string): LabCase {
  return defineCertificateCase({
    id: `${cause}/tls12`,
    summary: `${cause} in TLS 1.2, where the chain is readable`,
    recipe: cause,
    expect: at(cause),
    origin: { maxVersion: 'TLSv1.2' },
  })
}
