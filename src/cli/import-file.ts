/** Reads the octets of a capture file, unpacked where it is gzipped, in blocks. */
import { open } from 'node:fs/promises'
import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { CaptureError } from '../capture/capture-error.ts'
import { EXIT } from './exit-code.ts'
import { describeFileError } from './file-error.ts'
import { messageOf, Problem } from './problem.ts'

/** A gzipped capture is unpacked up to here, whatever it expands to: 4 GiB. */
const MAX_UNPACKED_BYTES = 4 * 1024 ** 3

/** Stands for stdin on the command line. */
const STDIN = '-'

/**
 * The octets of the file, or of stdin where it is "-", unpacked; a block is valid until the next is asked for. Pipes are read as they come.
 * @throws Problem where it cannot be read, or expands too far; CaptureError where its compression breaks off or is damaged: what came before stays valid
 */
export async function* readCaptureBlocks(file: string, maxUnpackedBytes = MAX_UNPACKED_BYTES): AsyncGenerator<Uint8Array> {
  try {
    const blocks: AsyncIterator<Uint8Array> = (file === STDIN ? process.stdin : readPlain(file))[Symbol.asyncIterator]()
    const head = await readHead(blocks)
    const whole = rejoin(head, blocks)
    if (head[0] === 0x1f && head[1] === 0x8b) yield* unpack(file, whole, maxUnpackedBytes)
    else yield* whole
  } catch (error) {
    if (error instanceof Problem || error instanceof CaptureError) throw error
    throw new Problem('unreadable', `${file} cannot be read: ${describeFileError(error)}`, null, EXIT.usage)
  }
}

/** One buffer for all blocks. */
async function* readPlain(file: string): AsyncGenerator<Uint8Array> {
  const handle = await open(file)
  try {
    const buffer = Buffer.alloc(BLOCK_BYTES)
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, null)
      if (bytesRead === 0) return
      yield buffer.subarray(0, bytesRead)
    }
  } finally {
    await handle.close()
  }
}

/** Enough to know gzip by: a pipe may give its octets one by one. Fewer where the file is over. */
async function readHead(blocks: AsyncIterator<Uint8Array>): Promise<Uint8Array> {
  let head = Buffer.alloc(0)
  while (head.length < 2) {
    const { value, done } = await blocks.next()
    if (done === true) break
    head = Buffer.concat([head, value])
  }
  return head
}

async function* rejoin(head: Uint8Array, blocks: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (head.length > 0) yield head
  yield* { [Symbol.asyncIterator]: () => blocks }
}

async function* copyEach(blocks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const block of blocks) yield Buffer.from(block)
}

async function* unpack(file: string, packed: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<Uint8Array> {
  let total = 0
  // Errors of either stream come out of the loop below. Blocks are copied: the next may be read while one is still unpacked.
  const unpacked = pipeline(Readable.from(copyEach(packed)), createGunzip({ chunkSize: BLOCK_BYTES }), () => {})
  try {
    for await (const block of unpacked) {
      total += block.length
      if (total > maxBytes) throw refuseBomb(file, maxBytes)
      yield block
    }
  } catch (error) {
    const isDamaged = error instanceof Error && 'code' in error && String(error.code).startsWith('Z_')
    throw isDamaged ? new CaptureError(total, 'gzip', `${messageOf(error)}; what was unpacked before was read`) : error
  }
}

function refuseBomb(file: string, maxBytes: number): Problem {
  const fix = 'unpack it and cut it: editcap -c 100000 big.pcap part.pcap'
  return new Problem('unreadable', `${file} expands to more than ${maxBytes} octets`, fix, EXIT.usage)
}

const BLOCK_BYTES = 256 * 1024
