/** A TLS origin on Node's own TLS and HTTP: sound, or limited in versions, suites or by demanding a client certificate. */
import type { KeyObject } from 'node:crypto'
import { createSecureServer } from 'node:http2'
import { createServer } from 'node:https'
import type { SecureContext, SecureVersion, TlsOptions } from 'node:tls'
import { toPem } from './chain.ts'
import { type Listening, listenOnLoopback } from './listener.ts'
import { type AnyRequest, type AnyResponse, type Responder, respondAsModuleProxy, sendReply } from './module-server.ts'

export interface TlsOriginOptions {
  readonly sent: readonly Buffer[]
  readonly key: KeyObject
  readonly minVersion?: SecureVersion
  readonly maxVersion?: SecureVersion
  /** OpenSSL cipher list for TLS 1.2 and older; names of TLS 1.3 suites are taken too. */
  readonly ciphers?: string
  /** OpenSSL list of key exchange groups. */
  readonly groups?: string
  /** ALPN names that it takes, in the place of those of HTTP; a client that offers others is refused by alert 120. */
  readonly protocols?: readonly string[]
  /** Offered protocols; both by default. */
  readonly http?: 'h2' | 'http/1.1' | 'both' | undefined
  /** PEM of the authority that client certificates must come from; set = one is demanded. */
  readonly clientAuthority?: string
  /** A client certificate is asked for, and its lack does not end the handshake. */
  readonly asksForCertificate?: true
  /** Fills the response itself, when a `respond` cannot say what should go wrong. */
  readonly handler?: (request: AnyRequest, response: AnyResponse) => void
  readonly respond?: Responder
  /** Chooses the certificate by the server name; undefined = `sent`. */
  readonly chooseContext?: (name: string, answer: (error: Error | null, context?: SecureContext) => void) => void
  /** One NSS key log line of a session. */
  readonly onKeyLog?: (line: string) => void
}

/** Bring a TLS origin up. OpenSSL's security level is 0, so that weak and old things can be served at all.
 *  @param address 127.0.0.1 unless said */
export function startTlsOrigin(options: TlsOriginOptions, port: number, address?: string): Promise<Listening> {
  const respond = options.respond ?? respondAsModuleProxy
  const handler = options.handler ?? ((request: AnyRequest, response: AnyResponse) => sendReply(response, respond(request.url ?? '/')))
  const server =
    options.http === 'http/1.1' || options.protocols !== undefined
      ? createServer(tlsOptions(options), handler)
      : createHttp2Server(options, handler)
  server.on('tlsClientError', () => {})
  server.on('keylog', (line: Buffer) => options.onKeyLog?.(line.toString('latin1').trim()))
  return listenOnLoopback(server, port, address)
}

type Handler = (request: AnyRequest, response: AnyResponse) => void

/** node:http2 offers `h2` and, where HTTP/1.1 is allowed, `http/1.1` by itself. */
function createHttp2Server(options: TlsOriginOptions, handler: Handler) {
  const server = createSecureServer({ ...tlsOptions(options), allowHTTP1: options.http !== 'h2' }, handler)
  server.on('sessionError', () => {})
  return server
}

function tlsOptions(options: TlsOriginOptions): TlsOptions {
  return {
    cert: options.sent.map(toPem).join(''),
    key: options.key.export({ type: 'pkcs8', format: 'pem' }),
    ciphers: `${options.ciphers ?? 'DEFAULT'}:@SECLEVEL=0`,
    ...(options.groups !== undefined && { ecdhCurve: options.groups }),
    minVersion: options.minVersion ?? 'TLSv1.2',
    maxVersion: options.maxVersion ?? 'TLSv1.3',
    ...(options.chooseContext !== undefined && { SNICallback: options.chooseContext }),
    ...(options.protocols !== undefined && { ALPNProtocols: [...options.protocols] }),
    ...(options.asksForCertificate === true && { requestCert: true, rejectUnauthorized: false }),
    ...(options.clientAuthority !== undefined && { requestCert: true, rejectUnauthorized: true, ca: options.clientAuthority }),
  }
}
