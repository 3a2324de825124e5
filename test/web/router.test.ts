// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest'
import { goTo, linkTo, linkToHandshake, parseRoute, type Route, route } from '../../web/router.ts'

const ROUTES: readonly [string, Route][] = [
  ['#/', { view: 'list', q: '' }],
  ['#/?q=host%3A*.example%20-status%3Apassed', { view: 'list', q: 'host:*.example -status:passed' }],
  ['#/setup', { view: 'setup', q: '' }],
  ['#/h/412', { view: 'handshake', q: '', id: 412, tab: null, place: null }],
  ['#/h/412/certificates', { view: 'handshake', q: '', id: 412, tab: 'certificates', place: null }],
  ['#/cmp/418/421', { view: 'compare', q: '', a: 418, b: 421 }],
  ['#/h/418/bytes/161-181?q=a', { view: 'handshake', q: 'a', id: 418, tab: 'bytes', place: '161-181' }],
]

describe('routes', () => {
  it.each(ROUTES)('%s is read and written the same', (hash, expected) => {
    expect(parseRoute(hash)).toEqual(expected)
    expect(linkTo(expected)).toBe(hash)
  })
  it.each(['', '#', '#/nowhere', '#/h/', '#/h/12x', '#/h/-1', '#/h/99999999999999999999'])('%j is the list', (hash) => {
    expect(parseRoute(hash).view).toBe('list')
  })
  it('an unknown tab is the default tab', () => {
    expect(parseRoute('#/h/4/nothing')).toEqual({ view: 'handshake', q: '', id: 4, tab: null, place: null })
  })
  it('a link to a handshake keeps the filter of now', () => {
    goTo({ view: 'list', q: 'status:failed' })
    expect(route.value).toEqual({ view: 'list', q: 'status:failed' })
    expect(linkToHandshake(7)).toBe('#/h/7?q=status%3Afailed')
    goTo({ view: 'list', q: '' })
  })
})
