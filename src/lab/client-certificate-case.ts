/** Cases whose server demands a client certificate, which the go command cannot send. */
import type { SecureVersion } from 'node:tls'
import type { Stage } from '../contract/terms.ts'
import type { LabCase } from './case.ts'
import { mintChain, toPem } from './chain.ts'
import { resetInsteadOfAlert } from './record-edits.ts'
import { startRecordRelay } from './record-relay.ts'
import { startTlsOrigin } from './tls-origin.ts'
import { describeOrigin, labHost } from './world.ts'

export interface ClientCertificateCase {
  readonly id: string
  readonly summary: string
  readonly version: SecureVersion
  readonly stage?: Stage
  readonly http?: 'h2' | 'http/1.1'
  /** One who has none is let in: nothing fails. */
  readonly isOptional?: true
  /** A box on the path turns the server's alert into a TCP reset. */
  readonly endsBy?: 'reset'
}

/** A case for one TLS version. */
export function defineClientCertificateCase(data: ClientCertificateCase): LabCase {
  return {
    id: data.id,
    summary: data.summary,
    expect:
      data.isOptional === true
        ? { cause: 'ok', leg: null, stage: null }
        : { cause: 'client-cert-required', leg: 'upstream', stage: data.stage ?? 'application-data' },
    async up(world) {
      const host = labHost(data.id, world)
      const chain = await mintChain('client-certificate', world.now, { host })
      const clients = chain.byName.get('clients')
      const { key } = chain
      if (key === null || clients === undefined) throw new Error('the recipe lacks a key or the clients’ authority')
      const limits = {
        minVersion: data.version,
        maxVersion: data.version,
        http: data.http ?? 'both',
        ...(data.isOptional === true ? { asksForCertificate: true as const } : { clientAuthority: toPem(clients) }),
      } as const
      const open = (port: number) => startTlsOrigin({ sent: chain.sent, key, ...limits }, port)
      const isReset = data.endsBy === 'reset'
      const server = isReset ? await startRecordRelay(await open(0), resetInsteadOfAlert, world.port) : await open(world.port)
      return describeOrigin(world, { host, port: server.port, rootsPem: chain.rootsPem, served: chain.served, close: server.close })
    },
  }
}
