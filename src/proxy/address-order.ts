import { createSocket } from 'node:dgram'
import { isIPv6 } from 'node:net'
import { commonPrefixBits, isLoopback, parseIpAddress } from './ip-address.ts'

/**
 * Order addresses as Go's resolver does: the rules 1, 2, 5, 6, 8 and 9 of RFC 6724 section 6, the last for IPv6 only.
 * @param addresses IP addresses in text, in the order in which they were learned
 * @param findSource finds the local address that would be used to reach one; injected by tests
 */
export async function orderAddresses(
  addresses: readonly string[],
  findSource: (address: string) => Promise<string | undefined> = findSourceAddress,
): Promise<readonly string[]> {
  if (addresses.length < 2) return addresses
  const candidates = await Promise.all(addresses.map(async (address) => describe(address, await findSource(address))))
  return candidates.sort(compare).map((candidate) => candidate.address)
}

/** The local address the kernel would use towards `address` (a UDP connect, nothing is sent); undefined without a route. */
export async function findSourceAddress(address: string): Promise<string | undefined> {
  return (await openUdp(address, 53))?.address
}

/** A local address and port as a UDP query to `address` would have them, for texts in which Go names its own end. */
export function openUdp(address: string, port: number): Promise<{ readonly address: string; readonly port: number } | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4')
    const finish = (found?: { readonly address: string; readonly port: number }) => {
      socket.close()
      resolve(found)
    }
    socket.once('error', () => finish())
    socket.connect(port, address, () => finish(socket.address()))
  })
}

interface Candidate {
  readonly address: string
  readonly octets: Uint8Array
  readonly to: Attributes
  /** Of the source address, undefined when the destination is unusable. */
  readonly from: Attributes | undefined
  readonly source: Uint8Array
}

interface Attributes {
  readonly scope: number
  readonly precedence: number
  readonly label: number
}

function describe(address: string, sourceText: string | undefined): Candidate {
  const octets = parseIpAddress(address) ?? new Uint8Array(4)
  const source = sourceText === undefined ? undefined : parseIpAddress(sourceText)
  return { address, octets, to: classify(octets), from: source && classify(source), source: source ?? new Uint8Array() }
}

/** Negative: `a` first. Array.prototype.sort is stable, which is rule 10. */
function compare(a: Candidate, b: Candidate): number {
  if (a.from === undefined || b.from === undefined) return Number(a.from === undefined) - Number(b.from === undefined)
  return (
    Number(b.to.scope === b.from.scope) - Number(a.to.scope === a.from.scope) ||
    Number(b.to.label === b.from.label) - Number(a.to.label === a.from.label) ||
    b.to.precedence - a.to.precedence ||
    a.to.scope - b.to.scope ||
    sharedPrefix(b) - sharedPrefix(a)
  )
}

function sharedPrefix(candidate: Candidate): number {
  if (candidate.octets.length !== 16 || candidate.source.length !== 16) return 0
  return commonPrefixBits(candidate.octets.subarray(0, 8), candidate.source.subarray(0, 8))
}

function classify(octets: Uint8Array): Attributes {
  const wide = octets.length === 16 ? octets : Uint8Array.from([...MAPPED, ...octets])
  const policy = POLICIES.find(([prefix, bits]) => commonPrefixBits(wide, prefix) >= bits)
  const [, , precedence, label] = policy ?? [wide, 0, 40, 1]
  return { scope: findScope(octets), precedence, label }
}

const LINK_LOCAL = 0x2
const SITE_LOCAL = 0x5
const GLOBAL = 0xe

/** RFC 6724 section 3.1. */
function findScope(octets: Uint8Array): number {
  const [first = 0, second = 0] = octets
  if (isLoopback(octets)) return LINK_LOCAL
  if (octets.length === 4) return first === 169 && second === 254 ? LINK_LOCAL : GLOBAL
  if (first === 0xff) return second & 0xf
  if (first !== 0xfe) return GLOBAL
  if ((second & 0xc0) === 0x80) return LINK_LOCAL
  return (second & 0xc0) === 0xc0 ? SITE_LOCAL : GLOBAL
}

const MAPPED = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff] as const

/** The policy table of RFC 6724 section 2.1, longest prefix first: prefix, bits, precedence, label. */
const POLICIES: readonly (readonly [Uint8Array, number, number, number])[] = [
  [widen(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1), 128, 50, 0],
  [widen(...MAPPED), 96, 35, 4],
  [widen(), 96, 1, 3],
  [widen(0x20, 0x01), 32, 5, 5],
  [widen(0x20, 0x02), 16, 30, 2],
  [widen(0x3f, 0xfe), 16, 1, 12],
  [widen(0xfe, 0xc0), 10, 1, 11],
  [widen(0xfc), 7, 3, 13],
  [widen(), 0, 40, 1],
]

function widen(...octets: readonly number[]): Uint8Array {
  return Uint8Array.from({ length: 16 }, (_, i) => octets[i] ?? 0)
}
