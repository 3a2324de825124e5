import { createHmac } from 'node:crypto'

/** The hash of TLS 1.2's PRF; `md5-sha1` stands for the PRF of TLS 1.0 and 1.1, which joins both. */
export type PrfHash = 'sha256' | 'sha384' | 'md5-sha1'

/** The PRF of TLS 1.2 (RFC 5246 section 5), or of TLS 1.0 and 1.1 (RFC 2246 section 5). */
export function computePrf(hash: PrfHash, secret: Uint8Array, label: string, seed: Uint8Array, lengthBytes: number): Uint8Array {
  const start = Buffer.concat([Buffer.from(label, 'latin1'), seed])
  if (hash !== 'md5-sha1') return expand(hash, secret, start, lengthBytes)
  // Where the secret's length is odd, the octet in the middle belongs to both halves.
  const half = Math.ceil(secret.length / 2)
  const left = expand('md5', secret.subarray(0, half), start, lengthBytes)
  const right = expand('sha1', secret.subarray(secret.length - half), start, lengthBytes)
  return left.map((octet, at) => octet ^ (right[at] ?? 0))
}

/** P_hash over a label and a seed. */
function expand(hash: string, secret: Uint8Array, start: Uint8Array, lengthBytes: number): Uint8Array {
  const blocks: Buffer[] = []
  let link = start
  for (let made = 0; made < lengthBytes; made += blocks.at(-1)?.length ?? lengthBytes) {
    link = createHmac(hash, secret).update(link).digest()
    blocks.push(createHmac(hash, secret).update(link).update(start).digest())
  }
  return new Uint8Array(Buffer.concat(blocks).subarray(0, lengthBytes))
}
