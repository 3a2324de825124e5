import { createHmac } from 'node:crypto'

/** P_hash over a label and a seed: the PRF of TLS 1.2 (RFC 5246 section 5). */
export function computePrf(
  hash: 'sha256' | 'sha384',
  secret: Uint8Array,
  label: string,
  seed: Uint8Array,
  lengthBytes: number,
): Uint8Array {
  const start = Buffer.concat([Buffer.from(label, 'latin1'), seed])
  const blocks: Buffer[] = []
  let link = start
  for (let made = 0; made < lengthBytes; made += blocks.at(-1)?.length ?? lengthBytes) {
    link = createHmac(hash, secret).update(link).digest()
    blocks.push(createHmac(hash, secret).update(link).update(start).digest())
  }
  return new Uint8Array(Buffer.concat(blocks).subarray(0, lengthBytes))
}
