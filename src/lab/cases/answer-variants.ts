/** Answers behind a good handshake that other servers than ours give. */
import type { LabCase } from '../case.ts'
import { defineHttpCase } from '../http-case.ts'
import { respondAsModuleProxy, sendReply, textReply } from '../module-server.ts'
import { packZip } from '../zip.ts'

const BEHIND_TLS = { leg: 'upstream', stage: 'application-data', needsWitness: true } as const

export const ANSWER_VARIANTS: readonly LabCase[] = [
  defineHttpCase({
    id: 'redirect-loop/relative',
    summary: 'the server redirects to itself by a path alone',
    expect: { cause: 'redirect-loop', ...BEHIND_TLS },
    answer: (request, response) => sendReply(response, textReply(302, 'this way', { location: request.url ?? '/' })),
  }),
  defineHttpCase({
    id: 'invalid-module-response/foreign-zip',
    summary: 'the zip is that of another module',
    expect: { cause: 'invalid-module-response', ...BEHIND_TLS },
    answer: (request, response) => {
      const path = request.url ?? '/'
      const zip = { status: 200, headers: { 'content-type': 'application/zip' }, body: FOREIGN_ZIP }
      sendReply(response, path.endsWith('.zip') ? zip : respondAsModuleProxy(path))
    },
  }),
  defineHttpCase({
    id: 'http-404/toolchain',
    summary: 'the mirror has no toolchain of the version that is asked for',
    expect: { cause: 'http-404', ...BEHIND_TLS },
    env: { GOTOOLCHAIN: 'go1.99.0' },
    answer: (_request, response) => sendReply(response, textReply(404, 'not here')),
  }),
  ...(['h2', 'http/1.1'] as const).map((http) =>
    defineHttpCase({
      id: http === 'h2' ? 'client-cert-required/http-400' : 'client-cert-required/http-400-http1',
      summary: `the server asks for a client certificate, does without in the handshake, and answers 400 (${http})`,
      expect: { cause: 'client-cert-required', ...BEHIND_TLS },
      asksForCertificate: true,
      http,
      answer: (_request, response) => sendReply(response, textReply(400, 'No required SSL certificate was sent')),
    }),
  ),
]

const FOREIGN_ZIP = packZip([{ name: 'other.test/module@v1.0.0/go.mod', content: Buffer.from('module other.test/module\n') }])
