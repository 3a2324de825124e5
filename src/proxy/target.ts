import { networkInterfaces } from 'node:os'
import { isLoopback, isSameAddress, isUnspecified, parseIpAddress } from './ip-address.ts'

/** Where a client wants to go. */
export interface Target {
  /** As sent (its case matters to NO_PROXY), an IPv6 address without brackets. */
  readonly host: string
  readonly port: number
}

/**
 * Parse the authority of a CONNECT request: host and port, both required (RFC 9110 section 9.3.6).
 * @returns undefined when it is not one, or holds octets that no host has
 */
export function parseTarget(authority: string): Target | undefined {
  const found = /^(?:\[([0-9A-Fa-f:.]+(?:%[\w.-]+)?)\]|([^\s:/\\?#@[\]"<>^`{|}]{1,255})):(\d{1,5})$/.exec(authority)
  const host = found?.[1] ?? found?.[2]
  const port = Number(found?.[3])
  if (host === undefined || port < 1 || port > 65535 || !/^[\x21-\x7e]+$/.test(host)) return undefined
  if (found?.[1] !== undefined && parseIpAddress(host) === undefined) return undefined
  return { host, port }
}

/** Addresses on which this whytls listens (proxy, page). */
export interface OwnAddress {
  readonly address: string
  readonly port: number
}

/** Whether a connect to `address:port` would end at one of our own listeners. */
export function isOwnAddress(address: string, port: number, own: readonly OwnAddress[]): boolean {
  const octets = parseIpAddress(address)
  if (octets === undefined) return false
  return own.some((each) => each.port === port && reaches(octets, parseIpAddress(each.address)))
}

function reaches(octets: Uint8Array, listening: Uint8Array | undefined): boolean {
  if (listening === undefined) return false
  const isLocal = isLoopback(octets) || isUnspecified(octets)
  if (isLoopback(listening)) return isLocal
  if (isUnspecified(listening)) return isLocal || isOnThisMachine(octets)
  return isSameAddress(octets, listening)
}

function isOnThisMachine(octets: Uint8Array): boolean {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .some((each) => isSameAddress(parseIpAddress(each.address) ?? new Uint8Array(), octets))
}
