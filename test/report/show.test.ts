import { describe, expect, it } from 'vitest'
import type { CertificateSummary } from '../../src/contract/handshake.ts'
import { makeDocument } from '../../src/report/document.ts'
import { listLine } from '../../src/report/ls.ts'
import { markdownReport } from '../../src/report/markdown.ts'
import { probeHeadline, probeStageLine } from '../../src/report/probe-lines.ts'
import { serveLine } from '../../src/report/serve-line.ts'
import { showHandshake, showRun } from '../../src/report/show.ts'
import type { Style } from '../../src/report/style.ts'
import { traceLine } from '../../src/report/trace.ts'
import { alert, CLIENT_HELLO, completed, LEAF, serverHello, transcript } from '../diagnosis/observation-builders.ts'
import { diagnosisOf, handshakeOf, ROW, SEEN } from './samples.ts'

const STYLE: Style = { columns: 80, colour: false, unicode: true, plain: false }
const ASCII: Style = { ...STYLE, unicode: false }
const EVIL = '\u001b[2J\u202eevil\u0085'
const UNSAFE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/

const CERTIFICATE: CertificateSummary = {
  sha256: 'ab'.repeat(32),
  der: '',
  parsed: true,
  subject: 'CN=modproxy.example,O=Acme',
  issuer: 'CN=Acme Issuing CA 3',
  serialNumber: '0a',
  notBefore: '2026-10-06T00:00:00.000Z',
  notAfter: '2026-11-19T12:00:00.000Z',
  dnsNames: ['modproxy.example'],
  ipAddresses: [],
  publicKey: 'ECDSA P-256',
  signatureAlgorithm: 'ECDSA-SHA256',
  isCa: false,
  keyUsage: ['digitalSignature'],
  extKeyUsage: ['serverAuth'],
  nameConstraints: null,
  subjectKeyId: null,
  authorityKeyId: '4f91',
  aia: { caIssuers: [], ocsp: [] },
}

const HANDSHAKE = handshakeOf(SEEN.expired, {
  certificates: {
    source: 'probe',
    sameAsGoSaw: true,
    chain: [CERTIFICATE, { ...CERTIFICATE, subject: 'CN=Acme Issuing CA 3', isCa: true }],
    verified: {
      ok: false,
      goText: 'x509: certificate has expired',
      byGoVersion: {},
      roots: '142 roots of its own environment',
      at: '2026-11-22T13:44:02.000Z',
    },
    ocspStapled: null,
  },
})
const DIAGNOSIS = diagnosisOf(SEEN.expired)
const RUN = {
  id: 9,
  argv: ['go', 'mod', 'download'],
  startedAt: '2026-11-22T13:44:01.000Z',
  durationMs: 1234,
  exitCode: 1,
  signal: null,
  go: { version: 'go1.26.8', env: { GOPROXY: 'https://user:secret@modproxy.example', GOFLAGS: '' } },
  stderrTail: '',
}
const DOCUMENT = makeDocument({
  tool: { version: '0.1.0', node: 'v20.20.2', platform: 'linux-x64' },
  run: RUN,
  diagnoses: [DIAGNOSIS],
  warnings: [],
  handshakes: [HANDSHAKE],
  environment: { clock: null, roots: [], findings: [] },
})

