import { serverFix } from '../fixes.ts'
import { httpCause } from '../http-cause.ts'
import { targetName } from '../proxy-cause.ts'

/** 400; behind a CertificateRequest it often means a missing client certificate. */
export const http400 = httpCause({
  id: 'http-400',
  meaning: 'TLS is fine; the server answered 400',
  recognise: ({ status }) => status === 400,
  words: ({ askedForCertificate }, seen) => ({
    title: `TLS is fine; ${targetName(seen)} answered 400 Bad Request`,
    why: askedForCertificate
      ? 'In the handshake the server asked for a client certificate and go has none; nginx and others then answer 400.'
      : 'The server did not take the request. Some servers answer so when a client certificate is missing.',
    fixes: [serverFix(seen, "look into the server's log for this request")],
    alsoPossible: askedForCertificate ? [{ cause: 'client-cert-required', confidence: 'likely', test: 'whytls show --full' }] : [],
  }),
})
