import { InvalidArgumentError } from 'commander'
import { describe, expect, it } from 'vitest'
import { parseCount, parsePort } from '../../src/cli/number-option.ts'

describe('a port', () => {
  it.each([
    ['0', 0],
    ['8877', 8877],
    ['65535', 65_535],
  ])('may be %s', (text, port) => {
    expect(parsePort(text)).toBe(port)
  })
  it.each(['', '-1', '65536', '1e3', '0x50', ' 80', '80.0', '٣'])('is not %j', (text) => {
    expect(() => parsePort(text)).toThrow(InvalidArgumentError)
  })
})

describe('a count', () => {
  it('is a whole number from 1', () => {
    expect(parseCount('1')).toBe(1)
    expect(parseCount('418')).toBe(418)
  })
  it.each(['0', '-3', '1.5', '', 'x', '9007199254740993'])('is not %j', (text) => {
    expect(() => parseCount(text)).toThrow(InvalidArgumentError)
  })
})
