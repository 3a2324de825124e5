/** Read what a page sends. */
import * as v from 'valibot'
import type { ClientMessage } from './protocol.ts'

/** Parse and check one message. @returns null when it is not JSON or not of the protocol */
export function readClientMessage(text: string): ClientMessage | null {
  try {
    const result = v.safeParse(MESSAGE, JSON.parse(text))
    return result.success ? result.output : null
  } catch {
    return null
  }
}

const SEQ = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
const FILTER = v.pipe(v.string(), v.maxLength(1_000))

const MESSAGE = v.variant('t', [
  v.object({
    t: v.literal('hello'),
    epoch: v.exactOptional(v.pipe(v.string(), v.maxLength(64))),
    seq: v.exactOptional(SEQ),
    q: v.exactOptional(FILTER),
  }),
  v.object({ t: v.literal('q'), q: FILTER }),
  v.object({ t: v.literal('ack'), seq: SEQ }),
])