describe('show', () => {
  const whole = showHandshake({ handshake: HANDSHAKE, diagnosis: DIAGNOSIS, run: RUN }, { chain: false, full: false }, STYLE)

  it('begins with the handshake, the run and the verdict', () => {
    expect(whole.split('\n').slice(0, 2)).toEqual([
      '#412  modproxy.example:443  2026-11-22 13:44:02  run 9: go mod download',
      '✕ Certificate, leg whytls ⇄ upstream: cert-expired (high)',
    ])
  })

  it('has times per stage, what was offered and chosen, the chain in short and how to export', () => {
    expect(whole).toMatch(/DNS {3}TCP {2}CONN/)
    expect(whole).toMatch(/whytls ⇄ upstream.*✕/)
    expect(whole).toMatch(/version {3}1\.3 1\.2 +TLS 1\.3/)
    expect(whole).toContain('X25519MLKEM768 1,216 B')
    expect(whole).toContain('2 certificates (by a probe, the same as go saw by its record sizes)')
    expect(whole).toContain('whytls export 412 --json')
  })

  it('names fixes of every system, with undo, and what will not help, with the reason', () => {
    const trust = showHandshake(
      { handshake: handshakeOf(SEEN.login), diagnosis: diagnosisOf(SEEN.login), run: null },
      { chain: false, full: false },
      STYLE,
    )
    expect(trust).toContain('powershell')
    expect(trust).toContain('undo:')
    expect(whole).toContain('GOINSECURE: go reads it for direct')
  })

  it('draws the chain leaf first, and every field with full', () => {
    const chain = showHandshake({ handshake: HANDSHAKE, diagnosis: DIAGNOSIS, run: null }, { chain: true, full: true }, STYLE)
    expect(chain).toMatch(/\n {2}modproxy\.example +leaf +6 Oct 2026 to 19 Nov 2026\n/)
    expect(chain).toMatch(/\n {2}└─ Acme Issuing CA 3 +CA/)
    expect(chain).toContain('✕ x509: certificate has expired')
    expect(chain).toContain('ECDSA P-256, signed with ECDSA-SHA256')
  })

  it('lists all with full', () => {
    const full = showHandshake({ handshake: HANDSHAKE, diagnosis: DIAGNOSIS, run: null }, { chain: false, full: true }, STYLE)
    expect(full).toContain('TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256')
    expect(full).toContain('go -> server  type 22')
  })

  it.each([40, 60, 80, 200])('keeps to %i columns, go text and commands apart', (columns) => {
    const text = showHandshake(
      { handshake: HANDSHAKE, diagnosis: DIAGNOSIS, run: RUN },
      { chain: false, full: true },
      { ...STYLE, columns },
    )
    const lines = text.split('\n').filter((line) => !/^ {2}(go (said|says)|whytls |date |\d+ |records| +\d)/.test(line))
    for (const line of lines) expect([...line].length, line).toBeLessThanOrEqual(Math.max(columns, 46))
  })

  it('lets no captured text through raw, and is ASCII where that is asked for', () => {
    const handshake = {
      ...HANDSHAKE,
      target: { host: EVIL, port: 443, address: null },
      alerts: [{ sender: 'server', level: 'fatal', code: 40, name: EVIL, how: 'clear' } as const],
      clientHello: { ...CLIENT_HELLO, serverName: EVIL, alpn: [EVIL] },
      certificates: {
        source: 'wire' as const,
        sameAsGoSaw: true,
        chain: [{ ...CERTIFICATE, subject: `CN=${EVIL}`, dnsNames: [EVIL] }],
        verified: null,
        ocspStapled: null,
      },
    }
    const run = { ...RUN, argv: ['go', EVIL] }
    for (const chain of [true, false]) {
      const text = showHandshake({ handshake, diagnosis: { ...DIAGNOSIS, title: EVIL, why: EVIL }, run }, { chain, full: true }, ASCII)
      expect(text).toMatch(/^[\n\u0020-\u007e]*$/)
    }
  })

  it('of a run has each cause and each handshake', () => {
    const text = showRun(DOCUMENT, STYLE)
    expect(text).toContain('run 9  2026-11-22 13:44:01  go mod download  (exit 1, 1.2 s, go1.26.8)')
    expect(text).toContain('error[cert-expired]: modproxy.example:443, 1 handshake: #412')
    expect(text).toContain('✕ #412  modproxy.example:443  TLS 1.3')
  })
})

describe('one line per handshake', () => {
  it('in ls has id, time, sign, host, stage and cause', () => {
    expect(listLine(ROW, STYLE)).toBe('  #418  2026-11-22 13:47:10  ✕  modproxy.example:443        Certificate  unknown-authority')
    expect(listLine({ ...ROW, outcome: 'passed', version: 'TLS 1.3', alpn: 'h2', durationMs: null }, ASCII)).toContain(
      'ok    modproxy.example:443        TLS 1.3 h2',
    )
  })

  it('in the live list has local time, sign, host, stage, short cause and how often', () => {
    const line = serveLine(ROW, 4, STYLE)
    expect(line).toMatch(/^\d\d:\d\d:\d\d {2}✕ {2}modproxy\.example {3}Certificate {3}CA not trusted by go +×4$/)
    expect([...line].length).toBeLessThanOrEqual(80)
  })

  it('shows what is awaited while it is open', () => {
    expect(serveLine({ ...ROW, outcome: 'open', waitingFor: 'ServerHello', durationMs: 6200 }, 1, STYLE)).toMatch(
      /… {2}modproxy\.example {3}waiting for ServerHello +6\.2 s$/,
    )
  })

  it('is never wider than the terminal and never raw', () => {
    const row = { ...ROW, host: EVIL.repeat(40), cause: EVIL.repeat(40) }
    for (const style of [STYLE, ASCII, { ...STYLE, columns: 60 }]) {
      expect([...serveLine(row, 1, style)].length).toBeLessThanOrEqual(style.columns)
      expect(serveLine(row, 1, style) + listLine(row, style)).not.toMatch(UNSAFE)
    }
  })
})

