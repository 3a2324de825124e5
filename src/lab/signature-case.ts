/** Cases whose server proves its key in a wrong way: with another key, or with a scheme that the client does not take. */
import { type KeyObject, sign } from 'node:crypto'
import type { LabCase, LabExpectation } from './case.ts'
import { mintChain } from './chain.ts'
import { block } from './raw-messages.ts'
import { type RawTlsOptions, startRawTlsServer } from './raw-server.ts'
import { describeOrigin, labHost } from './world.ts'

export interface SignatureCase {
  readonly id: string
  readonly summary: string
  readonly version: RawTlsOptions['version']
  /** Recipe of the chain that is sent; `ok` unless said. */
  readonly recipe?: string
  /** Recipe of the chain whose leaf's key signs instead; the served one's own key unless said. */
  readonly keyOf?: string
  readonly scheme?: SigningScheme
  readonly refusedSince?: string
  readonly expect?: LabExpectation
}

/** How to sign, where it is not the usual scheme of the key. */
export interface SigningScheme {
  /** SignatureScheme as announced. */
  readonly id: number
  readonly hash: 'sha1' | 'sha256' | 'sha384'
  readonly isPss?: boolean
}

/** A case served by the hand-made server. */
export function defineSignatureCase(data: SignatureCase): LabCase {
  return {
    id: data.id,
    summary: data.summary,
    expect: data.expect ?? { cause: data.id.split('/')[0] ?? data.id, leg: 'upstream', stage: 'key-exchange' },
    ...(data.refusedSince !== undefined && { refusedSince: data.refusedSince }),
    async up(world) {
      const host = labHost(data.id, world)
      const chain = await mintChain(data.recipe ?? 'ok', world.now, { host })
      const key = data.keyOf === undefined ? chain.key : (await mintChain(data.keyOf, world.now, { host })).key
      if (key === null) throw new Error(`${data.id}: the recipe made no key that can sign`)
      const signing = data.scheme === undefined ? {} : { sign: signWith(data.scheme, key) }
      const server = await startRawTlsServer({ sent: chain.sent, key, version: data.version, ...signing }, world.port)
      return describeOrigin(world, { host, port: server.port, rootsPem: chain.rootsPem, served: chain.served, close: server.close })
    },
  }
}

function signWith({ id, hash, isPss }: SigningScheme, key: KeyObject): (octets: Buffer) => Buffer {
  const padding = isPss === true ? { padding: RSA_PSS_PADDING, saltLength: SALT_OF_DIGEST } : {}
  return (octets) => Buffer.concat([Buffer.from([id >> 8, id & 0xff]), block(2, sign(hash, octets, { key, ...padding }))])
}

const RSA_PSS_PADDING = 6
const SALT_OF_DIGEST = -1
