import { createHash } from 'node:crypto'
import { equalOctets } from './der.ts'
import { addPolynomials, fromNtt, multiplyPolynomials, type Polynomial, Q, subtractPolynomials, toNtt } from './ml-dsa-ring.ts'

/** A parameter set of ML-DSA (FIPS 204 section 4). */
export interface MlDsaParameters {
  readonly name: 'ML-DSA-44' | 'ML-DSA-65' | 'ML-DSA-87'
  readonly publicKeyBytes: number
  /** Rows and columns of the matrix. */
  readonly rows: number
  readonly columns: number
  /** Bits of gamma1. */
  readonly maskBits: number
  readonly gamma2: number
  readonly tau: number
  readonly beta: number
  readonly omega: number
  readonly challengeBytes: number
}

/** By OID (RFC 9881 section 2). */
export const ML_DSA_PARAMETERS: Readonly<Record<string, MlDsaParameters>> = {
  '2.16.840.1.101.3.4.3.17': {
    name: 'ML-DSA-44',
    publicKeyBytes: 1312,
    ...{ rows: 4, columns: 4, maskBits: 17, gamma2: (Q - 1) / 88, tau: 39, beta: 78, omega: 80, challengeBytes: 32 },
  },
  '2.16.840.1.101.3.4.3.18': {
    name: 'ML-DSA-65',
    publicKeyBytes: 1952,
    ...{ rows: 6, columns: 5, maskBits: 19, gamma2: (Q - 1) / 32, tau: 49, beta: 196, omega: 55, challengeBytes: 48 },
  },
  '2.16.840.1.101.3.4.3.19': {
    name: 'ML-DSA-87',
    publicKeyBytes: 2592,
    ...{ rows: 8, columns: 7, maskBits: 19, gamma2: (Q - 1) / 32, tau: 60, beta: 120, omega: 75, challengeBytes: 64 },
  },
}

/**
 * Check a pure ML-DSA signature with an empty context (FIPS 204 algorithms 3 and 8).
 * @param key the encoded public key, `publicKeyBytes` long
 * @returns undefined when it verifies, else the words of Go's crypto/mldsa
 */
export function checkMlDsa(parameters: MlDsaParameters, key: Uint8Array, message: Uint8Array, signature: Uint8Array): string | undefined {
  const { rows, columns, challengeBytes, maskBits, omega, beta } = parameters
  const maskBytes = (maskBits + 1) * 32
  if (signature.length !== challengeBytes + columns * maskBytes + omega + rows) return 'mldsa: invalid signature length'
  const challenge = signature.subarray(0, challengeBytes)
  const hints = readHints(signature.subarray(challengeBytes + columns * maskBytes), parameters)
  if (hints === undefined) return 'mldsa: invalid signature encoding'
  const masks = Array.from({ length: columns }, (_, i) => {
    const start = challengeBytes + i * maskBytes
    return unpack(signature.subarray(start, start + maskBytes), maskBits + 1, (value) => 2 ** maskBits - value)
  })
  const bound = 2 ** maskBits - beta
  if (masks.some((mask) => mask.some((value) => Math.abs(value) >= bound))) return 'mldsa: invalid signature'
  const commitment = recoverCommitment(parameters, key, challenge, masks, hints)
  const tr = shake(256, 64, key)
  const representative = shake(256, 64, tr, Uint8Array.of(0, 0), message)
  const expected = shake(256, challengeBytes, representative, commitment)
  return equalOctets(expected, challenge) ? undefined : 'mldsa: invalid signature'
}

const ROUNDED_BITS = 13

/** w1 of FIPS 204 algorithm 8, encoded. */
function recoverCommitment(
  parameters: MlDsaParameters,
  key: Uint8Array,
  challenge: Uint8Array,
  masks: readonly Polynomial[],
  hints: readonly Uint8Array[],
): Uint8Array {
  const { rows, gamma2 } = parameters
  const seed = key.subarray(0, 32)
  const ball = toNtt(sampleInBall(challenge, parameters.tau))
  const transformed = masks.map(toNtt)
  const encoded = Array.from({ length: rows }, (_, row) => {
    let sum = new Float64Array(256)
    for (const [column, mask] of transformed.entries()) sum = addPolynomials(sum, multiplyPolynomials(expandEntry(seed, row, column), mask))
    const high = unpack(key.subarray(32 + row * 320, 352 + row * 320), 10, (value) => value * 2 ** ROUNDED_BITS)
    const approximate = fromNtt(subtractPolynomials(sum, multiplyPolynomials(ball, toNtt(high))))
    return pack(
      approximate.map((value, i) => applyHint(value, hints[row]?.[i] === 1, gamma2)),
      gamma2 === (Q - 1) / 88 ? 6 : 4,
    )
  })
  return Buffer.concat(encoded)
}

