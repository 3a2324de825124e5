// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest'
import { choose, chosenIn, goTo, linkTo, linkToHandshake, parseRoute, type Route, route } from '../../web/router.ts'

const HANDSHAKE = { view: 'handshake', q: '', id: 412, tab: null, place: null } as const
const ROUTES: readonly [string, Route][] = [
  ['#/', { view: 'list', q: '' }],
  ['#/?q=host%3A*.example%20-status%3Apassed', { view: 'list', q: 'host:*.example -status:passed' }],
  ['#/setup', { view: 'setup', q: '' }],
  ['#/h/412', { view: 'handshake', q: '', id: 412, tab: null, place: null }],
  ['#/h/412/certificates', { view: 'handshake', q: '', id: 412, tab: 'certificates', place: null }],
  ['#/cmp/418/421', { view: 'compare', q: '', a: 418, b: 421 }],
  [
    '#/h/412/certificates?at=2025-12-01T00%3A00%3A00.000Z',
    { ...HANDSHAKE, tab: 'certificates', chosen: { at: '2025-12-01T00:00:00.000Z' } },
  ],
  ['#/h/412?q=a&fix=2', { ...HANDSHAKE, q: 'a', chosen: { fix: '2' } }],
  ['#/?fold=run%25209%2Crun%25207', { view: 'list', q: '', chosen: { fold: 'run%209,run%207' } }],
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
  it.each(['#/h/4?at=now', '#/h/4?at=2025-01-01', '#/h/4?fix=-1', '#/h/4?fix=<b>', '#/?fold='])('%s chooses nothing', (hash) => {
    expect(parseRoute(hash)).not.toHaveProperty('chosen')
  })
  it('what was chosen goes into the link, stays with its handshake, and can be taken back', () => {
    goTo({ ...HANDSHAKE })
    choose('fix', '3')
    choose('at', '2025-12-01T00:00:00.000Z')
    expect(linkTo(route.value)).toBe('#/h/412?fix=3&at=2025-12-01T00%3A00%3A00.000Z')
    choose('fix', null)
    choose('at', 'yesterday')
    expect([chosenIn('fix'), chosenIn('at'), linkTo(route.value)]).toEqual([undefined, undefined, '#/h/412'])
    choose('fix', '2')
    expect(linkToHandshake(7)).toBe('#/h/7')
    goTo({ view: 'list', q: '' })
    choose('fix', '2')
    expect(chosenIn('fix')).toBeUndefined()
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
