/** Cases where TLS is fine and HTTP is not. */
import type { LabCase, LabExpectation } from './case.ts'
import { mintChain } from './chain.ts'
import type { AnyRequest, AnyResponse, Reply } from './module-server.ts'
import { sendReply, textReply } from './module-server.ts'
import { startTlsOrigin } from './tls-origin.ts'
import { describeOrigin, labHost } from './world.ts'

export interface HttpCase {
  readonly id: string
  readonly summary: string
  readonly expect?: LabExpectation
  /** Answer to every request; `authority` is HOST:PORT of the case itself. */
  /** Both HTTP versions unless said. */
  readonly http?: 'h2' | 'http/1.1'
  /** A client certificate is asked for, and its lack does not end the handshake. */
  readonly asksForCertificate?: true
  /** More variables for go. */
  readonly env?: Readonly<Record<string, string>>
  readonly answer: (request: AnyRequest, response: AnyResponse, authority: string) => void
}

/** A case served over sound TLS; only HTTP, which nobody outside sees, shows what is wrong. */
export function defineHttpCase(data: HttpCase): LabCase {
  return {
    id: data.id,
    summary: data.summary,
    expect: data.expect ?? { cause: data.id, leg: 'upstream', stage: 'application-data', needsWitness: true },
    async up(world) {
      const host = labHost(data.id, world)
      const chain = await mintChain('ok', world.now, { host })
      if (chain.key === null) throw new Error('the leaf has no private key')
      let authority = host
      const handler = (request: AnyRequest, response: AnyResponse) => data.answer(request, response, authority)
      const asks = data.asksForCertificate === true ? { asksForCertificate: true as const } : {}
      const server = await startTlsOrigin({ sent: chain.sent, key: chain.key, handler, http: data.http ?? 'both', ...asks }, world.port)
      authority = `${host}:${server.port}`
      const origin = await describeOrigin(world, {
        host,
        port: server.port,
        rootsPem: chain.rootsPem,
        served: chain.served,
        close: server.close,
      })
      return { ...origin, env: { ...origin.env, ...data.env } }
    },
  }
}

/** A case in which every request gets one status with one line of text. */
export function defineStatusCase(id: string, summary: string, status: number, text: string, headers: Reply['headers'] = {}): LabCase {
  const expect: LabExpectation = { cause: id.split('/')[0] ?? id, leg: 'upstream', stage: 'application-data', needsWitness: true }
  return defineHttpCase({ id, summary, expect, answer: (_request, response) => sendReply(response, textReply(status, text, headers)) })
}
