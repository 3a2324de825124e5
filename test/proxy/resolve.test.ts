import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { findInHostsFile, locateHostsFile } from '../../src/proxy/hosts-file.ts'
import { listNames, parseResolvConf } from '../../src/proxy/resolv-conf.ts'
import { createResolver, type Resolve } from '../../src/proxy/resolve.ts'
import { parseResolveMap, ResolveMappingError } from '../../src/proxy/resolve-mapping.ts'
import { type Answer, serveDns } from './fixtures/dns-server.ts'

async function resolverWith(answer: (name: string) => Answer, resolvConf = '', hosts = ''): Promise<{ resolve: Resolve; on: string }> {
  const { port, stop } = await serveDns(0, answer)
  const folder = await mkdtemp(join(tmpdir(), 'whytls-resolve-'))
  onTestFinished(async () => {
    stop()
    await rm(folder, { recursive: true })
  })
  await writeFile(join(folder, 'resolv.conf'), `nameserver 127.0.0.1\noptions timeout:30 attempts:1\n${resolvConf}`)
  await writeFile(join(folder, 'hosts'), hosts)
  const resolve = createResolver({
    mapping: parseResolveMap(['mapped.example:443:192.0.2.7:8443']),
    platform: 'linux',
    hostsFile: join(folder, 'hosts'),
    resolvConf: join(folder, 'resolv.conf'),
    dnsPort: port,
  })
  return { resolve, on: `127.0.0.1:${port}` }
}

describe('createResolver', () => {
  it('takes --resolve first, then an IP address as it is, then the hosts file, then DNS', async () => {
    const { resolve } = await resolverWith(() => ({ rcode: 0, a: ['192.0.2.2'] }), '', '192.0.2.1 filed.example FILED # note\n')
    expect(await resolve('Mapped.Example', 443)).toEqual({ addresses: ['192.0.2.7'], port: 8443, by: '--resolve' })
    expect(await resolve('mapped.example', 80)).toMatchObject({ addresses: ['192.0.2.2'], port: 80, by: null })
    expect(await resolve('2001:db8::1', 443)).toMatchObject({ addresses: ['2001:db8::1'] })
    expect(await resolve('filed', 443)).toMatchObject({ addresses: ['192.0.2.1'] })
    expect(await resolve('other.example', 443)).toMatchObject({ addresses: ['192.0.2.2'] })
  })

  it("tells the ways of failing apart, each in go's words", async () => {
    const rcodes: Readonly<Record<string, Answer>> = {
      'empty.example': { rcode: 0 },
      'fails.example': { rcode: 2 },
      'refuses.example': { rcode: 5 },
    }
    const { resolve, on } = await resolverWith((name) => rcodes[name] ?? { rcode: 3 })
    for (const [name, kind, text] of [
      ['none.example', 'nxdomain', `lookup none.example on ${on}: no such host`],
      ['empty.example', 'no-address', `lookup empty.example on ${on}: no such host`],
      ['fails.example', 'servfail', `lookup fails.example on ${on}: server misbehaving`],
      ['refuses.example', 'servfail', `lookup refuses.example on ${on}: server misbehaving`],
      ['bad_-.example', 'nxdomain', 'lookup bad_-.example: no such host'],
    ] as const) {
      await expect(resolve(name, 443), name).rejects.toMatchObject({ kind, message: text })
    }
  })

  it("gives up on a server that does not answer, in go's words", async () => {
    const { resolve, on } = await resolverWith(() => undefined, 'options timeout:1\n')
    await expect(resolve('silent.example', 443)).rejects.toMatchObject({
      kind: 'dns-timeout',
      server: on,
      message: expect.stringMatching(/^lookup silent\.example on [\d.:]+: read udp 127\.0\.0\.1:\d+->[\d.:]+: i\/o timeout$/),
    })
  })

  it('walks the search list and prefers the error of the name itself', async () => {
    const asked = new Set<string>()
    const { resolve } = await resolverWith((name) => {
      asked.add(name)
      return name === 'found.corp.example' ? { rcode: 0, a: ['192.0.2.3'] } : { rcode: name.endsWith('corp.example') ? 2 : 3 }
    }, 'search corp.example\n')
    expect(await resolve('found', 443)).toMatchObject({ addresses: ['192.0.2.3'] })
    await expect(resolve('lost.example', 443)).rejects.toMatchObject({ kind: 'nxdomain' })
    expect([...asked]).toEqual(['found.corp.example', 'lost.example', 'lost.example.corp.example'])
  })

  it('says so when no server listens', async () => {
    const resolve = createResolver({ mapping: new Map(), platform: 'linux', hostsFile: '/dev/null', resolvConf: '/dev/null', dnsPort: 1 })
    await expect(resolve('modules.example', 443)).rejects.toMatchObject({
      kind: 'servfail',
      message: expect.stringMatching(/^lookup modules\.example on \S+: read udp \S+->\S+: read: connection refused$/),
    })
  })
})

