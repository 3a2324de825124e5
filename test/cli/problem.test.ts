import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { messageOf, Problem, printProblem } from '../../src/cli/problem.ts'

function printed(problem: Problem): string {
  const stream = new PassThrough()
  printProblem(problem, stream)
  return String(stream.read())
}

describe('a problem', () => {
  it('is what, then what to do', () => {
    expect(printed(new Problem('port-in-use', '127.0.0.1:8877 is used by node (pid 9)', 'whytls --port 0', 125))).toBe(
      'error[port-in-use]: 127.0.0.1:8877 is used by node (pid 9)\n  fix       whytls --port 0\n',
    )
  })
  it('keeps its own line breaks and escapes what moves the cursor', () => {
    expect(printed(new Problem('filter', 'stage:\u001b[2J needs a value\n  ^', null, 2))).toBe(
      'error[filter]: stage:\\u001b[2J needs a value\n  ^\n',
    )
  })
  it('takes the words of whatever was thrown', () => {
    expect(messageOf(new Error('no'))).toBe('no')
    expect(messageOf('no')).toBe('no')
  })
})
