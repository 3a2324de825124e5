/** The plain http server behind an authorityInfoAccess URL: it hands out one issuer's certificate as DER (RFC 5280 section 4.2.2.1). */
import { createServer } from 'node:http'
import { type Listening, listenOnLoopback } from './listener.ts'

export interface IssuerServer extends Listening {
  /** Set the certificate; the port had to be known before it was minted. */
  readonly publish: (der: Buffer | undefined) => void
}

/** Bring the server up on a free port; until something is published it answers 404. */
export async function startIssuerServer(): Promise<IssuerServer> {
  let certificate: Buffer | undefined
  const server = createServer((_request, response) => {
    response.writeHead(certificate ? 200 : 404, { 'content-type': 'application/pkix-cert' })
    response.end(certificate)
  })
  const listening = await listenOnLoopback(server, 0)
  return {
    ...listening,
    publish(der) {
      certificate = der
    },
  }
}
