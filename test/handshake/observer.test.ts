import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { HandshakeObserver } from '../../src/handshake/observer.ts'
import type { Transcript } from '../../src/handshake/transcript.ts'
import { directionOf, play, playbook, readVector, type Vector } from './playbook.ts'

const HELLOS_13 = `
  c ClientHello
  s ServerHello
  s encrypted from here
  c encrypted from here
  passed client-hello
  passed server-hello`

describe('a TLS 1.3 session without secrets', () => {
  it('is complete once a record of the size of Finished came from the client', () => {
    const played = play(readVector('go-tls13-ok'))
    playbook(played, `${HELLOS_13}\n c Finished (inferred)\n complete\n passed certificate\n passed key-exchange\n passed finished`)
    expect(played.transcript).toMatchObject({ clientAnswer: 'finished', isComplete: true, pending: null, waitingFor: null, chain: null })
    expect(played.transcript.serverAlertAfterFinished).toBe(false)
  })

  it.each(['go-tls13-refused', 'go-tls13-refused-sha256', 'go-tls13-chacha-refused'])(
    '%s: go refuses the certificate with an unreadable alert',
    (name) => {
      const played = play(readVector(name))
      playbook(played, `${HELLOS_13}\n c alert ? (inferred)`)
      expect(played.transcript).toMatchObject({
        clientAnswer: 'alert',
        isComplete: false,
        pending: 'certificate',
        waitingFor: 'Certificate',
      })
      expect(played.transcript.alerts).toMatchObject([{ sender: 'client', code: null, how: 'inferred', beforeFinished: true }])
    },
  )

  it('takes an alert in clear about the certificate (OpenSSL) for a refusal of the certificate, other ones for a refusal of the ServerHello', () => {
    const vector = readVector('curl-tls13-refused')
    expect(play(vector).transcript).toMatchObject({ pending: 'certificate', clientAnswer: 'none', alerts: [{ code: 48, how: 'clear' }] })
    const illegalParameter: Vector['chunks'][number] = ['c', Buffer.from([21, 3, 3, 0, 2, 2, 47]).toString('base64')]
    expect(play({ ...vector, chunks: [...vector.chunks.slice(0, 2), illegalParameter] }).transcript.pending).toBe('server-hello')
  })

  it('sees Finished of a GnuTLS client that refuses only afterwards, and its goodbye by length', () => {
    const { transcript } = play(readVector('git-tls13-refused'))
    expect(transcript).toMatchObject({ clientAnswer: 'finished', isComplete: true })
    expect(transcript.encryptedLengths['client-to-server']).toEqual([69, 19])
  })

  it('reads the second ClientHello behind the ChangeCipherSpec of a HelloRetryRequest', () => {
    const played = play(readVector('go-tls13-hrr-refused'))
    playbook(
      played,
      `c ClientHello
       s ServerHello
       passed client-hello
       c ClientHello
       s ServerHello
       s encrypted from here
       c encrypted from here
       passed server-hello
       c alert ? (inferred)`,
    )
    expect(played.transcript.serverHellos.map(({ helloRetryRequest }) => helloRetryRequest)).toEqual([true, false])
    expect(played.transcript.clientHellos.map(({ keyShares }) => keyShares.map(({ group }) => group.name))).toEqual([
      ['X25519MLKEM768', 'x25519'],
      ['secp384r1'],
    ])
    expect(played.transcript.pending).toBe('certificate')
  })

  it("infers CertificateRequest from go's empty Certificate, and a late refusal from the size of the server's next record", () => {
    const played = play(readVector('go-tls13-client-certificate'))
    playbook(
      played,
      `${HELLOS_13}
       s CertificateRequest (inferred)
       c Finished (inferred)
       complete
       passed certificate
       passed key-exchange
       passed finished
       s alert ? (inferred)`,
    )
    expect(played.transcript).toMatchObject({
      clientAnswer: 'empty-certificate-and-finished',
      serverAlertAfterFinished: true,
      isComplete: true,
    })
    expect(played.transcript.certificateRequest?.how).toBe('inferred')
    expect(played.observer.isDone).toBe(true)
  })

  it('awaits the certificate when the server dies behind its ServerHello', () => {
    const vector = readVector('go-tls13-refused')
    const { transcript } = play({ ...vector, chunks: vector.chunks.slice(0, 2) })
    expect(transcript).toMatchObject({ pending: 'certificate', waitingFor: 'Certificate', clientAnswer: 'none' })
  })

  it('awaits EncryptedExtensions, which belong to the ServerHello, when not one encrypted record came behind it', () => {
    const vector = readVector('go-tls13-refused')
    const flight = Buffer.from(vector.chunks[1]?.[1] ?? '', 'base64')
    const cut = flight.subarray(0, 5 + flight.readUInt16BE(3) + 6 + 8).toString('base64')
    const { transcript } = play({ ...vector, chunks: [...vector.chunks.slice(0, 1), ['s', cut]] })
    expect(transcript).toMatchObject({ pending: 'server-hello', waitingFor: 'EncryptedExtensions' })
    expect(transcript.serverHellos).toHaveLength(1)
  })

  it('tells a page in clear text that is written into the running session', () => {
    const played = play(readVector('go-page-after-handshake'))
    expect(played.lines).toContain('s not TLS: HTTP/1.1 403 Forbidden')
    expect(played.transcript.notTls?.afterTlsBytes).toBeGreaterThan(800)
    expect(played.transcript.isComplete).toBe(true)
    expect(played.observer.isDone).toBe(true)
  })
})

