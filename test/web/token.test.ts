// @vitest-environment happy-dom
import { beforeEach, describe, expect, it } from 'vitest'
import { currentToken, splitFragment, takeToken } from '../../web/token.ts'

describe('splitFragment', () => {
  it('finds the token of a fresh link', () => {
    expect(splitFragment('#t=8fK2_abcdefghij-kl')).toEqual({ token: '8fK2_abcdefghij-kl', rest: '#/' })
  })
  it('keeps where the link wants to go', () => {
    expect(splitFragment('#t=8fK2abcdefghijkl&/h/12')).toEqual({ token: '8fK2abcdefghijkl', rest: '#/h/12' })
    expect(splitFragment('#t=8fK2abcdefghijkl/h/12/bytes')).toEqual({ token: '8fK2abcdefghijkl', rest: '#/h/12/bytes' })
    expect(splitFragment('#/h/12?t=8fK2abcdefghijkl')).toEqual({ token: '8fK2abcdefghijkl', rest: '#/h/12' })
  })
  it('takes no filter for a token', () => {
    expect(splitFragment('#/?q=host%3Aa')).toEqual({ token: null, rest: '#/?q=host%3Aa' })
  })
})

describe('takeToken', () => {
  beforeEach(() => sessionStorage.clear())

  it('moves the token from the address bar to this tab', () => {
    location.hash = '#t=8fK2abcdefghijkl'
    expect(takeToken()).toBe(true)
    expect(location.href).not.toContain('8fK2')
    expect(currentToken()).toBe('8fK2abcdefghijkl')
  })
  it('leaves a link without a token alone', () => {
    location.hash = '#/h/3'
    expect(takeToken()).toBe(false)
    expect(location.hash).toBe('#/h/3')
    expect(currentToken()).toBe('')
  })
})
