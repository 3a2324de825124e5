import { describe, expect, it } from 'vitest'
import { Problem } from '../../src/cli/problem.ts'
import { parseTarget } from '../../src/cli/target-argument.ts'

describe('the target of a probe', () => {
  it.each([
    ['mods.example', 'mods.example', 443],
    ['mods.example:8443', 'mods.example', 8443],
    ['https://mods.example/some/path', 'mods.example', 443],
    ['https://mods.example:8443/', 'mods.example', 8443],
    ['192.0.2.10:1', '192.0.2.10', 1],
    ['[2001:db8::1]', '2001:db8::1', 443],
    ['[2001:db8::1]:8443', '2001:db8::1', 8443],
  ])('%s is %s port %i', (text, host, port) => {
    expect(parseTarget(text)).toEqual({ host, port })
  })
  it.each(['', 'mods.example:', 'mods.example:0', 'mods.example:65536', 'not a host', '2001:db8::1', ':443', '[mods]'])(
    'is not %j: exit 2, with an example',
    (text) => {
      const problem = problemOf(() => parseTarget(text))
      expect(problem.exitCode).toBe(2)
      expect(problem.message).toContain('is no HOST[:PORT]')
      expect(problem.fix).toMatch(/^whytls probe /)
    },
  )
})

function problemOf(run: () => unknown): Problem {
  try {
    run()
  } catch (error) {
    if (error instanceof Problem) return error
    throw error
  }
  throw new Error('nothing was thrown')
}
