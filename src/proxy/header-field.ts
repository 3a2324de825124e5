/** Fields that concern one hop only (RFC 9110 section 7.6.1) and credentials that are for us. Lower case. */
export const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** Pair up raw header fields (name, value, name, value, …). */
export function readPairs(rawHeaders: readonly string[]): readonly (readonly [string, string])[] {
  return Array.from({ length: rawHeaders.length >> 1 }, (_, i) => [rawHeaders[2 * i] ?? '', rawHeaders[2 * i + 1] ?? ''] as const)
}

/** The end-to-end fields among raw ones, in their order and case; fields that Connection names go too. */
export function dropHopByHop(rawHeaders: readonly string[]): readonly (readonly [string, string])[] {
  const pairs = readPairs(rawHeaders)
  const named = pairs
    .filter(([name]) => name.toLowerCase() === 'connection')
    .flatMap(([, value]) => value.toLowerCase().split(','))
    .map((token) => token.trim())
  return pairs.filter(([name]) => !HOP_BY_HOP.has(name.toLowerCase()) && !named.includes(name.toLowerCase()))
}
