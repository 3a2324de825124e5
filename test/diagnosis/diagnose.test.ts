import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { SeenRecord } from '../../src/contract/handshake.ts'
import { diagnose, toDraft } from '../../src/diagnosis/diagnose.ts'
import type { Observation } from '../../src/diagnosis/observation.ts'
import {
  alert,
  CLIENT_HELLO,
  completed,
  defect,
  dial,
  ended,
  IN_TIME,
  LEAF,
  observation,
  probeOf,
  ROUTE,
  refusedInClear,
  refusedUnread,
  reply,
  seenRecord,
  serverHello,
  transcript,
  verdict,
  witness,
} from './observation-builders.ts'

const EXPIRED = verdict([defect('cert-expired', { notAfter: '2026-11-19T12:00:00Z' }), defect('cert-name-mismatch')], {
  tlsText:
    'tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2026-11-22T13:44:02Z is after 2026-11-19T12:00:00Z',
})
const UNKNOWN = verdict([defect('unknown-authority')], {
  tlsText: 'tls: failed to verify certificate: x509: certificate signed by unknown authority',
})
const ALERT_70 = transcript({ alerts: [alert('server', 70, 'protocol_version')] })

const message = (type: number, dir: 'client-to-server' | 'server-to-client') =>
  ({ dir, type, name: '', lengthBytes: 40, atMs: 1, recordOffset: 0, source: 'wire' }) as const
const causes = (seen: Observation) => diagnose(seen).map(({ cause }) => cause)
const draft = (seen: Observation) => toDraft(diagnose(seen), seen)

