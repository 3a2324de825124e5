import { expect, it } from 'vitest'
import { rememberBriefly } from '../../src/cli/remember-briefly.ts'

it('looks once for all that ask within some seconds, and anew behind them', () => {
  let now = 0
  let looks = 0
  const remember = rememberBriefly<number>(() => now)
  const look = () => {
    looks += 1
    return looks
  }
  expect([remember('a', look), remember('a', look), remember('b', look)]).toEqual([1, 1, 2])
  now = 5_000
  expect(remember('a', look)).toBe(3)
})

it('holds no more than so many names', () => {
  const remember = rememberBriefly<string>(() => 0)
  for (let name = 0; name < 64; name += 1) remember(String(name), () => 'old')
  remember('one more', () => 'old')
  expect(remember('0', () => 'new')).toBe('new')
})
