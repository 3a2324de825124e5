/** A TLS origin on Node's own TLS and HTTP: sound, or limited in versions, suites or by demanding a client certificate. */
import type { KeyObject } from 'node:crypto'
import { createSecureServer } from 'node:http2'
import type { SecureVersion } from 'node:tls'
import { toPem } from './chain.ts'
import { type Listening, listenOnLoopback } from './listener.ts'
import { type AnyRequest, type AnyResponse, type Responder, respondAsModuleProxy, sendReply } from './module-server.ts'

export interface TlsOriginOptions {
  readonly sent: readonly Buffer[]
  readonly key: KeyObject
  readonly minVersion?: SecureVersion
  readonly maxVersion?: SecureVersion
  /** OpenSSL cipher list for TLS 1.2 and older. */
  readonly ciphers?: string
  /** Offered protocols; both by default. */
  readonly http?: 'h2' | 'http/1.1' | 'both'
  /** PEM of the authority that client certificates must come from; set = one is demanded. */
  readonly clientAuthority?: string
  /** Fills the response itself, when a `respond` cannot say what should go wrong. */
  readonly handler?: (request: AnyRequest, response: AnyResponse) => void
  readonly respond?: Responder
}

/** Bring a TLS origin up. OpenSSL's security level is 0, so that weak and old things can be served at all.
 *  @param address 127.0.0.1 unless said */
export function startTlsOrigin(options: TlsOriginOptions, port: number, address?: string): Promise<Listening> {
  const respond = options.respond ?? respondAsModuleProxy
  const handler = options.handler ?? ((request: AnyRequest, response: AnyResponse) => sendReply(response, respond(request.url ?? '/')))
  const http = options.http ?? 'both'
  const server = createSecureServer(
    {
      cert: options.sent.map(toPem).join(''),
      key: options.key.export({ type: 'pkcs8', format: 'pem' }),
      ciphers: `${options.ciphers ?? 'DEFAULT'}:@SECLEVEL=0`,
      minVersion: options.minVersion ?? 'TLSv1.2',
      maxVersion: options.maxVersion ?? 'TLSv1.3',
      allowHTTP1: true,
      ALPNProtocols: http === 'both' ? ['h2', 'http/1.1'] : [http],
      ...(options.clientAuthority !== undefined && { requestCert: true, rejectUnauthorized: true, ca: options.clientAuthority }),
    },
    handler,
  )
  server.on('tlsClientError', () => {})
  server.on('sessionError', () => {})
  return listenOnLoopback(server, port, address)
}