describe('diagnose', () => {
  it('says nothing of a connection that passed', () => {
    expect(diagnose(completed())).toEqual([])
    expect(toDraft([], completed())).toBeUndefined()
  })

  it('says nothing of a client that left early or is still there', () => {
    expect(diagnose(observation({ outcome: 'aborted' }))).toEqual([])
    expect(diagnose(observation({ outcome: 'open' }))).toEqual([])
  })

  it('gives the deeper cause before what merely happened', () => {
    const seen = observation({ transcript: ALERT_70, ending: ended('server', 'rst') })
    expect(causes(seen)).toEqual(['server-version-too-old', 'alert-protocol-version', 'peer-reset'])
    expect(draft(seen)?.alsoPossible.map(({ cause }) => cause)).not.toContain('peer-reset')
  })

  it('is not sure of an old server that refuses TLS 1.0 and 1.1 too', () => {
    const old = [{ id: 0x0301, name: 'TLS 1.0' }]
    const probe = probeOf({
      clientHellos: [{ ...CLIENT_HELLO, supportedVersions: old }],
      alerts: [alert('server', 70, 'protocol_version')],
    })
    expect(draft(observation({ transcript: ALERT_70, probe }))).toMatchObject({
      cause: 'server-version-too-old',
      confidence: 'possible',
      title: 'modproxy.example accepts no TLS version that is offered to it',
    })
  })

  it('waits on behind a warning, as go does', () => {
    const warned = transcript({ alerts: [{ ...alert('server', 112, 'unrecognized_name'), level: 'warning' }] })
    expect(causes(observation({ transcript: warned, ending: ended('client', 'fin', 10_003) }))).toEqual(['peer-silent'])
  })

  it('takes user_canceled for an end where go does: before TLS 1.3 was agreed on, and fatal', () => {
    const cancelled = transcript({ alerts: [alert('server', 90, 'user_canceled')] })
    expect(causes(observation({ transcript: cancelled, ending: ended('server', 'fin') }))[0]).toBe('alert-user-canceled')
    const taken = { ...cancelled, serverHellos: [serverHello()] }
    expect(causes(observation({ transcript: taken, ending: ended('server', 'fin') }))[0]).toBe('peer-closed')
  })

  it('says of an alert behind the ServerHello of TLS 1.2 that this was refused, and nothing of a chain', () => {
    const found = draft(
      observation({
        transcript: transcript({
          serverHellos: [{ ...serverHello(), selectedVersion: { id: 0x0303, name: 'TLS 1.2' } }],
          messages: [message(1, 'client-to-server'), message(2, 'server-to-client')],
          alerts: [alert('client', 47, 'illegal_parameter')],
          pending: 'certificate',
        }),
        ending: ended('client', 'fin'),
      }),
    )
    expect(found).toMatchObject({ cause: 'alert-illegal-parameter', stage: 'server-hello', alsoPossible: [] })
    expect(found?.why).toMatch(/did not accept the ServerHello.* No certificate was judged\.$/)
  })

  it('leaves an alert with the certificate where a part of its message had come', () => {
    const record = (n: number) =>
      ({ n, dir: 'server-to-client', leg: 'upstream', atMs: n, contentType: 22, version: '0x0303', lengthBytes: 50 }) as const
    const found = draft(
      observation({
        transcript: transcript({
          serverHellos: [{ ...serverHello(), selectedVersion: { id: 0x0303, name: 'TLS 1.2' } }],
          messages: [message(1, 'client-to-server'), message(2, 'server-to-client')],
          records: [record(2), record(3)],
          alerts: [alert('client', 80, 'internal_error')],
          pending: 'certificate',
        }),
        ending: ended('client', 'fin'),
      }),
    )
    expect(found).toMatchObject({ cause: 'alert-internal-error', stage: 'certificate' })
  })

  it('what is framed as TLS, but begins with no answer, is called another protocol with less certainty', () => {
    const begins = (...head: readonly number[]) =>
      diagnose(
        observation({
          transcript: transcript({ notTls: { kind: 'other', head: Uint8Array.from(head), statusLine: null, afterTlsBytes: 0 } }),
        }),
      )[0]
    expect(begins(0x14, 3, 3, 0, 1, 1)).toMatchObject({ cause: 'not-tls', confidence: 'likely' })
    expect(begins(0x17, 3, 3, 0, 16)?.explanation.alsoPossible).toMatchObject([{ cause: 'unexpected-message' }])
    expect(begins(0x17, 3, 9, 0, 16)).toMatchObject({ confidence: 'certain' })
  })

  it('says that the stream stopped being TLS where it began as TLS', () => {
    const notTls = { kind: 'other' as const, head: Uint8Array.of(0, 255, 19), statusLine: null, afterTlsBytes: 47 }
    const found = draft(observation({ transcript: transcript({ notTls, pending: 'certificate' }) }))
    expect(found).toMatchObject({ cause: 'not-tls', stage: 'certificate' })
    expect(found?.title).toBe('what modproxy.example sent stopped being TLS in the middle')
  })

  it('does not deny that the pool has an authority of the same name', () => {
    const namesake = defect('unknown-authority', {
      issuer: 'CN=Acme CA',
      candidate: 'CN=Acme CA',
      hint: 'x509: ECDSA verification failure',
    })
    const found = draft(refusedInClear(verdict([namesake])))
    expect(found?.cause).toBe('unknown-authority')
    expect(found?.evidence[0]?.text).toMatch(/^among the 142 roots .* is a CN=Acme CA, but its key did not sign this chain/)
  })

  const broken = (facts: Record<string, string>) => {
    const end = defect('unknown-authority', facts)
    return draft(refusedInClear(verdict([end]), 42, { judged: { source: 'wire', chain: [LEAF, LEAF], verdict: verdict([end]) } }))
  }

  it('takes a break in the chain for a missing intermediate where a root of the same organisation is trusted', () => {
    const found = broken({ issuer: 'CN=Acme L1', rootOfSameOrganisation: 'CN=Acme Root' })
    expect(found).toMatchObject({ cause: 'missing-intermediate', confidence: 'likely' })
    expect(found?.alsoPossible.map(({ cause }) => cause)).toContain('unknown-authority')
  })

  it('does so where another certificate of that organisation came and leads to a root', () => {
    expect(broken({ issuer: 'CN=Acme G2', trustedSibling: 'CN=Acme G1' })).toMatchObject({
      cause: 'missing-intermediate',
      confidence: 'likely',
    })
  })

  it('does not take what calls itself a root for a missing intermediate', () => {
    const found = broken({ issuer: 'CN=Acme Root G2', rootOfSameOrganisation: 'CN=Acme Root' })
    expect(found).toMatchObject({ cause: 'unknown-authority', confidence: 'high' })
    expect(found?.alsoPossible.map(({ cause }) => cause)).toContain('missing-intermediate')
  })

  it('claims no unknown authority where the issuer did not come and nothing tells a root from an intermediate', () => {
    expect(broken({ issuer: 'CN=Acme CA' })).toMatchObject({ cause: 'unknown-authority', confidence: 'likely' })
  })

  it('takes a 400 behind a request for a client certificate for the missing certificate, and leaves the other reason open', () => {
    const certificateRequest = { how: 'clear' as const, certificateTypes: [], signatureAlgorithms: [], certificateAuthorities: [] }
    const said = witness('400 Bad Request', 'go: m@v1: reading https://modproxy.example/x: 400 Bad Request')
    const found = draft(completed({ certificateRequest }, { witness: said }))
    expect(found).toMatchObject({ cause: 'client-cert-required', stage: 'application-data', confidence: 'likely' })
    expect(found?.alsoPossible.map(({ cause }) => cause)).toEqual(['http-400'])
    expect(draft(completed({}, { witness: said }))?.cause).toBe('http-400')
  })

  it.each([
    'net/http: HTTP/1.x transport connection broken: malformed MIME header: missing colon: "Conte"',
    'net/http: HTTP/1.x transport connection broken: bad Content-Length "x"',
    'invalid byte in chunk length',
    'malformed chunked encoding',
    'net/http: HTTP/1.x transport connection broken: net/http: server response headers exceeded 10485760 bytes; aborted',
    'flate: corrupt input before offset 5',
    'gzip: invalid header',
  ])('takes what is no HTTP any more for what it is: %s', (text) => {
    const line = `go: m@v1: read "https://modproxy.example/x": ${text}`
    expect(draft(completed({}, { witness: witness(text, line) }))?.cause).toBe('invalid-module-response')
  })

  it('knows a refused stream by any name of its code', () => {
    const text = 'stream error: stream ID 1; HTTP_1_1_REQUIRED; received from peer'
    const line = `go: m@v1: Get "https://modproxy.example/x": ${text}`
    expect(draft(completed({}, { witness: witness(text, line) }))?.cause).toBe('http2-refused')
  })

  it('leaves open whether a refusal behind a request for a client certificate means that none came', () => {
    const certificateRequest = { how: 'clear' as const, certificateTypes: [], signatureAlgorithms: [], certificateAuthorities: [] }
    const said = { witness: witness('403 Forbidden', 'go: m@v1: reading https://modproxy.example/x: 403 Forbidden') }
    const found = draft(completed({ certificateRequest }, said))
    expect(found).toMatchObject({ cause: 'http-403', confidence: 'likely', alsoPossible: [{ cause: 'client-cert-required' }] })
    expect(draft(completed({}, said))).toMatchObject({ cause: 'http-403', confidence: 'certain' })
  })

  it('takes a 401 to CONNECT for a login that is wanted, with less certainty than a 407', () => {
    expect(draft(reply(401, 'Unauthorized'))).toMatchObject({ cause: 'proxy-auth-required', confidence: 'likely' })
  })

  it.each([
    ['The requested URL returned error: 403', 'http-403'],
    ["fatal: repository 'https://modproxy.example/team.git/' not found", 'http-404'],
    ["fatal: could not read Username for 'https://modproxy.example': terminal prompts disabled", 'http-401'],
    ["fatal: Authentication failed for 'https://modproxy.example/team.git/'", 'http-401'],
  ])('reads what git says behind TLS: %s', (text, cause) => {
    expect(causes(completed({}, { witness: witness(text) }))[0]).toBe(cause)
  })

  it('tells an answer that is no checksum database from a module that differs from it', () => {
    const said = (text: string) => causes(completed({}, { witness: witness(`verifying go.mod: ${text}`) }))
    expect(said('example.test/m@v1.0.0/go.mod: malformed record data')).toEqual(['invalid-module-response'])
    expect(said('example.test/m@v1.0.0/go.mod: reading tree note: invalid signature for key sums.example+1234')).toEqual([
      'invalid-module-response',
    ])
    expect(said('example.test/m@v1.0.0/go.mod: downloaded inconsistent tile')).toEqual(['checksum-mismatch'])
    expect(said('checksum missing from sumdb response')).toEqual(['checksum-mismatch'])
  })

  it('takes a go.mod without a module line for what it is', () => {
    const line = 'go: m.test/m@v1.0.0 requires m.test/m@v1.0.0: parsing go.mod: missing module line'
    expect(draft(completed({}, { witness: witness(line.slice(4), line) }))?.cause).toBe('invalid-module-response')
  })

  it('sees that the server fell silent where its Finished is awaited in TLS 1.2, behind that of the client', () => {
    const found = draft(
      observation({
        transcript: transcript({
          serverHellos: [serverHello(0x0303)],
          clientAnswer: 'finished',
          pending: 'finished',
          waitingFor: 'Finished',
        }),
        ending: ended('client', 'fin', 10_004),
      }),
    )
    expect(found).toMatchObject({ cause: 'peer-silent', stage: 'finished' })
  })

  it('takes an answer that is no HTTP for what it is', () => {
    const seen = completed({}, { witness: witness('net/http: HTTP/1.x transport connection broken: malformed HTTP response "SSH-2.0"') })
    expect(draft(seen)).toMatchObject({ cause: 'invalid-module-response', stage: 'application-data' })
    expect(draft(seen)?.why).toContain('is not HTTP')
  })

  it('claims no old server when a probe got a TLS 1.3 ServerHello', () => {
    expect(causes(observation({ transcript: ALERT_70, probe: probeOf({ serverHellos: [serverHello()] }) }))[0]).toBe(
      'alert-protocol-version',
    )
  })

  it('takes a ServerHello of TLS 1.1 as certain, at its own stage, with the version in the text', () => {
    const seen = observation({
      transcript: transcript({
        serverHellos: [serverHello(0x0302, 0xc013, 'X')],
        pending: 'server-hello',
        alerts: [alert('client', 70, 'protocol_version')],
      }),
      ending: ended('client', 'fin'),
    })
    expect(diagnose(seen)[0]).toMatchObject({
      cause: 'server-version-too-old',
      stage: 'server-hello',
      confidence: 'certain',
      goText: 'tls: server selected unsupported protocol version 302',
    })
  })

  it('takes a suite that was not offered as certain', () => {
    const seen = observation({
      transcript: transcript({
        serverHellos: [serverHello(0x0303, 0x009c, 'TLS_RSA_WITH_AES_128_GCM_SHA256')],
        pending: 'server-hello',
        alerts: [alert('client', 40, 'handshake_failure')],
      }),
      ending: ended('client', 'fin'),
    })
    expect(diagnose(seen)[0]).toMatchObject({
      cause: 'no-common-cipher',
      stage: 'server-hello',
      confidence: 'certain',
      goText: 'tls: server chose an unconfigured cipher suite',
    })
    expect(draft(seen)?.fixes.some(({ env }) => env['GODEBUG'] === 'tlsrsakex=1')).toBe(true)
    const newer = { ...seen, go: { ...seen.go, version: '1.27.4' } }
    expect(draft(newer)?.fixes.some(({ env }) => env['GODEBUG'] !== undefined)).toBe(false)
  })

  it('tells a client certificate of TLS 1.2 at Finished, with the alert that was read', () => {
    const seen = observation({
      transcript: transcript({
        serverHellos: [serverHello(0x0303, 0xc02f, 'X')],
        certificateRequest: {
          how: 'clear',
          certificateTypes: [64],
          signatureAlgorithms: [],
          certificateAuthorities: ['CN=Acme Device CA'],
        },
        clientAnswer: 'empty-certificate-and-finished',
        alerts: [alert('server', 40, 'handshake_failure', { beforeFinished: false })],
        pending: 'finished',
      }),
    })
    expect(diagnose(seen)[0]).toMatchObject({
      cause: 'client-cert-required',
      stage: 'finished',
      confidence: 'certain',
      goText: 'remote error: tls: handshake failure',
    })
    expect(draft(seen)?.why).toContain('Acme Device CA')
  })
})

