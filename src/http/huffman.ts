/** The Huffman code of HPACK (RFC 7541 section 5.2, appendix B). It is canonical: the lengths alone give all codes. */

/** Length in bits of the code of each octet, in base 36. */
const LENGTHS =
  'dnsssssssoussussssssssusssssssss6aacd68baa8b8666555666666678f6cad67777777777777777777777878djde6f565' +
  '65666577666567655677777fbedskmkkmmmnmnnnnnonoomnonnnnlmnmnnomlkmmnnlnmmolmnnllmlnmnnkmmmnmmnqqkjmnmp' +
  'qqqrrqopjlqrrqrollqqsrrrkoklmllnmmppooqnqrqqrrrrrsrrrrrq'

/** A node by what follows it with the next bit 0 and 1: another node, `-1 - octet` where a code ends, 0 where none goes on (end-of-string). */
type Node = [number, number]

interface Decoder {
  /** By node and four bits: the node they lead to and the octet they complete, if any (no code is so short that it could be two); -1: malformed. */
  readonly steps: Int32Array
  /** Nodes at which a string may end: fewer than 8 bits were read of a code, all ones. */
  readonly paddings: ReadonlySet<number>
}

/** Made when the first string is read. */
let decoder: Decoder | undefined
/** The octet of a step, plus one; 0 = none. */
const COMPLETED = 0x1ff

function makeNodes(): readonly Node[] {
  const lengths = Array.from(LENGTHS, (digit) => Number.parseInt(digit, 36))
  const ordered = lengths.map((bits, octet) => ({ bits, octet })).sort((a, b) => a.bits - b.bits || a.octet - b.octet)
  const tree: Node[] = [[0, 0]]
  let code = 0
  let before = 0
  for (const { bits, octet } of ordered) {
    code *= 2 ** (bits - before)
    addCode(tree, { code, bits, octet })
    code += 1
    before = bits
  }
  return tree
}

function addCode(tree: Node[], { code, bits, octet }: { readonly code: number; readonly bits: number; readonly octet: number }): void {
  let node = tree[0]
  for (let shift = bits - 1; shift >= 0 && node !== undefined; shift -= 1) {
    const side = ((code >> shift) & 1) === 0 ? 0 : 1
    if (shift === 0) node[side] = -1 - octet
    else if (node[side] === 0) node[side] = tree.push([0, 0]) - 1
    node = tree[node[side]]
  }
}

function makeDecoder(): Decoder {
  const nodes = makeNodes()
  const steps = new Int32Array(nodes.length * 16)
  for (let node = 0; node < nodes.length; node += 1) {
    for (let bits = 0; bits < 16; bits += 1) steps[(node << 4) | bits] = walkFour(nodes, node, bits)
  }
  const paddings = [0]
  while (paddings.length < 8) paddings.push(nodes[paddings.at(-1) ?? 0]?.[1] ?? 0)
  return { steps, paddings: new Set(paddings) }
}

function walkFour(nodes: readonly Node[], from: number, bits: number): number {
  let node = from
  let completed = 0
  for (let shift = 3; shift >= 0; shift -= 1) {
    const next = nodes[node]?.[((bits >> shift) & 1) === 0 ? 0 : 1] ?? 0
    if (next === 0) return -1
    if (next < 0) completed = -next
    node = Math.max(next, 0)
  }
  return (node << 9) | completed
}

/**
 * Decode a string.
 * @returns undefined when it is malformed: an end-of-string code, or a padding that is longer than 7 bits or not all ones
 */
export function decodeHuffman(octets: Uint8Array): Buffer | undefined {
  decoder ??= makeDecoder()
  const { steps, paddings } = decoder
  const out = Buffer.allocUnsafe(Math.ceil((octets.length * 8) / 5))
  let length = 0
  let node = 0
  for (let at = 0; at < octets.length; at += 1) {
    const octet = octets[at] ?? 0
    const high = steps[(node << 4) | (octet >> 4)] ?? -1
    if (high < 0) return undefined
    if ((high & COMPLETED) !== 0) out[length++] = (high & COMPLETED) - 1
    const low = steps[((high >> 9) << 4) | (octet & 0xf)] ?? -1
    if (low < 0) return undefined
    if ((low & COMPLETED) !== 0) out[length++] = (low & COMPLETED) - 1
    node = low >> 9
  }
  return paddings.has(node) ? out.subarray(0, length) : undefined
}