describe('a trace line', () => {
  const connection = { host: 'modproxy.example', port: 443, key: '3' }

  it('of a ClientHello has all that was offered', () => {
    const line = traceLine({ type: 'client-hello', atMs: 10.2, hello: CLIENT_HELLO }, connection)
    expect(line).toBe(
      'whytls trace: modproxy.example:443 #3 +10 ms ClientHello -> 1,526 bytes; server name modproxy.example; versions TLS 1.3 TLS 1.2; cipher suites TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 TLS_AES_128_GCM_SHA256; groups X25519MLKEM768 x25519; key shares X25519MLKEM768 1,216 B x25519 32 B; signature algorithms ecdsa_secp256r1_sha256; ALPN h2 http/1.1; JA4 t13d1312h2_f57a46bbacb6_ab7e3b40a677 (go 1.26)',
    )
  })

  it('of a ServerHello has what was chosen', () => {
    expect(traceLine({ type: 'server-hello', atMs: 33, hello: serverHello() }, connection)).toContain(
      'ServerHello <- TLS 1.3; cipher suite TLS_AES_128_GCM_SHA256; key exchange x25519; ALPN h2',
    )
  })

  it('exists for every event, of the proxy too, in one line of ASCII', () => {
    const events = [
      { type: 'certificate', atMs: 1, from: 'server', chain: [LEAF] },
      { type: 'ocsp-staple', atMs: 1, lengthBytes: 471 },
      { type: 'alert', atMs: 1, alert: alert('client', 42, EVIL) },
      { type: 'stage-passed', atMs: 1, stage: 'certificate' },
      {
        type: 'not-tls',
        atMs: 1,
        dir: 'server-to-client',
        answer: { kind: 'http', head: new Uint8Array(), statusLine: EVIL, afterTlsBytes: 0 },
      },
      { type: 'unreadable', atMs: 1, dir: 'server-to-client', offset: 5, why: EVIL },
      { type: 'complete', atMs: 1 },
    ] as const
    const proxied = [
      { type: 'handshake', key: '3', event: events[0], transcript: transcript() },
      { type: 'tunnel', key: '3', atMs: 2 },
      { type: 'closed', key: '3', atMs: 2, ending: { by: 'server', how: 'rst', atMs: 2, afterHelloMs: 1 }, transcript: transcript() },
    ] as const
    for (const event of [...events, ...proxied])
      expect(traceLine(event, connection)).toMatch(/^whytls trace: modproxy\.example:443 #3 \+[\d.]+ ms [\u0020-\u007e]+$/)
  })
})

describe('the lines of a probe', () => {
  it('name target, route and go', () => {
    const route = [{ kind: 'http-proxy', address: 'gw.acme.example:3128' }] as const
    expect(probeHeadline({ host: 'modproxy.example', port: 443, route, goVersion: '1.26.8' })).toBe(
      'probing modproxy.example:443 via gw.acme.example:3128, as go 1.26.8',
    )
  })

  it('appear for steps, not for every record', () => {
    expect(probeStageLine({ type: 'server-hello', atMs: 23.6, hello: serverHello() })).toBe(
      '  ServerHello     23.6 ms  TLS 1.3, TLS_AES_128_GCM_SHA256, x25519, h2',
    )
    expect(probeStageLine({ type: 'encrypted-from-here', atMs: 1, dir: 'client-to-server' })).toBeNull()
  })
})

describe('the Markdown report', () => {
  it('holds cause, stage, go text, evidence and a row per handshake', () => {
    const text = markdownReport(DOCUMENT)
    expect(text).toContain('### whytls: `cert-expired`')
    expect(text).toContain('Stage Certificate, leg upstream, high; 1 handshake with `modproxy.example:443`.')
    expect(text).toContain('```text\ntls: failed to verify certificate: x509: cert-expired\n```')
    expect(text).toContain('| #412 | `modproxy.example:443` | `direct` | failed |')
  })

  it('masks users, passwords, home folders and inner addresses', () => {
    const evidence = [{ text: 'read /home/jane/ca.pem from 10.1.2.3 and 192.168.0.7', source: 'store', ref: null } as const]
    const text = markdownReport({ ...DOCUMENT, diagnoses: [{ ...DIAGNOSIS, evidence }] })
    expect(text).not.toMatch(/jane|secret|10\.1\.2\.3|192\.168\.0\.7/)
    expect(text).toContain('/home/USER/ca.pem')
  })

  it('lets captured text make no markup', () => {
    const evil = '![x](http://evil.example)<script>`code`|@someone\n# head'
    const text = markdownReport({
      ...DOCUMENT,
      diagnoses: [{ ...DIAGNOSIS, title: evil, why: evil, goText: { text: `\`\`\`\n${evil}`, source: 'stderr' } }],
    })
    const prose = text.replaceAll(/```text\n[\s\S]*?\n```/g, '')
    expect(prose).not.toMatch(/(?<!\\)\]\(/)
    expect(prose).not.toContain('<script>')
    expect(prose).not.toMatch(/^# head/m)
    expect(text.match(/```/g)).toHaveLength(2)
  })

  it('says when no cause was found', () => {
    expect(markdownReport({ ...DOCUMENT, run: null, diagnoses: [] })).toContain('### whytls: `no cause found`')
    expect(markdownReport({ ...DOCUMENT, run: null, diagnoses: [], handshakes: [handshakeOf(completed())] })).toContain('### whytls: `ok`')
  })
})

it('a document has the schema first', () => expect(Object.keys(DOCUMENT)[0]).toBe('schema'))
