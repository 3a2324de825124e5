import type { LabCase, LabOrigin, LabWorld } from '../case.ts'
import { mintChain } from '../chain.ts'
import type { AnyRequest, AnyResponse } from '../module-server.ts'
import { startTlsOrigin } from '../tls-origin.ts'
import { describeOrigin, labHost } from '../world.ts'

/** As servers do that want a client certificate for some paths only: the path is known when the request has come. */
export const renegotiationRefused = defineRenegotiationCase(
  'renegotiation-refused',
  'the server renegotiates instead of an answer (TLS 1.2)',
  ['ECDHE-ECDSA-AES128-GCM-SHA256'],
)

/** Another kind of suite, whose records have other lengths. */
export const RENEGOTIATION_VARIANTS: readonly LabCase[] = [
  defineRenegotiationCase('renegotiation-refused/cbc', 'the server renegotiates with a CBC suite (TLS 1.2)', ['ECDHE-ECDSA-AES128-SHA']),
]

function defineRenegotiationCase(id: string, summary: string, ciphers: readonly string[]): LabCase {
  return {
    id,
    summary,
    expect: { cause: 'renegotiation-refused', leg: 'upstream', stage: 'application-data' },
    up: (world) => raise(id, ciphers.join(':'), world),
  }
}

async function raise(id: string, ciphers: string, world: LabWorld): Promise<LabOrigin> {
  const host = labHost(id, world)
  const chain = await mintChain('ok', world.now, { host })
  if (chain.key === null) throw new Error(`${id}: its leaf has no private key`)
  const limits = { maxVersion: 'TLSv1.2', http: 'http/1.1', ciphers } as const
  const server = await startTlsOrigin({ sent: chain.sent, key: chain.key, handler: renegotiate, ...limits }, world.port)
  return describeOrigin(world, { host, port: server.port, rootsPem: chain.rootsPem, served: chain.served, close: server.close })
}

/** Its outcome is go's to say: the request itself is never answered. */
function renegotiate(request: AnyRequest, _response: AnyResponse): void {
  const socket = request.socket
  if ('renegotiate' in socket && typeof socket.renegotiate === 'function') socket.renegotiate({ rejectUnauthorized: false }, () => {})
}
