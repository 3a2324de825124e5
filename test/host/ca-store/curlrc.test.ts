import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { loadCurlrcRoots, readCurlrcRoots } from '../../../src/host/ca-store/curlrc.ts'

describe('the roots that a .curlrc names', () => {
  it.each([
    ['cacert = "/a b/ca.pem"', '/a b/ca.pem'],
    ['--cacert /ca.pem', '/ca.pem'],
    ['cacert=/ca.pem', '/ca.pem'],
    ['cacert: ca.pem', 'ca.pem'],
    ['  cacert /ca.pem # mine', '/ca.pem'],
    ['cacert /one.pem\ncacert /two.pem', '/two.pem'],
    [String.raw`cacert = "/a\"b.pem"`, '/a"b.pem'],
    ['--cacert=/ca.pem', null],
    ['# cacert /ca.pem', null],
    ['proxy-cacert /ca.pem', null],
    ['cacertx /ca.pem', null],
  ])('in "%s" are read as curl reads them', (text, cacert) => {
    expect(readCurlrcRoots(text, 'x')?.cacert ?? null).toBe(cacert)
  })

  it('are those of the first file: CURL_HOME, XDG_CONFIG_HOME, HOME', () => {
    const folder = mkdtempSync(join(tmpdir(), 'whytls-curlrc-'))
    afterAll(() => rmSync(folder, { recursive: true, force: true }))
    mkdirSync(join(folder, 'xdg'))
    writeFileSync(join(folder, '.curlrc'), 'capath = /home\n')
    writeFileSync(join(folder, 'xdg/curlrc'), 'cacert = /xdg\n')
    expect(loadCurlrcRoots({ HOME: folder })).toEqual({ path: `${folder}/.curlrc`, cacert: null, capath: '/home' })
    expect(loadCurlrcRoots({ HOME: folder, XDG_CONFIG_HOME: join(folder, 'xdg') })).toMatchObject({ cacert: '/xdg' })
    expect(loadCurlrcRoots({ HOME: join(folder, 'none') })).toBeNull()
    expect(loadCurlrcRoots({})).toBeNull()
  })
})