describe('parseResolvConf', () => {
  it("has go's defaults", () => {
    expect(parseResolvConf('', 'box.corp.example')).toEqual({
      servers: ['127.0.0.1', '::1'],
      search: ['corp.example.'],
      ndots: 1,
      timeoutMs: 5000,
      attempts: 2,
    })
  })

  it('reads servers, search list and options, and leaves comments and names of servers out', () => {
    const text =
      '# note\nnameserver 192.0.2.1\nnameserver dns.example\nnameserver ::1\ndomain a.example\nsearch b.example . c.\noptions ndots:2 timeout:0 attempts:x\n'
    expect(parseResolvConf(text, 'box')).toEqual({
      servers: ['192.0.2.1', '::1'],
      search: ['b.example.', 'c.'],
      ndots: 2,
      timeoutMs: 1000,
      attempts: 1,
    })
  })

  it('orders the names to ask for by their dots', () => {
    const settings = parseResolvConf('search b.example\noptions ndots:2\n', 'box')
    expect(listNames('a', settings)).toEqual(['a.b.example.', 'a.'])
    expect(listNames('a.b.c', settings)).toEqual(['a.b.c.', 'a.b.c.b.example.'])
    expect(listNames('a.b.', settings)).toEqual(['a.b.'])
    expect(listNames('x.onion', settings)).toEqual(['x.onion.b.example.'])
  })
})

describe('the hosts file', () => {
  it('gives every address of a name, in order', () => {
    const text = '127.0.0.1 localhost\n::1\tlocalhost ip6\n#192.0.2.1 x\nbad x\n192.0.2.2 X. y\n'
    expect(findInHostsFile(text, 'LOCALHOST')).toEqual(['127.0.0.1', '::1'])
    expect(findInHostsFile(text, 'x')).toEqual(['192.0.2.2'])
  })

  it('is found on Windows too', () => {
    expect(locateHostsFile('linux', undefined)).toBe('/etc/hosts')
    expect(locateHostsFile('win32', 'D:\\Windows')).toMatch(/^D:\\Windows.System32.drivers.etc.hosts$/)
  })
})

describe('parseResolveMap', () => {
  it('takes IPv6 in brackets and an optional port, and refuses anything else with an example', () => {
    const map = parseResolveMap(['A.example:443:127.0.0.1', 'b.example:443:[::1]:8443'])
    expect([...map]).toEqual([
      ['a.example:443', { address: '127.0.0.1', port: null }],
      ['b.example:443', { address: '::1', port: 8443 }],
    ])
    for (const line of ['', 'a:443', 'a:443:b.example', 'a:0:127.0.0.1', 'a:443:127.0.0.1:99999', 'a:443:[x]']) {
      expect(() => parseResolveMap([line]), line).toThrow(ResolveMappingError)
    }
  })
})