describe('octets that are no TLS', () => {
  const HELLO = readVector('go-tls13-ok').chunks[0]?.[1] ?? ''
  const PAGE = Buffer.from('HTTP/1.1 403 Forbidden\r\n\r\nno').toString('base64')

  it('of a server that speaks first do not hide the hello that follows', () => {
    const { transcript, observer } = play({
      name: '',
      served: [],
      keys: [],
      chunks: [
        ['s', PAGE],
        ['c', HELLO],
      ],
    })
    expect(transcript.notTls).toMatchObject({ kind: 'http', afterTlsBytes: 0 })
    expect(transcript.clientHellos).toHaveLength(1)
    expect(observer.isDone).toBe(true)
  })

  it('behind a TLS 1.2 ServerHello die where the next message is awaited, whatever alert answers them', () => {
    const serverHello = Buffer.concat([
      Buffer.from([22, 3, 3, 0, 42, 2, 0, 0, 38, 3, 3]),
      Buffer.alloc(32, 9),
      Buffer.from([0, 0xc0, 0x2b, 0]),
    ])
    const garbage = Buffer.from([0x00, 0xff, 0x13, 0x41, 0x42, 0x43])
    const protocolVersion = Buffer.from([21, 3, 3, 0, 2, 2, 70])
    const { transcript } = play({
      name: '',
      served: [],
      keys: [],
      chunks: [
        ['c', HELLO],
        ['s', Buffer.concat([serverHello, garbage]).toString('base64')],
        ['c', protocolVersion.toString('base64')],
      ],
    })
    expect(transcript).toMatchObject({ pending: 'certificate', notTls: { kind: 'other', afterTlsBytes: serverHello.length } })
  })
})

describe('a TLS 1.3 session with secrets', () => {
  it.each(['before', 'after'] as const)('gives the exact chain when they come %s the octets', (secrets) => {
    for (const name of [
      'go-tls13-ok',
      'go-tls13-sha256-ok',
      'go-tls13-hrr-ok',
      'go1.21-tls13-ok',
      'openssl-tls13-ccm-ok',
      'openssl-tls13-ccm8-ok',
    ]) {
      const vector = readVector(name)
      const { transcript } = play(vector, secrets)
      expect([name, ...hashChain(transcript)]).toEqual([name, ...vector.served])
      expect(transcript).toMatchObject({ chainSource: 'decrypted', clientAnswer: 'finished', isComplete: true })
      expect(transcript.alerts.every(({ name }) => name === 'close_notify')).toBe(true)
      expect(transcript.messages.filter(({ source }) => source === 'decrypted').map(({ name }) => name)).toEqual(
        expect.arrayContaining(['EncryptedExtensions', 'Certificate', 'CertificateVerify', 'Finished']),
      )
    }
  })

  it.each(['before', 'after'] as const)("reads go's alert when they come %s the octets", (secrets) => {
    const { transcript } = play(readVector('go-tls13-refused'), secrets)
    expect(transcript.alerts).toMatchObject([{ sender: 'client', level: 'fatal', code: 42, name: 'bad_certificate', how: 'decrypted' }])
    expect(transcript).toMatchObject({ clientAnswer: 'alert', pending: 'certificate', isComplete: false })
  })

  it('reads CertificateRequest and the late alert', () => {
    const { transcript } = play(readVector('go-tls13-client-certificate'), 'before')
    expect(transcript.certificateRequest?.how).toBe('decrypted')
    expect(transcript.certificateRequest?.signatureAlgorithms.length).toBeGreaterThan(3)
    expect(transcript.alerts).toMatchObject([{ sender: 'server', code: 116, name: 'certificate_required', beforeFinished: false }])
    expect(transcript.serverAlertAfterFinished).toBe(true)
  })

  it('tells ALPN from EncryptedExtensions', () => {
    expect(play(readVector('go-tls13-ok'), 'before').transcript.serverHellos[0]?.alpn).toBe('http/1.1')
  })

  it('needs none of them: with every single line left out it still reads what the others open', () => {
    const vector = readVector('go-tls13-ok')
    for (const missing of vector.keys) {
      const { transcript } = play({ ...vector, keys: vector.keys.filter((key) => key !== missing) }, 'before')
      expect(transcript.isComplete).toBe(true)
      expect(transcript.chain === null).toBe(missing.startsWith('SERVER_HANDSHAKE'))
    }
  })

  it('leaves out lines of other sessions, comments and garbage', () => {
    const keys = ['# comment', 'garbage', ...readVector('go-tls13-refused').keys]
    expect(play({ ...readVector('go-tls13-ok'), keys }, 'before').transcript.chain).toBeNull()
  })
})

