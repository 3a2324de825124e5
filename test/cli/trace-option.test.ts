import { describe, expect, it } from 'vitest'
import { buildProgram } from '../../src/cli/program.ts'
import { closeTraceOption } from '../../src/cli/trace-option.ts'

const program = buildProgram(() => undefined)
const close = (line: string) =>
  closeTraceOption(['node', 'whytls', ...line.split(' ')], program)
    .slice(2)
    .join(' ')

describe('--trace', () => {
  it.each([
    ['run --trace go mod download', 'run --trace= go mod download'],
    ['run --trace -- go mod download', 'run --trace= -- go mod download'],
    ['run --json out.json --trace go get', 'run --json out.json --trace= go get'],
    ['run -v --trace go get', 'run -v --trace= go get'],
    ['--color never run --trace go get', '--color never run --trace= go get'],
  ])('never takes the command for its file: %s', (line, closed) => {
    expect(close(line)).toBe(closed)
  })
  it.each([
    'run --trace=file -- go get',
    'run go test --trace',
    'run -- go test --trace',
    'run --json --trace -- go',
    'lab run ok --trace',
    'ls',
  ])('is left alone in: %s', (line) => {
    expect(close(line)).toBe(line)
  })
})
