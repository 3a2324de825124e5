import { describe, expect, it } from 'vitest'
import { diagnose, toDraft } from '../../src/diagnosis/diagnose.ts'
import { type Connection, openConnection } from '../../src/recorder/connection.ts'
import { findInsecureSettings } from '../../src/recorder/insecure-settings.ts'
import { findWarnings, isHidden, type SeenInPassing, type WarningsInput } from '../../src/recorder/warnings.ts'
import { observation, transcript, witness } from '../diagnosis/observation-builders.ts'

const NOW = new Date('2026-11-22T13:44:02.000Z')

function connection(host: string, parts: Partial<Connection> = {}): Connection {
  const start = { key: host, startedAt: NOW, host, port: 443, clientAddress: '127.0.0.1:1', user: null, method: 'CONNECT' } as const
  return { ...openConnection(start, 9), outcome: 'passed', ...parts }
}

function failed(host: string, parts: Partial<Connection> = {}): Connection {
  const seen = observation()
  const draft = toDraft(diagnose(seen), seen)
  return connection(host, { outcome: 'failed', findings: draft === undefined ? [] : [draft], ...parts })
}

function warnings(parts: Partial<WarningsInput>) {
  const input = { connections: [], looks: [], exitCode: 0, runId: 9, stderrTail: '', env: {}, goEnv: {}, now: NOW, ...parts }
  return findWarnings(input)
}

function look(host: string, authority: string, parts: Partial<SeenInPassing> = {}): SeenInPassing {
  const leaf = { sha256: host, key: host, dnsNames: [host], organizations: [], notBeforeMs: 0, isLogged: false }
  const read = { host, leaf, authority: { name: authority, organizations: [], rawName: authority, keyId: null, sha256: null } }
  return { host, chain: [], read, issuesForAnyName: false, isPublic: false, ...parts }
}

describe('a failure that the command hid', () => {
  it('is one line for each host and cause when the command ended well', () => {
    const found = warnings({ connections: [failed('mods.example'), failed('mods.example'), connection('sums.example')] })
    expect(found).toMatchObject([{ code: 'hidden-failure', host: 'mods.example' }])
    expect(found[0]?.text).toContain('2 times (peer-closed)')
  })
  it('is none when go said it, when the command failed, or when nothing failed', () => {
    expect(isHidden({ connections: [failed('a.example', { witness: witness('EOF') })], exitCode: 0 })).toBe(false)
    expect(isHidden({ connections: [failed('a.example')], exitCode: 1 })).toBe(false)
    expect(warnings({ connections: [connection('a.example'), connection('b.example', { outcome: 'aborted' })] })).toEqual([])
  })
})

describe('hosts that are re-signed', () => {
  const gateway = (host: string, any = true) => look(host, 'CN=Acme Root', { issuesForAnyName: any })

  it('are told together with the authority', () => {
    const found = warnings({ looks: [gateway('a.one.example'), gateway('b.two.example')] })
    expect(found).toEqual([{ code: 'intercepted', host: null, text: '2 hosts are re-signed by "CN=Acme Root", which go trusts here' }])
  })
  it('are none behind a public authority, a company’s own CA, or one that signs for two hosts only', () => {
    const open = (host: string) => look(host, 'CN=R11', { isPublic: true, issuesForAnyName: true })
    expect(warnings({ looks: [open('a.one.example'), open('b.two.example')] })).toEqual([])
    expect(warnings({ looks: [gateway('a.acme.example'), gateway('b.acme.example')] })).toEqual([])
    expect(warnings({ looks: [gateway('a.one.example', false), gateway('b.two.example', false)] })).toEqual([])
  })
})

describe('a slow handshake', () => {
  const dialed = { leg: 'upstream', address: '10.1.2.3:443', dnsMs: 2_300, tcpMs: 4, atMs: 2_304 } as const

  it('names the slowest step that took a second', () => {
    expect(warnings({ connections: [connection('a.example', { dialed })] })).toEqual([
      { code: 'slow-handshake', host: 'a.example', text: 'looking up the name (DNS) took 2.3 s' },
    ])
    const stages = [
      { stage: 'client-hello', atMs: 10, source: 'wire' },
      { stage: 'server-hello', atMs: 4_010, source: 'wire' },
    ] as const
    const slow = connection('a.example', { dialed, transcript: transcript({ stages }) })
    expect(warnings({ connections: [slow] })[0]?.text).toBe("the server's answer to the ClientHello took 4.0 s")
  })
  it('is none where every step was quick', () => {
    expect(warnings({ connections: [connection('a.example', { dialed: { ...dialed, dnsMs: 40 } })] })).toEqual([])
  })
})

describe('a setting that checks less', () => {
  it('is each of these', () => {
    const env = { GIT_SSL_NO_VERIFY: '0', GODEBUG: 'x509negativeserial=1,http2client=0' }
    const found = findInsecureSettings(env, { GOINSECURE: '*.acme.example', GOPROXY: 'http://mods.example,direct' })
    expect(found.map(({ text }) => text.split(/[ :=]/)[0])).toEqual(['GIT_SSL_NO_VERIFY', 'GOINSECURE', 'GOPROXY', 'GODEBUG'])
  })
  it('is none of what is usual', () => {
    expect(
      findInsecureSettings({ GODEBUG: 'tlsmlkem=0' }, { GOPROXY: 'https://mods.example,http://127.0.0.1:3000', GOSUMDB: 'off' }),
    ).toEqual([])
  })
})

describe('what went past whytls', () => {
  it('is a host that only go’s words name', () => {
    const stderrTail = 'go: m.example/m@v1.0.0: Get "https://localhost:8443/m": EOF\n'
    expect(warnings({ stderrTail, exitCode: 1 })).toMatchObject([{ code: 'not-proxied', host: 'localhost' }])
  })
})

describe("git's own settings", () => {
  const git = { key: 'http.sslverify', value: 'false', place: '~/.gitconfig:3', file: '/home/anna/.gitconfig' }
  const byGit = (host: string) => {
    const own = connection(host)
    return { ...own, start: { ...own.start, userAgent: 'git/2.39.5' } }
  }

  it('that switch its checks off are told for the hosts that git went to', () => {
    const found = warnings({ connections: [byGit('code.example'), connection('mods.example')], gitSettings: () => [git] })
    expect(found.map(({ code, host }) => [code, host])).toEqual([['insecure-setting', 'code.example']])
    expect(found[0]?.text).toContain('http.sslverify=false (~/.gitconfig:3)')
  })
  it('that leave them on are not', () => {
    expect(warnings({ connections: [byGit('code.example')], gitSettings: () => [{ ...git, value: 'true' }] })).toEqual([])
  })
  it('that send it past whytls are named', () => {
    const stderrTail =
      'go: code.example/x.git@v1.0.0: invalid version: git ls-remote -q origin in /cache/vcs/1: exit status 128:\n' +
      "\tfatal: unable to access 'https://code.example/x/': Failed to connect to gw.example port 3128: Connection refused\n"
    const proxy = { ...git, key: 'http.proxy', value: 'http://gw.example:3128' }
    const [found] = warnings({ exitCode: 1, stderrTail, gitSettings: () => [proxy] })
    expect(found?.text).toContain('http.proxy=http://gw.example:3128 (~/.gitconfig:3), which wins over HTTPS_PROXY')
  })
})
