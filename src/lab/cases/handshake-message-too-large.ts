import type { LabCase, LabExpectation } from '../case.ts'
import { mintChain } from '../chain.ts'
import { startTlsOrigin, type TlsOriginOptions } from '../tls-origin.ts'
import { describeOrigin, labHost } from '../world.ts'

/** The intermediate stands in the chain so often that no go reads the message; nobody else need read it either. */
export const handshakeMessageTooLarge = defineLargeCase('handshake-message-too-large', 'a chain of over 256 KiB (TLS 1.3)', 270_000)

/** TLS 1.2, where the message is in clear, and a chain that only old versions of go refuse. */
export const LARGE_VARIANTS: readonly LabCase[] = [
  defineLargeCase('handshake-message-too-large/tls12', 'a chain of over 256 KiB (TLS 1.2)', 270_000, { maxVersion: 'TLSv1.2' }),
  defineLargeCase(
    'ok/large-chain',
    'a chain of some 64 KiB and less',
    60_000,
    {},
    {
      cause: 'ok',
      leg: null,
      stage: null,
    },
  ),
]

function defineLargeCase(
  id: string,
  summary: string,
  leastBytes: number,
  limits: Partial<TlsOriginOptions> = {},
  expect: LabExpectation = { cause: 'handshake-message-too-large', leg: 'upstream', stage: 'certificate' },
): LabCase {
  return {
    id,
    summary,
    expect,
    async up(world) {
      const host = labHost(id, world)
      const chain = await mintChain('ok', world.now, { host })
      const filler = chain.sent[1]
      if (chain.key === null || filler === undefined) throw new Error(`${id}: the recipe lacks a key or an intermediate`)
      const copies = Array.from({ length: Math.ceil(leastBytes / filler.length) }, () => filler)
      const server = await startTlsOrigin({ sent: [...chain.sent, ...copies], key: chain.key, ...limits }, world.port)
      return describeOrigin(world, { host, port: server.port, rootsPem: chain.rootsPem, close: server.close })
    },
  }
}
