/** Addresses for packets whose own are not known. Pure. */
import type { Handshake } from '../contract/handshake.ts'
import { parseIpAddress } from '../x509/ip-address.ts'
import type { Endpoint } from './pcapng-tcp.ts'

/** Both ends of a conversation. The server's address is real where it is known; the client's is of the ranges for documentation (RFC 5737, RFC 3849). */
export function endpointsOf(target: Handshake['target'], at: number): { readonly client: Endpoint; readonly server: Endpoint } {
  const address = knownAddress(target) ?? STAND_IN
  const client = address.length === 4 ? IPV4_CLIENT : IPV6_CLIENT
  return { client: { address: client, port: FIRST_PORT + (at % PORTS) }, server: { address, port: target.port } }
}

/** Whether the server's address had to be made up, too. */
export function isStandIn(target: Handshake['target']): boolean {
  return knownAddress(target) === undefined
}

function knownAddress({ address, host }: Handshake['target']): Uint8Array | undefined {
  return parseIpAddress((address ?? host).replace(/%.*$/, ''))
}

const FIRST_PORT = 49_152
const PORTS = 16_384
const IPV4_CLIENT = Uint8Array.of(192, 0, 2, 1)
const STAND_IN = Uint8Array.of(198, 51, 100, 1)
const IPV6_CLIENT = Uint8Array.of(0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1)
