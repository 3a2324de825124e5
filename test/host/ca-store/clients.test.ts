import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { type ClientRoots, type ClientsMachine, describeMachine, loadClientRoots } from '../../../src/host/ca-store/clients.ts'
import { readNames } from '../../../src/x509/names.ts'
import { ca, mint, toPem } from '../../x509/mint.ts'

const folder = mkdtempSync(join(tmpdir(), 'whytls-clients-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const [one, two, three] = ['One', 'Two', 'Three'].map((commonName) => mint({ subject: { commonName }, extensions: [ca()] }))
if (one === undefined || two === undefined || three === undefined) throw new Error('three roots were minted')

function save(name: string, content: string): string {
  const file = join(folder, name)
  writeFileSync(file, content)
  return file
}

const first = save('first.pem', toPem(one.der))
const second = save('second.pem', `${toPem(two.der)}${toPem(two.der)}`)
const third = save('third.pem', toPem(Buffer.concat([three.der, Buffer.of(0x30, 0)]), 'TRUSTED CERTIFICATE'))

function client(name: ClientRoots['client'], machine: Partial<ClientsMachine>): ClientRoots {
  const all = loadClientRoots({ env: {}, platform: 'linux', gitCaInfo: null, gitCaPath: null, ...machine })
  const found = all.find((each) => each.client === name)
  if (found === undefined) throw new Error(`${name} is missing`)
  return found
}

const nameOf = (der: Uint8Array) => readNames(der)?.subject ?? new Uint8Array()

describe('the roots of other clients', () => {
  it('of git are those of GIT_SSL_CAINFO, then of http.sslCAInfo; curl variables do not count', () => {
    const env = { GIT_SSL_CAINFO: first, CURL_CA_BUNDLE: second, SSL_CERT_FILE: second }
    const byVariable = client('git', { env, gitCaInfo: second })
    expect(byVariable).toMatchObject({ count: 1, places: [{ path: first, setBy: 'GIT_SSL_CAINFO', count: 1, problem: null }] })
    expect(byVariable.hasSubject(nameOf(one.der))).toBe(true)
    expect(byVariable.hasSubject(nameOf(two.der))).toBe(false)
    const bySetting = client('git', { env: { CURL_CA_BUNDLE: first }, gitCaInfo: second })
    expect(bySetting.places).toMatchObject([{ path: second, setBy: 'git config http.sslCAInfo', count: 2 }])
    expect(bySetting.count).toBe(1)
    expect(client('git', {}).places).toMatchObject([{ setBy: 'default' }])
  })

  it('of curl are those of CURL_CA_BUNDLE, then of SSL_CERT_FILE', () => {
    expect(client('curl', { env: { CURL_CA_BUNDLE: first, SSL_CERT_FILE: second } }).places).toMatchObject([{ setBy: 'CURL_CA_BUNDLE' }])
    expect(client('curl', { env: { SSL_CERT_FILE: second } }).places).toMatchObject([{ path: second, setBy: 'SSL_CERT_FILE' }])
  })

  it('of Node are the bundled ones and those of NODE_EXTRA_CA_CERTS', () => {
    const node = client('node', { env: { NODE_EXTRA_CA_CERTS: first } })
    expect(node.places).toMatchObject([
      { path: `bundled with Node ${process.versions.node}`, mtime: null },
      { path: first, count: 1 },
    ])
    expect(node.count).toBeGreaterThan(100)
    expect(node.hasSubject(nameOf(one.der))).toBe(true)
  })

  it('in a TRUSTED CERTIFICATE block count for git with OpenSSL, not with GnuTLS, and not for go', () => {
    const env = { GIT_SSL_CAINFO: third, SSL_CERT_FILE: third, SSL_CERT_DIR: join(folder, 'none') }
    expect(client('git', { env }).hasSubject(nameOf(three.der))).toBe(true)
    expect(client('git', { env, gitTls: 'gnutls' }).places).toMatchObject([{ count: 0, problem: expect.stringContaining('GnuTLS') }])
    expect(client('go', { env })).toMatchObject({ count: 0, places: [{ path: third, setBy: 'SSL_CERT_FILE' }, { setBy: 'SSL_CERT_DIR' }] })
  })

  it('that cannot be read are said, with the reason and without an exception', () => {
    expect(client('git', { gitCaInfo: join(folder, 'absent') }).places).toMatchObject([{ count: 0, problem: 'cannot be read (ENOENT)' }])
    expect(client('git', { gitCaInfo: folder }).places).toMatchObject([{ problem: 'cannot be read (EISDIR)' }])
    expect(client('git', { gitCaInfo: save('words', 'x') }).places).toMatchObject([{ problem: 'no certificate in it' }])
  })

  const hashed = join(folder, 'hashed')
  mkdirSync(hashed)
  writeFileSync(join(hashed, '0a1b2c3d.0'), toPem(one.der))
  writeFileSync(join(hashed, '0a1b2c3d.2'), toPem(two.der))
  writeFileSync(join(hashed, 'three.pem'), toPem(three.der))
  const other = join(folder, 'other')
  mkdirSync(other)
  writeFileSync(join(other, 'ffffffff.0'), toPem(two.der))

  it('in a folder are those named by a hash, numbered without a gap, for OpenSSL, and all for GnuTLS; only OpenSSL takes a list of folders', () => {
    const env = { GIT_SSL_CAINFO: first, GIT_SSL_CAPATH: hashed }
    expect(client('git', { env }).places).toMatchObject([{ path: first }, { path: hashed, setBy: 'GIT_SSL_CAPATH', count: 1 }])
    expect(client('git', { env, gitTls: 'gnutls' }).places[1]).toMatchObject({ count: 3 })
    const both = { SSL_CERT_DIR: `${hashed}:${other}`, GIT_SSL_CAINFO: first, GIT_SSL_CAPATH: `${hashed}:${other}` }
    expect(client('curl', { env: both }).places.slice(1)).toMatchObject([{ path: hashed }, { path: other, count: 1 }])
    expect(client('git', { env: both, gitTls: 'gnutls' }).places[1]).toMatchObject({ count: 0, problem: 'cannot be read (ENOENT)' })
  })

  it('in the folder that libcurl was built to read count besides a file that is named, unless another folder is', () => {
    const env = { GIT_SSL_CAINFO: first, CURL_CA_BUNDLE: first }
    for (const name of ['git', 'curl'] as const) {
      const roots = client(name, { env, libcurlFolder: other })
      expect(roots.places).toMatchObject([{ path: first }, { path: other, setBy: 'default', count: 1 }])
      expect(roots.count).toBe(2)
    }
    expect(client('git', { env: { ...env, GIT_SSL_CAPATH: hashed }, libcurlFolder: other }).places[1]).toMatchObject({ path: hashed })
  })

  it('are none at all where git or curl is told of a file that it cannot take: it then connects nowhere', () => {
    const damaged = save('damaged', `${toPem(one.der)}-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n`)
    for (const path of [damaged, join(folder, 'absent')]) {
      const machine = { env: { GIT_SSL_CAINFO: path, CURL_CA_BUNDLE: path, GIT_SSL_CAPATH: hashed }, libcurlFolder: other }
      expect(client('git', machine)).toMatchObject({ count: 0, places: [{ path }] })
      expect(client('curl', machine)).toMatchObject({ count: 0, places: [{ path }] })
    }
    const empty = { path: '(empty)', problem: 'set to nothing, which is no file' }
    expect(client('git', { env: { GIT_SSL_CAINFO: '' }, gitCaInfo: first }).places).toMatchObject([empty])
    expect(client('git', { gitCaInfo: '' }).places).toMatchObject([{ ...empty, setBy: 'git config http.sslCAInfo' }])
  })

  it('of curl are those of .curlrc first; before 8.3 a folder in SSL_CERT_DIR takes SSL_CERT_FILE away', () => {
    const home = join(folder, 'home')
    mkdirSync(home)
    writeFileSync(join(home, '.curlrc'), `cacert = ${second}\n`)
    const told = client('curl', { env: { HOME: home, CURL_CA_BUNDLE: first, SSL_CERT_DIR: other } })
    expect(told.places).toMatchObject([{ path: second, setBy: join(home, '.curlrc') }])
    const env = { SSL_CERT_FILE: first, SSL_CERT_DIR: other }
    for (const version of ['7.88.1', '8.2.1', '8.3.0', '8.14.1', null]) {
      const { places } = client('curl', { env, curlVersion: () => version })
      expect(places.at(-1)).toMatchObject({ path: other, setBy: 'SSL_CERT_DIR', count: 1 })
      expect(places.some(({ path }) => path === first)).toBe(version !== '7.88.1' && version !== '8.2.1')
    }
  })

  it('of Node with --use-openssl-ca are those of SSL_CERT_FILE and SSL_CERT_DIR, and none of the bundled ones', () => {
    const env = { NODE_OPTIONS: '--use-openssl-ca', SSL_CERT_FILE: first, SSL_CERT_DIR: other }
    expect(client('node', { env }).places).toMatchObject([{ path: first, count: 1 }, { path: other }])
    const gone = { ...env, SSL_CERT_FILE: join(folder, 'absent'), NODE_EXTRA_CA_CERTS: first }
    expect(client('node', { env: gone })).toMatchObject({
      count: 2,
      places: [{ count: 0 }, { count: 1 }, { setBy: 'NODE_EXTRA_CA_CERTS' }],
    })
  })

  it('are not told where the stores of the system cannot be read', () => {
    for (const platform of ['darwin', 'win32']) expect(loadClientRoots({ env: {}, platform, gitCaInfo: null, gitCaPath: null })).toEqual([])
  })

  it("are asked of git's own configuration, for the host where one is known", () => {
    const config = save('gitconfig', `[http]\n\tsslCAInfo = ${first}\n[http "https://mods.example"]\n\tsslCAInfo = ${second}\n`)
    const env = { PATH: process.env['PATH'], HOME: folder, GIT_CONFIG_GLOBAL: config, GIT_CONFIG_NOSYSTEM: '1' }
    const machine = describeMachine(env, null)
    if (machine.gitCaInfo === null && process.env['CI'] !== 'true') console.warn('NOT CHECKED: git is missing')
    else expect([machine.gitCaInfo, describeMachine(env, 'https://mods.example/x').gitCaInfo]).toEqual([first, second])
  })
})
