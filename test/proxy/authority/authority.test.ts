/** What the authority signs is what every supported go accepts. */
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { type AddressInfo, connect as connectTcp, createServer } from 'node:net'
import { connect, TLSSocket } from 'node:tls'
import { describe, expect, it } from 'vitest'
import { type Authority, makeKeptAuthority, makeRunAuthority, openAuthority } from '../../../src/proxy/authority/authority.ts'
import { makeRootPool } from '../../../src/x509/root-pool.ts'
import { goRules } from '../../../src/x509/rules.ts'
import { verifyChain } from '../../../src/x509/verify.ts'

const NOW = new Date()

/** The chain that a client of this host is shown. */
async function leafOf(authority: Authority, host: string): Promise<X509Certificate> {
  const server = createServer((socket) => {
    new TLSSocket(socket, { isServer: true, secureContext: authority.contextFor(host) }).on('error', () => {})
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  const { port } = server.address() as AddressInfo // it listens on TCP
  const session = connect({ socket: connectTcp(port, '127.0.0.1'), rejectUnauthorized: false })
  await new Promise((resolve, reject) => session.once('secureConnect', resolve).once('error', reject))
  const leaf = session.getPeerX509Certificate() ?? expect.fail('no certificate')
  session.destroy()
  server.close()
  return leaf
}

function judge(authority: Authority, leaf: X509Certificate, name: string, version = '1.26'): string {
  const roots = makeRootPool([new X509Certificate(authority.certificatePem).raw])
  const verdict = verifyChain({ presented: [leaf.raw], roots, now: NOW, name, rules: goRules(version) })
  return verdict.ok ? 'fine' : verdict.goText
}

describe('an authority of one run', () => {
  const authority = makeRunAuthority(NOW)

  it.each(['mods.example', 'ca.private', 'xn--bcher-kva.example', '192.0.2.7', '2001:db8::1', '::1', `${'a'.repeat(63)}.example`])(
    'signs %s so that go 1.21 and 1.26 accept it',
    async (host) => {
      const leaf = await leafOf(authority, host)
      expect([judge(authority, leaf, host, '1.21'), judge(authority, leaf, host)]).toEqual(['fine', 'fine'])
    },
  )

  it('gives positive serials of sixteen octets, each another one', async () => {
    const serials = await Promise.all(
      ['a.example', 'b.example', 'c.example'].map(async (host) => (await leafOf(authority, host)).serialNumber),
    )
    for (const serial of serials) expect(serial).toMatch(/^[4-7][0-9A-F]{31}$/)
    expect(new Set(serials).size).toBe(3)
  })

  it('signs nothing that outlives it, and lives for a day', async () => {
    const leaf = await leafOf(authority, 'mods.example')
    expect(new Date(leaf.validTo).getTime()).toBeLessThanOrEqual(authority.notAfter.getTime())
    expect(authority.notAfter.getTime() - NOW.getTime()).toBeLessThanOrEqual(86_400_000)
  })

  it('gives one context for one host', () => {
    expect(authority.contextFor('mods.example')).toBe(authority.contextFor('mods.example'))
  })
})

describe('an authority for named hosts', () => {
  const authority = makeRunAuthority(NOW, ['corp.example', '192.0.2.7'])

  it('is believed for these', async () => {
    expect(judge(authority, await leafOf(authority, 'mods.corp.example'), 'mods.corp.example')).toBe('fine')
    expect(judge(authority, await leafOf(authority, '192.0.2.7'), '192.0.2.7')).toBe('fine')
  })

  it('is believed for no other', async () => {
    expect(judge(authority, await leafOf(authority, 'bank.example'), 'bank.example')).toMatch(/not permitted by any constraint/)
    expect(judge(authority, await leafOf(authority, '192.0.2.8'), '192.0.2.8')).toMatch(/not permitted by any constraint/)
  })
})

describe('a kept authority', () => {
  it('opens with its own key only, and not once it has expired', () => {
    const files = makeKeptAuthority(NOW)
    expect(createPrivateKey(files.keyPem).asymmetricKeyDetails).toMatchObject({ namedCurve: 'prime256v1' })
    expect(openAuthority(files, NOW).certificatePem).toBe(files.certificatePem)
    expect(() => openAuthority({ ...files, keyPem: makeKeptAuthority(NOW).keyPem }, NOW)).toThrow(/does not belong/)
    expect(() => openAuthority(files, new Date(NOW.getTime() + 400 * 86_400_000))).toThrow(/expired/)
  })
})
