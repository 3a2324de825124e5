import { findIssuer } from './issued-by.ts'

/** Whether one certificate signed another: by key and name, by name alone, or neither. */
export type Link = 'yes' | 'no' | 'other-name'

const WORDS = { issuer: 'yes', namesake: 'no', none: 'other-name' } as const

/** The same chain is described again with every change of its connection, so each pair of octets is looked at once. */
const MEMORY = new WeakMap<Uint8Array, WeakMap<Uint8Array, Link>>()

/** For each certificate of a chain but the last: whether the next one signed it. Never throws. */
export function checkLinks(chain: readonly Uint8Array[]): readonly Link[] {
  return chain.slice(1).map((next, at) => checkLink(chain[at] ?? next, next))
}

function checkLink(child: Uint8Array, next: Uint8Array): Link {
  const known = MEMORY.get(child) ?? new WeakMap<Uint8Array, Link>()
  MEMORY.set(child, known)
  const link = known.get(next) ?? WORDS[findIssuer(child, [next])]
  known.set(next, link)
  return link
}
