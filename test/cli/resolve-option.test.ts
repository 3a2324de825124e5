import { InvalidArgumentError } from 'commander'
import { describe, expect, it } from 'vitest'
import { collectResolve } from '../../src/cli/resolve-option.ts'

describe('--resolve', () => {
  it('collects its values in order', () => {
    const first = collectResolve('mods.example:443:127.0.0.1', [])
    expect(collectResolve('sums.example:443:[::1]', first)).toEqual(['mods.example:443:127.0.0.1', 'sums.example:443:[::1]'])
  })
  it.each(['mods.example', 'mods.example:443', 'mods.example:x:127.0.0.1', 'mods.example:443:nowhere.example', ''])(
    'refuses %j as commander expects it',
    (value) => {
      expect(() => collectResolve(value, [])).toThrow(InvalidArgumentError)
    },
  )
})
