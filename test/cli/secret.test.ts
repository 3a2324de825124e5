import { expect, it } from 'vitest'
import { isSameSecret, makeSecret } from '../../src/cli/secret.ts'

it('a secret has 128 bits and is equal to itself alone', () => {
  const [one, other] = [makeSecret(), makeSecret()]
  expect(one).toMatch(/^[0-9a-f]{32}$/)
  expect(isSameSecret(one, one)).toBe(true)
  expect(isSameSecret(other, one)).toBe(false)
  expect(isSameSecret('', one)).toBe(false)
})