describe('a TLS 1.2 session', () => {
  it('goes stage by stage in clear up to Finished', () => {
    const played = play(readVector('go-tls12-ok'))
    playbook(
      played,
      `c ClientHello
       s ServerHello
       s Certificate
       s ServerKeyExchange
       s ServerHelloDone
       passed client-hello
       passed server-hello
       c ClientKeyExchange
       c encrypted from here
       c Finished (inferred)
       passed certificate
       passed key-exchange
       s encrypted from here
       complete
       passed finished`,
    )
    expect(hashChain(played.transcript)).toEqual(readVector('go-tls12-ok').served)
    expect(played.transcript).toMatchObject({ chainSource: 'wire', ocspStapled: false, serverKeyExchangeGroup: { name: 'x25519' } })
  })

  it('stays at the certificate when the client refuses it, although the whole flight came', () => {
    const { transcript } = play(readVector('go-tls12-refused'))
    expect(transcript).toMatchObject({ pending: 'certificate', isComplete: false, clientAnswer: 'none' })
    expect(transcript.alerts).toMatchObject([{ sender: 'client', level: 'fatal', code: 42, name: 'bad_certificate', how: 'clear' }])
  })

  it('stays at Finished when the server refuses the missing client certificate', () => {
    const { transcript } = play(readVector('go-tls12-client-certificate'))
    expect(transcript).toMatchObject({ pending: 'finished', clientAnswer: 'empty-certificate-and-finished', waitingFor: 'Finished' })
    expect(transcript.certificateRequest).toMatchObject({ how: 'clear', certificateTypes: [1, 2, 64] })
    expect(transcript.alerts).toMatchObject([{ sender: 'server', code: 40, how: 'clear', beforeFinished: false }])
  })

  it('awaits the message behind the one that came last', () => {
    const vector = readVector('go-tls12-ok')
    const [, [, flight]] = vector.chunks as readonly [Vector['chunks'][0], Vector['chunks'][0]] // two chunks at least
    const octets = Buffer.from(flight, 'base64')
    const awaited = new Set<string>()
    for (let length = 1; length <= octets.length; length += 1) {
      const cut = [vector.chunks[0] ?? ['c', ''], ['s', octets.subarray(0, length).toString('base64')]] as Vector['chunks']
      const { transcript } = play({ ...vector, chunks: cut })
      awaited.add(`${transcript.pending}: ${transcript.waitingFor}`)
    }
    expect([...awaited]).toEqual([
      'server-hello: ServerHello',
      'certificate: Certificate',
      'key-exchange: ServerKeyExchange',
      'key-exchange: ServerHelloDone',
      'key-exchange: ClientKeyExchange',
    ])
  })
})

describe('an answer in the place of the ServerHello', () => {
  it.each([
    ['go-old-version', 70],
    ['go-no-common-cipher', 40],
  ])('%s: an alert leaves the session at client-hello', (name, code) => {
    const played = play(readVector(name))
    playbook(played, `c ClientHello\n s alert ${code} (clear)`)
    expect(played.transcript).toMatchObject({ pending: 'client-hello', waitingFor: 'ServerHello', tlsOffset: { 'server-to-client': 0 } })
  })

  it('in plain HTTP is told by its status line, at server-hello', () => {
    const played = play(readVector('go-plain-http'))
    playbook(played, 'c ClientHello\n passed client-hello\n s not TLS: HTTP/1.1 400 Bad Request')
    expect(played.transcript).toMatchObject({ pending: 'server-hello', tlsOffset: { 'server-to-client': null }, notTls: { kind: 'http' } })
    expect(Buffer.from(played.transcript.notTls?.head ?? []).toString()).toBe('HTTP/1.1 400 Bad Request')
    expect(played.observer.isDone).toBe(true)
  })

  it('of another protocol is told with its first octets', () => {
    const played = play(readVector('go-not-tls'))
    playbook(played, 'c ClientHello\n passed client-hello\n s not TLS: other')
    expect(Buffer.from(played.transcript.notTls?.head ?? []).toString()).toBe('220 mail.example ESMTP ready\r\n')
  })

  it('is told once the line is whole, however it is cut', () => {
    const observer = new HandshakeObserver()
    const types = [...Buffer.from('HTTP/1.1 200 OK\r\nX: y\r\n\r\n')].flatMap((octet, at) =>
      observer.feed('server-to-client', Uint8Array.of(octet), at).map(({ type, atMs }) => `${type} ${atMs}`),
    )
    expect(types).toEqual(['stage-passed 0', 'not-tls 16'])
  })

  it('that never comes leaves the session waiting for ServerHello', () => {
    const { transcript } = play(readVector('go-closed'))
    expect(transcript).toMatchObject({ pending: 'client-hello', waitingFor: 'ServerHello', bytes: { 'server-to-client': 0 } })
  })

  it('that announces too long a record is told as such', () => {
    const played = playOctets([['s', [22, 3, 3, 0xff, 0xff, 2]]])
    expect(played.stoppedAt['server-to-client']).toMatchObject({ offset: 0, kind: 'record-too-long' })
    expect(played.pending).toBe('server-hello')
  })

  it('that is a broken ServerHello is told with the field and its offset', () => {
    const played = playOctets([['s', [22, 3, 3, 0, 8, 2, 0, 0, 4, 3, 3, 1, 2]]])
    expect(played.stoppedAt['server-to-client']).toMatchObject({ offset: 11, kind: 'malformed-message', field: 'random' })
    expect(played.pending).toBe('server-hello')
  })
})

