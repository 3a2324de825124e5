import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describePlatformStore, loadRoots } from '../../../src/host/ca-store/load-roots.ts'
import { goRules } from '../../../src/x509/rules.ts'
import { ca, mint, toPem } from '../../x509/mint.ts'

const newRoot = (commonName: string) => mint({ subject: { commonName }, extensions: [ca()] }).der
const [a, b, c] = [newRoot('A'), newRoot('B'), newRoot('C')] as const
let folder = ''
const at = (name: string) => join(folder, name)

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ca-store-'))
  mkdirSync(at('empty'))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** Only this file, no directory of the system. */
function loadFile(content: string | Uint8Array, go = '1.26.8') {
  writeFileSync(at('bundle.pem'), content)
  const loaded = loadRoots({ SSL_CERT_FILE: at('bundle.pem'), SSL_CERT_DIR: at('empty') }, 'tests', {
    platform: 'linux',
    rules: goRules(go),
  })
  return { count: loaded?.certificates.length, problem: loaded?.facts.places[0]?.problem }
}

describe('a file of roots', () => {
  it('gives each certificate once, also with CRLF, text around it, and twice in it', () => {
    const text = `Certificate:\n  Data:\n${toPem(a)}\n# comment\n${toPem(b)}${toPem(a)}`
    expect(loadFile(text)).toMatchObject({ count: 2 })
    expect(loadFile((toPem(a) + toPem(b)).replaceAll('\n', '\r\n'))).toEqual({ count: 2, problem: null })
  })

  it.each([
    ['one DER certificate', () => a, /^one DER certificate; go reads PEM only$/],
    ['TRUSTED CERTIFICATE blocks', () => toPem(a, 'TRUSTED CERTIFICATE'), /TRUSTED CERTIFICATE blocks are a form of OpenSSL/],
    ['a private key', () => toPem(a, 'PRIVATE KEY'), /a private key is no certificate/],
    ['a byte order mark before its only block', () => `\ufeff${toPem(a)}`, /byte order mark/],
    [
      'headers in its block',
      () => toPem(a).replace('-----\n', '-----\nName: x\n\n'),
      /no certificate in it: go reads no block with headers/,
    ],
    ['an old BEGIN line', () => toPem(a, 'X509 CERTIFICATE'), /X509 CERTIFICATE is an old name/],
    ['nothing', () => '', /^the file is empty$/],
    ['other text', () => 'hello', /^no PEM block in it$/],
  ])('with %s loads nothing and says why', (_, content, problem) => {
    const loaded = loadFile(content())
    expect(loaded.count).toBe(0)
    expect(loaded.problem).toMatch(problem)
  })

  it('a byte order mark costs only the first block', () => {
    expect(loadFile(`\ufeff${toPem(a)}${toPem(b)}`)).toMatchObject({
      count: 1,
      problem: expect.stringContaining('1 of 2 PEM blocks are skipped'),
    })
  })

  it.each(['1.23.12', '1.26.8'])('for go %s a block cut at a line end costs only itself, one cut in a line also the next', (go) => {
    const lines = toPem(a).split('\n').slice(0, 3).join('\n')
    expect(loadFile(`${lines}\n${toPem(b)}${toPem(c)}`, go)).toMatchObject({ count: 2, problem: expect.stringContaining('1 of 3') })
    expect(loadFile(`${lines}${toPem(b)}${toPem(c)}`, go)).toMatchObject({ count: 1, problem: expect.stringContaining('2 of 3') })
  })
})

describe('SSL_CERT_FILE and SSL_CERT_DIR', () => {
  it('are independent: each replaces its own list', () => {
    mkdirSync(at('dir'))
    writeFileSync(at('dir/any-name'), toPem(a))
    writeFileSync(at('dir/second.pem'), toPem(a) + toPem(b))
    writeFileSync(at('file.pem'), toPem(c))
    const both = loadRoots({ SSL_CERT_FILE: at('file.pem'), SSL_CERT_DIR: at('dir') }, 'tests', { platform: 'linux' })
    expect(both?.facts).toMatchObject({
      whose: 'tests',
      count: 3,
      places: [
        { path: at('file.pem'), count: 1, problem: null },
        { path: at('dir'), count: 2, problem: null },
      ],
    })
  })

  it('a directory is read whatever the names, without links to a name beside, and not below', () => {
    mkdirSync(at('links/below'), { recursive: true })
    writeFileSync(at('links/below/deep.pem'), toPem(a))
    writeFileSync(at('links/real'), toPem(b))
    symlinkSync('real', at('links/0.hash'))
    symlinkSync('nowhere', at('links/broken'))
    execFileSync('mkfifo', [at('links/pipe')])
    writeFileSync(at('outside.pem'), toPem(c))
    symlinkSync('../outside.pem', at('links/outward'))
    const loaded = loadRoots({ SSL_CERT_FILE: at('missing'), SSL_CERT_DIR: at('links') }, 'tests', { platform: 'linux' })
    expect(loaded?.certificates.map((der) => Buffer.from(der))).toEqual([c, b])
    expect(loaded?.facts.places[0]).toEqual({ path: at('missing'), count: 0, problem: 'no such file' })
  })

  it('SSL_CERT_DIR is a list with colons, SSL_CERT_FILE is one path', () => {
    mkdirSync(at('one'))
    mkdirSync(at('two'))
    writeFileSync(at('one/a'), toPem(a))
    writeFileSync(at('two/b'), toPem(b))
    const env = { SSL_CERT_FILE: `${at('one/a')}:${at('two/b')}`, SSL_CERT_DIR: `${at('one')}:${at('two')}` }
    const loaded = loadRoots(env, 'tests', { platform: 'linux' })
    expect(loaded?.facts.places.map(({ count, problem }) => [count, problem])).toEqual([
      [0, 'no such file: SSL_CERT_FILE is one path, not a list'],
      [1, null],
      [1, null],
    ])
  })

  it('a tilde is not expanded', () => {
    const loaded = loadRoots({ SSL_CERT_FILE: '~/roots.pem', SSL_CERT_DIR: at('empty') }, 'tests', { platform: 'linux' })
    expect(loaded?.facts.places[0]?.problem).toBe('no such file: go does not expand ~')
  })
})

describe('an empty pool', () => {
  it('is no error for Go when the places are not there, and one when they fail otherwise', () => {
    expect(
      loadRoots({ SSL_CERT_FILE: at('missing'), SSL_CERT_DIR: at('missing') }, 'tests', { platform: 'linux' })?.systemRootsError,
    ).toBeNull()
    writeFileSync(at('plain.pem'), toPem(a))
    const directory = loadRoots({ SSL_CERT_FILE: folder, SSL_CERT_DIR: at('missing') }, 'tests', { platform: 'linux' })
    expect(directory?.systemRootsError).toBe(`read ${folder}: is a directory`)
    const notDirectory = loadRoots({ SSL_CERT_FILE: at('missing'), SSL_CERT_DIR: at('plain.pem') }, 'tests', { platform: 'linux' })
    expect(notDirectory?.systemRootsError).toBe(`open ${at('plain.pem')}: not a directory`)
  })
})

describe('systems with a store of their own', () => {
  it('give no roots, and facts that say so', () => {
    expect(loadRoots({ SSL_CERT_FILE: at('file.pem') }, 'tests', { platform: 'darwin' })).toBeNull()
    expect(describePlatformStore({ SSL_CERT_FILE: 'x' }, 'tests', 'win32')).toMatchObject({
      count: 0,
      sslCertFile: 'x',
      places: [{ path: 'the Windows certificate store', problem: expect.stringContaining('whytls cannot read this store yet') }],
    })
  })
})
