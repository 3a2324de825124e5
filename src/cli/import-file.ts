/** Reads the octets of a capture file, unpacked where it is gzipped, in blocks. */
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { CaptureError } from '../capture/capture-error.ts'
import { EXIT } from './exit-code.ts'
import { describeFileError } from './file-error.ts'
import { messageOf, Problem } from './problem.ts'

/** A gzipped capture is unpacked up to here, whatever it expands to: 4 GiB. */
const MAX_UNPACKED_BYTES = 4 * 1024 ** 3

/**
 * The octets of the file, unpacked; a block is valid until the next is asked for.
 * @throws Problem where it cannot be read, or expands too far; CaptureError where its compression breaks off or is damaged: what came before stays valid
 */
export async function* readCaptureBlocks(file: string, maxUnpackedBytes = MAX_UNPACKED_BYTES): AsyncGenerator<Uint8Array> {
  try {
    if (await isGzipped(file)) yield* unpack(file, maxUnpackedBytes)
    else yield* readPlain(file)
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

async function isGzipped(file: string): Promise<boolean> {
  const handle = await open(file)
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0)
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b
  } finally {
    await handle.close()
  }
}

async function* unpack(file: string, maxBytes: number): AsyncGenerator<Uint8Array> {
  let total = 0
  // Errors of either stream come out of the loop below.
  const unpacked = pipeline(createReadStream(file), createGunzip({ chunkSize: BLOCK_BYTES }), () => {})
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