describe('bounds', () => {
  it('what comes behind the limit is counted and not read', () => {
    const observer = new HandshakeObserver({ limitBytes: 1000 })
    const octets = Buffer.from([22, 3, 1, 0x30, 0, 1, 0, 0x20, 0])
    observer.feed('client-to-server', Buffer.concat([octets, Buffer.alloc(5000)]), 0)
    expect(observer.isDone).toBe(true)
    expect(observer.transcript().bytes['client-to-server']).toBe(5009)
    expect(observer.transcript().stoppedAt['client-to-server']).toMatchObject({ kind: 'limit' })
  })

  it('a flood of messages is neither kept nor told without end', () => {
    const observer = new HandshakeObserver()
    const flood = new Uint8Array(16_389)
    flood.set([22, 3, 3, 0x40, 0])
    const events = observer.feed('server-to-client', flood, 0)
    expect(observer.transcript().messages).toHaveLength(256)
    expect(events.length).toBeLessThan(300)
  })

  it('an alert that is only a warning does not end anything', () => {
    const vector = readVector('go-tls12-ok')
    const warning: Vector['chunks'][number] = ['s', Buffer.from([21, 3, 3, 0, 2, 1, 112]).toString('base64')]
    const { transcript } = play({ ...vector, chunks: [...vector.chunks.slice(0, 1), warning, ...vector.chunks.slice(1)] })
    expect(transcript).toMatchObject({ isComplete: true, alerts: [{ level: 'warning', code: 112, name: 'unrecognized_name' }] })
  })

  it('an SSL 2.0 hello is a hello', () => {
    const octets = [0x80, 0x1c, 1, 3, 1, 0, 3, 0, 0, 0, 16, 0, 0, 5, ...Array<number>(16).fill(7)]
    const transcript = playOctets([['c', octets]])
    expect(transcript.sslv2ClientHello).toMatchObject({ version: { name: 'TLS 1.0' }, cipherSpecs: [5], challengeLength: 16 })
    expect(transcript.waitingFor).toBe('ServerHello')
  })

  it('a client that does not speak TLS is told and read no further', () => {
    const observer = new HandshakeObserver()
    const events = observer.feed('client-to-server', Buffer.from('SSH-2.0-client\r\n'), 0)
    expect(events.map(({ type }) => type)).toEqual(['unreadable'])
    expect(observer.isDone).toBe(true)
    expect(observer.transcript().tlsOffset['client-to-server']).toBeNull()
  })

  it('a transcript does not change when more octets come', () => {
    const vector = readVector('go-tls12-ok')
    const observer = new HandshakeObserver()
    const snapshots = vector.chunks.map(([from, octets], at) => {
      observer.feed(directionOf(from), Buffer.from(octets, 'base64'), at)
      const transcript = observer.transcript()
      return { transcript, text: JSON.stringify(transcript) }
    })
    for (const { transcript, text } of snapshots) expect(JSON.stringify(transcript)).toBe(text)
  })
})

function playOctets(chunks: readonly (readonly ['c' | 's', readonly number[]])[]): Transcript {
  const observer = new HandshakeObserver()
  for (const [from, octets] of chunks) observer.feed(directionOf(from), Uint8Array.from(octets), 0)
  return observer.transcript()
}

function hashChain({ chain }: Transcript): string[] {
  return (chain ?? []).map((der) => createHash('sha256').update(der).digest('hex'))
}
