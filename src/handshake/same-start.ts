import type { Transcript } from './transcript.ts'

/**
 * Whether the server's first encrypted records on the client's connection have the lengths of the probe's: the weaker sign of the same server, for a flight
 * that broke off.
 * @param records how many to compare; where the client's connection has fewer, those that it has
 */
export function sameStart(own: Transcript, probe: Transcript, records: number): boolean {
  const lengths = own.encryptedLengths['server-to-client'].slice(0, records)
  const others = probe.encryptedLengths['server-to-client']
  return lengths.length > 0 && lengths.every((length, at) => Math.abs(length - (others[at] ?? Number.NaN)) <= SIGNATURE_VARIATION_BYTES)
}

/** An ECDSA signature loses leading zeros; other messages do not vary. */
const SIGNATURE_VARIATION_BYTES = 4