function shake(bits: 128 | 256, outputLength: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash(`shake${bits}`, { outputLength })
  for (const part of parts) hash.update(part)
  return hash.digest()
}

/** FIPS 204 algorithm 14: three octets a candidate; five blocks more than nearly always suffice, and more are drawn where not. */
function expandEntry(seed: Uint8Array, row: number, column: number): Polynomial {
  for (let length = 168 * 6; ; length *= 2) {
    const stream = shake(128, length, seed, Uint8Array.of(column, row))
    const found = new Float64Array(256)
    let count = 0
    for (let at = 0; at + 2 < length && count < 256; at += 3) {
      const value = (stream[at] ?? 0) + (stream[at + 1] ?? 0) * 256 + ((stream[at + 2] ?? 0) & 0x7f) * 65536
      if (value < Q) found[count++] = value
    }
    if (count === 256) return found
  }
}

/** FIPS 204 algorithm 29. */
function sampleInBall(challenge: Uint8Array, tau: number): Polynomial {
  for (let length = 136 * 2; ; length *= 2) {
    const stream = shake(256, length, challenge)
    const ball = new Float64Array(256)
    let at = 8
    let step = 256 - tau
    for (; step < 256 && at < length; at++) {
      const place = stream[at] ?? 0
      if (place > step) continue
      const bit = step + tau - 256
      ball[step] = ball[place] ?? 0
      ball[place] = ((stream[bit >> 3] ?? 0) >> (bit & 7)) & 1 ? -1 : 1
      step++
    }
    if (step === 256) return ball
  }
}

/** FIPS 204 algorithm 21: for each row the places whose high bits are corrected; undefined for what is no such list. */
function readHints(octets: Uint8Array, { rows, omega }: MlDsaParameters): readonly Uint8Array[] | undefined {
  const hints: Uint8Array[] = []
  let index = 0
  for (let row = 0; row < rows; row++) {
    const limit = octets[omega + row] ?? 0
    if (limit < index || limit > omega) return undefined
    const marked = new Uint8Array(256)
    for (const first = index; index < limit; index++) {
      if (index > first && (octets[index - 1] ?? 0) >= (octets[index] ?? 0)) return undefined
      marked[octets[index] ?? 0] = 1
    }
    hints.push(marked)
  }
  return octets.subarray(index, omega).some((octet) => octet !== 0) ? undefined : hints
}

/** FIPS 204 algorithms 36 and 40: the high bits of a coefficient, corrected by its hint. */
function applyHint(value: number, isHinted: boolean, gamma2: number): number {
  const width = 2 * gamma2
  const count = (Q - 1) / width
  const remainder = value % width
  const low = remainder > gamma2 ? remainder - width : remainder
  const isTop = value - low === Q - 1
  const high = isTop ? 0 : (value - low) / width
  if (!isHinted) return high
  return (high + (low - (isTop ? 1 : 0) > 0 ? 1 : count - 1)) % count
}

/** Numbers of so many bits each, lowest bit first. */
function unpack(octets: Uint8Array, bits: number, read: (value: number) => number): Polynomial {
  const values = new Float64Array(256)
  let [held, heldBits, at] = [0, 0, 0]
  for (let i = 0; i < 256; i++) {
    for (; heldBits < bits; heldBits += 8) held += (octets[at++] ?? 0) * 2 ** heldBits
    values[i] = read(held % 2 ** bits)
    held = Math.floor(held / 2 ** bits)
    heldBits -= bits
  }
  return values
}

function pack(values: Polynomial, bits: number): Uint8Array {
  const octets = new Uint8Array((256 * bits) / 8)
  let [held, heldBits, at] = [0, 0, 0]
  for (const value of values) {
    held += value * 2 ** heldBits
    heldBits += bits
    for (; heldBits >= 8; heldBits -= 8) {
      octets[at++] = held % 256
      held = Math.floor(held / 256)
    }
  }
  return octets
}
