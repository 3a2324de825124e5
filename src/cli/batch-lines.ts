/** JSON lines in, JSON lines out, in the same order; never more in memory than a line and what the reader of stdout has not taken. */

import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { jsonText } from '../report/json-text.ts'

/** Answer each line of the input with one line of output; empty lines are skipped. Ends with the input. */
export async function answerLines(answer: (line: string) => object, { stdin, stdout }: BatchStreams = process): Promise<void> {
  let number = 0
  for await (const line of createInterface({ input: stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
    number += 1
    if (line.trim() === '') continue
    if (!stdout.write(`${jsonText(nameLine(answer(line), number))}\n`)) await once(stdout, 'drain')
  }
}

/** A line that has no id is found again by its number, counted from 1. */
function nameLine(answer: object, number: number): object {
  const { id, error } = { id: undefined, error: undefined, ...answer }
  return id === null && error !== undefined ? { ...answer, line: number } : answer
}

/** Where lines come from and go to; this process's own unless said. */
export interface BatchStreams {
  readonly stdin: NodeJS.ReadableStream
  readonly stdout: NodeJS.WritableStream
}
