/** Unpacks compressed certificates (RFC 8879) with what this Node has. */

import * as zlib from 'node:zlib'
import { brotliDecompressSync, inflateSync } from 'node:zlib'
import { type CompressedCertificate, MAX_CERTIFICATE_MESSAGE_BYTES } from '../tls/compressed-certificate.ts'

/** The Certificate body; null where it is larger than go would take, has another length than it announces, or cannot be unpacked here. */
export function unpackCertificate({ algorithm, announcedBytes, packed }: CompressedCertificate): Uint8Array | null {
  const decompress = DECOMPRESSORS.get(algorithm.id)
  if (decompress === undefined || announcedBytes === 0 || announcedBytes > MAX_CERTIFICATE_MESSAGE_BYTES) return null
  try {
    const unpacked = decompress(packed, { maxOutputLength: announcedBytes })
    return unpacked.length === announcedBytes ? unpacked : null
  } catch {
    return null
  }
}

type Decompress = (packed: Uint8Array, options: { readonly maxOutputLength: number }) => Uint8Array

/** By number of RFC 8879 section 7.3. zstd is there from Node 22.15 on. */
const DECOMPRESSORS: ReadonlyMap<number, Decompress> = new Map<number, Decompress>([
  [1, inflateSync],
  [2, brotliDecompressSync],
  ...('zstdDecompressSync' in zlib ? [[3, zlib.zstdDecompressSync as Decompress] as const] : []),
])
