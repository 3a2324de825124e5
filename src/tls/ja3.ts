import { createHash } from 'node:crypto'
import type { ClientHello, ServerHello } from '../contract/handshake.ts'
import type { Named } from '../contract/terms.ts'
import { isGrease } from './grease.ts'

/** JA3: legacy version, cipher suites, extensions, groups and point formats in wire order, decimal, without GREASE; and its MD5. */
export function fingerprintJa3(
  hello: Pick<ClientHello, 'legacyVersion' | 'cipherSuites' | 'extensions' | 'supportedGroups' | 'ecPointFormats'>,
): Pick<ClientHello, 'ja3' | 'ja3Hash'> {
  const ja3 = [
    Number.parseInt(hello.legacyVersion, 16),
    joinIds(hello.cipherSuites),
    joinIds(hello.extensions),
    joinIds(hello.supportedGroups),
    hello.ecPointFormats.map(({ id }) => id).join('-'),
  ].join(',')
  return { ja3, ja3Hash: hashMd5(ja3) }
}

/** JA3S: legacy version, chosen cipher suite and extensions of a ServerHello; and its MD5. */
export function fingerprintJa3s(
  legacyVersion: number,
  cipherSuite: number,
  extensions: readonly Named[],
): Pick<ServerHello, 'ja3s' | 'ja3sHash'> {
  const ja3s = [legacyVersion, cipherSuite, joinIds(extensions)].join(',')
  return { ja3s, ja3sHash: hashMd5(ja3s) }
}

function joinIds(list: readonly Named[]): string {
  return list
    .map(({ id }) => id)
    .filter((id) => !isGrease(id))
    .join('-')
}

function hashMd5(text: string): string {
  return createHash('md5').update(text).digest('hex')
}
