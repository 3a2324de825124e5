import { PassThrough, Readable, Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { answerLines } from '../../src/cli/batch-lines.ts'

describe('a batch', () => {
  it('answers in the order of the lines, the last one without a line break too', async () => {
    const stdout = new PassThrough()
    await answerLines((line) => ({ line }), { stdin: Readable.from(['a\nb\r\n', '\n', 'c']), stdout })
    expect(stdout.read()?.toString()).toBe('{"line":"a"}\n{"line":"b"}\n{"line":"c"}\n')
  })

  it('names a line that has no id by its number, blank lines counted', async () => {
    const stdout = new PassThrough()
    const answer = (line: string) => (line === 'x' ? { id: 7, error: 'bad' } : { id: null, error: 'bad' })
    await answerLines(answer, { stdin: Readable.from(['a\n\nx\nb']), stdout })
    const lines = ['{"id":null,"error":"bad","line":1}', '{"id":7,"error":"bad"}', '{"id":null,"error":"bad","line":4}']
    expect(stdout.read()?.toString().trimEnd().split('\n')).toEqual(lines)
  })

  it('waits for a slow reader: what it has not taken stays below what a pipe holds', async () => {
    let most = 0
    const stdout: Writable = new Writable({
      highWaterMark: 1000,
      write(_chunk, _encoding, done) {
        most = Math.max(most, stdout.writableLength)
        setImmediate(done)
      },
    })
    await answerLines((line) => ({ line }), { stdin: Readable.from(`${'x'.repeat(100)}\n`.repeat(2000)), stdout })
    expect(most).toBeLessThan(2000)
  })
})
