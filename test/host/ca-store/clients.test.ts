import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
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

  it('in a TRUSTED CERTIFICATE block count for git and not for go', () => {
    const env = { GIT_SSL_CAINFO: third, SSL_CERT_FILE: third, SSL_CERT_DIR: join(folder, 'none') }
    expect(client('git', { env }).hasSubject(nameOf(three.der))).toBe(true)
    expect(client('go', { env })).toMatchObject({ count: 0, places: [{ path: third, setBy: 'SSL_CERT_FILE' }, { setBy: 'SSL_CERT_DIR' }] })
  })

  it('that cannot be read are said, with the reason and without an exception', () => {
    expect(client('git', { gitCaInfo: join(folder, 'absent') }).places).toMatchObject([{ count: 0, problem: 'cannot be read (ENOENT)' }])
    expect(client('git', { gitCaInfo: folder }).places).toMatchObject([{ problem: 'cannot be read (EISDIR)' }])
    expect(client('git', { gitCaInfo: save('words', 'x') }).places).toMatchObject([{ problem: 'no certificate in it' }])
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
