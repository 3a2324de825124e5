/** JSON lines in, JSON lines out, in the same order; never more in memory than a line and what the reader of stdout has not taken. */
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/** Answer each line of stdin with one line on stdout; empty lines are skipped. Ends with stdin. */
export async function answerLines(answer: (line: string) => object): Promise<void> {
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() === '') continue
    if (!process.stdout.write(`${JSON.stringify(answer(line))}\n`)) await once(process.stdout, 'drain')
  }
}