describe('a refused certificate', () => {
  it('is certain where the chain and the alert were in clear', () => {
    expect(diagnose(refusedInClear(EXPIRED, 42, IN_TIME))[0]).toMatchObject({ cause: 'cert-expired', confidence: 'certain' })
  })

  it('is high where only record sizes tie the probe to go', () => {
    expect(diagnose(refusedUnread(EXPIRED, true, IN_TIME))[0]).toMatchObject({ cause: 'cert-expired', confidence: 'high' })
  })

  it('is likely where the probe may have met another chain, and says so', () => {
    const seen = refusedUnread(EXPIRED, false)
    expect(diagnose(seen)[0]?.confidence).toBe('likely')
    expect(draft(seen)?.notChecked).toContain('whether go met the same chain as the probe')
  })

  it("becomes certain when go's own words equal the predicted ones, whatever the time in them", () => {
    const words = EXPIRED.tlsText.replace('13:44:02Z', '13:44:01Z')
    expect(diagnose(refusedUnread(EXPIRED, true, { ...IN_TIME, witness: witness(words) }))[0]?.confidence).toBe('certain')
    expect(diagnose(refusedUnread(EXPIRED, false, { ...IN_TIME, witness: witness(words) }))[0]?.confidence).toBe('high')
  })

  it('is possible where a client finished, then left without a request: git looks at the chain that late', () => {
    const record = (dir: 'client-to-server' | 'server-to-client', contentType: number) => seenRecord(dir, contentType)
    const handshake = [20, 22].flatMap((type) => [record('client-to-server', type), record('server-to-client', type)])
    const left = (...behind: readonly SeenRecord[]) =>
      completed(
        { serverHellos: [serverHello(0x0303, 0xc02b, 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256')], records: [...handshake, ...behind] },
        { outcome: 'failed', judged: { source: 'wire', chain: [LEAF], verdict: EXPIRED }, ...IN_TIME },
      )
    expect(diagnose(left(record('client-to-server', 21)))[0]).toMatchObject({ cause: 'cert-expired', confidence: 'possible' })
    const asked = left(record('client-to-server', 23), record('client-to-server', 21))
    expect(causes(asked)).not.toContain('cert-expired')
  })

  it('is no more than likely where the roots are not known to be those of the client, unless roots do not matter', () => {
    const roots = { whose: 'ours', places: [], count: 3, sslCertFile: '', sslCertDir: '', isAssumed: true } as const
    expect(diagnose(refusedUnread(UNKNOWN, true, { roots }))[0]).toMatchObject({ cause: 'unknown-authority', confidence: 'likely' })
    expect(diagnose(refusedUnread(EXPIRED, true, { ...IN_TIME, roots }))[0]).toMatchObject({ cause: 'cert-expired', confidence: 'high' })
  })

  it('becomes doubtful when go says something else', () => {
    const seen = refusedUnread(EXPIRED, true, { witness: witness(UNKNOWN.tlsText) })
    expect(diagnose(seen)[0]).toMatchObject({ cause: 'cert-expired', confidence: 'possible' })
    expect(draft(seen)?.goText).toEqual({ text: UNKNOWN.tlsText, source: 'stderr' })
  })

  it("never comes from go's words alone", () => {
    expect(causes(observation({ witness: witness(UNKNOWN.tlsText) }))).toEqual(['peer-closed'])
  })

  it('is not blamed when go sent Finished', () => {
    const seen = completed(
      {},
      { outcome: 'failed', ending: ended('server', 'rst'), judged: { source: 'probe', chain: [], verdict: EXPIRED } },
    )
    expect(causes(seen)).toEqual(['peer-reset'])
  })

  it('lists the further defects, since repairing the first uncovers them', () => {
    expect(draft(refusedInClear(EXPIRED))?.alsoTrue).toEqual(['the certificate is not for this host name either (CN=modproxy.example)'])
  })

  it('stays unexplained, possible at most, where the chain that whytls saw is fine', () => {
    const seen = refusedUnread(verdict([]))
    expect(diagnose(seen)[0]).toMatchObject({ cause: 'alert-unknown', stage: 'certificate', confidence: 'possible' })
    expect(draft(seen)?.notChecked).toEqual([
      'whether go met the chain that whytls saw',
      'whether go uses the roots that whytls read',
      "the proof of the certificate's key",
    ])
  })

  it('stays unexplained without a probe', () => {
    const seen = refusedUnread(verdict([]), false, { judged: null, probe: null })
    expect(draft(seen)).toMatchObject({ cause: 'alert-unknown', notChecked: ['the certificate chain that go met'] })
  })
})

describe('an unknown authority', () => {
  it('is the empty pool when there are no roots at all', () => {
    const roots = {
      whose: 'its own environment',
      places: [{ path: '/nowhere', count: 0, problem: 'does not exist' }],
      count: 0,
      sslCertFile: '/nowhere',
      sslCertDir: '',
    }
    expect(diagnose(refusedInClear(UNKNOWN, 42, { roots }))[0]).toMatchObject({ cause: 'client-roots-missing', confidence: 'certain' })
  })

  it('is likely the empty pool where go refused a chain that nobody looked at', () => {
    const roots = { whose: 'its own environment', places: [], count: 0, sslCertFile: '/nowhere', sslCertDir: '' }
    const unseen = { judged: null, probe: null }
    expect(diagnose(refusedUnread(verdict([]), false, { ...unseen, roots }))[0]).toMatchObject({
      cause: 'client-roots-missing',
      confidence: 'likely',
    })
    expect(diagnose(refusedUnread(verdict([]), false, unseen))[0]?.cause).toBe('alert-unknown')
  })

  it('is a list without the public roots once the chain passes with them', () => {
    const roots = { whose: 'its own environment', places: [], count: 1, sslCertFile: '/corp.pem', sslCertDir: '' }
    const fineWith = [{ where: "the system's own list", isHidden: true }]
    const judged = { source: 'wire' as const, chain: [LEAF, LEAF], verdict: UNKNOWN, fineWith }
    const found = draft(refusedInClear(UNKNOWN, 42, { judged, roots }))
    expect(found).toMatchObject({ cause: 'client-roots-missing', confidence: 'certain' })
    expect(found?.fixes[0]).toMatchObject({ commands: ['unset SSL_CERT_FILE SSL_CERT_DIR'], checked: true })
  })

  it('is a list without the public roots where the list of another client brings them and completes the chain', () => {
    const held = { client: 'git', path: '/etc/git-roots.pem', kind: 'bundle' as const, completes: true }
    const judged = { source: 'wire' as const, chain: [LEAF, LEAF], verdict: UNKNOWN }
    const causeWith = (parts: object) =>
      diagnose(refusedInClear(UNKNOWN, 42, { judged: { ...judged, heldBy: [{ ...held, ...parts }] } }))[0]?.cause
    expect(causeWith({ bringsPublicRoots: true })).toBe('client-roots-missing')
    expect(causeWith({})).toBe('unknown-authority')
    expect(causeWith({ bringsPublicRoots: true, completes: false })).toBe('unknown-authority')
  })

  it('is a missing intermediate once a known one completes the chain', () => {
    const seen = refusedUnread({ ...UNKNOWN, completedBy: ['ab'.repeat(32)] })
    expect(diagnose(seen)[0]).toMatchObject({ cause: 'missing-intermediate', confidence: 'certain' })
    expect(draft(seen)?.alsoPossible).toEqual([])
  })

  it('that is a missing intermediate gets it beside the list that go reads now, and not in a list that git does not read', () => {
    const missing = { ...UNKNOWN, completedBy: ['ab'.repeat(32)] }
    const fixesWith = (path: string, more: object = {}) => {
      const places = [{ path, count: 3, problem: null }]
      const roots = { whose: 'its own environment', places, count: 3, sslCertFile: path, sslCertDir: '', ...more }
      return draft(refusedUnread(missing, true, { roots }))?.fixes.filter(({ scope }) => scope !== 'server') ?? []
    }
    const [own] = fixesWith('/home/anna/my cas.pem')
    expect(own?.commands).toContain("cat '/home/anna/my cas.pem' intermediate.crt > bundle.pem")
    expect(own?.undo).toEqual(["export SSL_CERT_FILE='/home/anna/my cas.pem'"])
    const [odd] = fixesWith('/x/$(id).pem')
    expect(odd?.commands).toContain('cat /etc/ssl/certs/ca-certificates.crt intermediate.crt > bundle.pem')
    expect(odd?.undo).toEqual(['unset SSL_CERT_FILE'])
    expect(fixesWith('/git.pem', { reader: 'git', sslCertFile: '' })).toEqual([])
  })

  it('whose certificate was found and leads nowhere is no missing intermediate', () => {
    const seen = refusedUnread(UNKNOWN)
    const judged = seen.judged === null ? null : { ...seen.judged, isIssuerFound: true as const }
    const found = draft({ ...seen, judged })
    expect(found).toMatchObject({ cause: 'unknown-authority', confidence: 'high' })
    expect(found?.alsoPossible.map(({ cause }) => cause)).not.toContain('missing-intermediate')
    expect(found?.evidence.map(({ text }) => text).join()).toContain('was found, and leads to no trusted root either')
  })

  it('is no more than likely for a lone leaf, with the missing intermediate beside it', () => {
    const seen = refusedUnread(UNKNOWN, true, { witness: witness(UNKNOWN.tlsText) })
    expect(draft(seen)).toMatchObject({
      cause: 'unknown-authority',
      confidence: 'likely',
      alsoPossible: [{ cause: 'missing-intermediate', test: 'whytls probe modproxy.example --aia' }],
    })
  })

  it('names no certificate from the wire as something to trust', () => {
    const commands = draft(refusedUnread(UNKNOWN))?.fixes.flatMap((fix) => fix.commands) ?? []
    expect(commands.join('\n')).not.toMatch(/export .*--pem|s_client|openssl/)
  })
})

describe('a draft', () => {
  it('has go text from stderr before predicted text', () => {
    const seen = reply(403, 'Forbidden')
    expect(draft(seen)?.goText).toEqual({ text: 'Forbidden', source: 'predicted' })
    expect(draft({ ...seen, witness: witness('Forbidden') })?.goText?.source).toBe('stderr')
  })

  it('quotes captured values so that they cannot move the cursor', () => {
    const evil = '\u001b]0;owned\u0007\u202e\u0085'
    const seen = reply(403, evil, [['Server', evil]], `<b>${evil}</b>`)
    const text = [draft(seen)?.title, draft(seen)?.why, ...(draft(seen)?.evidence.map((line) => line.text) ?? [])].join('')
    expect(text).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/)
    expect(text).toContain('\\u001b')
  })

  it('puts no hostile host into a command', () => {
    const target = { host: 'x$(reboot).example', port: 443, address: null }
    const fixes = draft({ ...dial('nxdomain', { host: target.host }), target })?.fixes ?? []
    expect(fixes.flatMap(({ commands }) => commands).join('\n')).not.toContain('reboot')
    expect(fixes.flatMap(({ commands }) => commands)).toContain('whytls probe HOST')
  })
})

describe('any observation', () => {
  const parts = fc.record(
    {
      outcome: fc.constantFrom('passed' as const, 'failed' as const, 'aborted' as const, 'open' as const),
      route: fc.constantFrom([], ROUTE),
      target: fc.record({ host: fc.string(), port: fc.integer(), address: fc.option(fc.string()) }),
      ending: fc.option(
        fc.record({
          by: fc.constantFrom('client' as const, 'server' as const, 'us' as const),
          how: fc.constantFrom('fin' as const, 'rst' as const, 'timeout' as const),
          atMs: fc.double(),
          afterHelloMs: fc.option(fc.double()),
        }),
      ),
      witness: fc.option(fc.record({ text: fc.string(), line: fc.string(), url: fc.option(fc.string()) })),
      judged: fc.option(
        fc.record({
          source: fc.constantFrom('wire' as const, 'decrypted' as const, 'probe' as const),
          chain: fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 3 }),
          verdict: fc
            .array(
              fc.constantFrom('cert-expired' as const, 'unknown-authority' as const, 'cert-malformed' as const, 'weak-rsa-key' as const),
              { maxLength: 3 },
            )
            .map((codes) => verdict(codes.map((code) => defect(code, { notAfter: 'x', offset: '1' })))),
        }),
      ),
      connect: fc.option(
        fc.oneof(
          fc.record({
            kind: fc.constantFrom('closed' as const, 'reset' as const, 'silent' as const),
            afterMs: fc.double(),
            receivedBytes: fc.nat(),
          }),
          fc.record({ kind: fc.constant('not-http' as const), afterMs: fc.double(), head: fc.string() }),
          fc.record({
            kind: fc.constant('answered' as const),
            afterMs: fc.double(),
            reply: fc.record({
              status: fc.integer({ min: 0, max: 999 }),
              reason: fc.string(),
              headers: fc.array(fc.tuple(fc.string(), fc.string())),
              body: fc.string(),
            }),
          }),
        ),
      ),
      go: fc.record({ version: fc.string(), isKnown: fc.boolean(), godebug: fc.string() }),
      transcript: fc
        .record(
          {
            alerts: fc.array(
              fc.record({
                sender: fc.constantFrom('client' as const, 'server' as const),
                level: fc.constantFrom('warning' as const, 'fatal' as const, null),
                code: fc.option(fc.nat(255)),
                name: fc.string(),
                how: fc.constantFrom('clear' as const, 'inferred' as const, 'decrypted' as const),
                atMs: fc.double(),
                beforeFinished: fc.boolean(),
              }),
              { maxLength: 3 },
            ),
            clientAnswer: fc.constantFrom('none' as const, 'alert' as const, 'finished' as const, 'unknown' as const),
            isComplete: fc.boolean(),
            serverHellos: fc.constantFrom([], [serverHello()], [serverHello(0x0302, 5, 'X')], [serverHello(0x0303, 5, 'X')]),
            pending: fc.constantFrom('client-hello' as const, 'certificate' as const, 'finished' as const, 'dns' as const, null),
            notTls: fc.option(
              fc.record({
                kind: fc.constantFrom('http' as const, 'other' as const),
                head: fc.uint8Array(),
                statusLine: fc.option(fc.string()),
                afterTlsBytes: fc.nat(9),
              }),
            ),
          },
          { requiredKeys: [] },
        )
        .map(transcript),
    },
    { requiredKeys: [] },
  )

  it('is judged without an exception, and what is said holds no control character', () => {
    fc.assert(
      fc.property(parts, (some) => {
        const seen = observation(some)
        const said = draft(seen)
        if (said === undefined) return
        const text = [
          said.title,
          said.why,
          ...said.evidence.map((line) => line.text),
          ...said.notChecked,
          ...said.alsoTrue,
          ...said.fixes.flatMap((fix) => [fix.title, ...fix.commands]),
        ].join('')
        expect(text).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/)
      }),
      { numRuns: 2000 },
    )
  })
})

describe('a sentence of go that was not expected', () => {
  const texts = (said: string) => {
    const seen = { ...reply(403, 'Blocked by policy'), witness: witness(said) }
    return toDraft(diagnose(seen), seen)?.evidence.map(({ text }) => text) ?? []
  }

  it('is told, with what was expected and how to report it', () => {
    expect(texts('Forbidden').at(-1)).toBe(
      'go printed "Forbidden"; whytls expected "Blocked by policy": please report this (whytls show --markdown makes a masked text)',
    )
  })
  it('is none where go said what was expected, and where its words vary', () => {
    expect(texts('Blocked by policy').join()).not.toContain('please report')
    const closed = { ...observation(), witness: witness('read tcp 10.0.0.1:1->10.0.0.2:2: read: connection reset by peer') }
    expect(JSON.stringify(toDraft(diagnose(closed), closed))).not.toContain('please report')
  })
})
