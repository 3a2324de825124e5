import { expect, it } from 'vitest'
import { jsonText } from '../../src/report/json-text.ts'

it('text that JSON leaves raw is escaped, and reads the same', () => {
  const value = { cn: 'a\u2028b\u0085c\u202ed\u009b31m\u007f', list: [1, null] }
  const text = jsonText(value)
  expect(text).toBe(String.raw`{"cn":"a\u2028b\u0085c\u202ed\u009b31m\u007f","list":[1,null]}`)
  expect(JSON.parse(text)).toEqual(value)
  expect(jsonText({ a: 1 }, 2)).toBe('{\n  "a": 1\n}')
})
