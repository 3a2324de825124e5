/** The Huffman code of HPACK (RFC 7541 section 5.2, appendix B). It is canonical: the lengths alone give all codes. */

/** Length in bits of the code of each octet, in base 36. */
const LENGTHS =
  'dnsssssssoussussssssssusssssssss6aacd68baa8b8666555666666678f6cad67777777777777777777777878djde6f565' +
  '65666577666567655677777fbedskmkkmmmnmnnnnnonoomnonnnnlmnmnnomlkmmnnlnmmolmnnllmlnmnnkmmmnmmnqqkjmnmp' +
  'qqqrrqopjlqrrqrollqqsrrrkoklmllnmmppooqnqrqqrrrrrsrrrrrq'

const LONGEST_BITS = 30

interface CodesOfLength {
  /** First code of this length, and its place in `ordered`. */
  readonly first: number
  readonly place: number
  readonly count: number
}

const lengths = Array.from(LENGTHS, (digit) => Number.parseInt(digit, 36))
const ordered = lengths.map((_, octet) => octet).sort((a, b) => (lengths[a] ?? 0) - (lengths[b] ?? 0) || a - b)
const byLength = makeTable()

function makeTable(): readonly CodesOfLength[] {
  const table: CodesOfLength[] = []
  let code = 0
  let place = 0
  for (let bits = 0; bits <= LONGEST_BITS; bits += 1) {
    const count = lengths.filter((length) => length === bits).length
    table.push({ first: code, place, count })
    code = (code + count) * 2
    place += count
  }
  return table
}

/**
 * Decode a string.
 * @returns undefined when it is malformed: an end-of-string code, or a padding that is longer than 7 bits or not all ones
 */
export function decodeHuffman(octets: Uint8Array): Buffer | undefined {
  const out = Buffer.allocUnsafe(Math.ceil((octets.length * 8) / 5))
  let length = 0
  let code = 0
  let bits = 0
  for (const octet of octets) {
    for (let shift = 7; shift >= 0; shift -= 1) {
      code = code * 2 + ((octet >> shift) & 1)
      bits += 1
      const codes = byLength[bits]
      if (codes === undefined) return undefined
      if (code - codes.first >= codes.count || code < codes.first) continue
      out[length] = ordered[codes.place + code - codes.first] ?? 0
      length += 1
      code = 0
      bits = 0
    }
  }
  const isPadding = bits < 8 && code === 2 ** bits - 1
  return isPadding ? out.subarray(0, length) : undefined
}
