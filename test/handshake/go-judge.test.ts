import { describe, expect, it } from 'vitest'
import { judgeServer } from '../../src/handshake/go-judge.ts'
import type { GoRefusal } from '../../src/handshake/go-refusal.ts'
import { listServerSteps, type ServerStep } from '../../src/handshake/go-steps.ts'
import { chosenProtocol, extension, keyShare, rawX25519, retryRequest, serverHello12, serverHello13, u16 } from '../../src/lab/raw-hello.ts'
import { block, handshakeMessage, record } from '../../src/lab/raw-messages.ts'
import { OFFER, refusedAnswer } from '../diagnosis/refused-answer.ts'

const TLS13 = extension(43, u16(0x0304))

/** What go of a version says to these answers; messages in `hidden` travel encrypted. */
function judge(answers: readonly Buffer[], goVersion = '1.26.8', hidden: readonly Buffer[] = []): GoRefusal | undefined {
  const { transcript } = refusedAnswer(answers, null)
  const steps = hidden.map(
    (message): ServerStep => ({
      kind: 'message',
      type: message[0] ?? 0,
      body: message.subarray(4),
      isHidden: true,
      behindBytes: 0,
      recordVersion: '0x0303',
    }),
  )
  return judgeServer({ clientHellos: transcript.clientHellos, steps: [...listServerSteps(transcript, null), ...steps], goVersion })
}

function hello12(...extensions: readonly Buffer[]): Buffer {
  return record(22, serverHello12({ extensions }))
}

describe('judgeServer', () => {
  it.each([
    ['TLS 1.3', record(22, serverHello13(OFFER))],
    ['TLS 1.2', record(22, serverHello12())],
    ['a HelloRetryRequest for an offered group', record(22, retryRequest(OFFER, 24))],
    ['a warning before the ServerHello', Buffer.concat([record(21, Buffer.from([1, 112])), record(22, serverHello13(OFFER))])],
    ['an unknown extension', hello12(extension(4660, Buffer.from('?')))],
    ['a server name acknowledged', hello12(extension(0, Buffer.alloc(0)))],
    ['an alert', record(21, Buffer.from([2, 40]))],
    ['nothing at all', Buffer.alloc(0)],
  ])('has no objection to %s', (_name, answer) => {
    for (const version of ['1.21.13', '1.24.13', '1.26.8']) expect(judge([answer], version)).toBeUndefined()
  })

  it('reads a ServerHello that comes in pieces over many records', () => {
    const message = serverHello13(OFFER, { compression: 1 })
    const pieces = [message.subarray(0, 3), message.subarray(3, 40), message.subarray(40)].map((piece) => record(22, piece))
    expect(judge([Buffer.concat(pieces)])?.field).toBe('legacy_compression_method')
  })

  it("knows that go 1.25 refuses the client's own session id in TLS 1.2", () => {
    const answer = record(22, serverHello12({ sessionId: OFFER.sessionId }))
    expect(judge([answer], '1.24.13')).toBeUndefined()
    expect(judge([answer], '1.25.0')).toMatchObject({ alert: 47, field: 'session_id' })
  })

  it('knows that go 1.25 leaves without an alert when point formats do not fit', () => {
    const answer = hello12(extension(11, Buffer.from([1, 1])))
    expect(judge([answer], '1.24.13')).toBeUndefined()
    expect(judge([answer])).toMatchObject({ alert: null, text: 'tls: server offered only incompatible point formats' })
  })

  it.each([
    ['1.24.11', undefined],
    ['1.24.13', 'order'],
    ['1.25.5', undefined],
    ['1.25.7', 'order'],
    ['1.26.8', 'order'],
  ])('knows whether go %s takes octets behind the ServerHello', (version, fault) => {
    const behind = Buffer.concat([serverHello13(OFFER, { extensions: [TLS13, keyShare(29, rawX25519())] }), Buffer.from([8, 0])])
    expect(judge([record(22, behind)], version)?.fault).toBe(fault)
  })

  it('gives what cannot be read the alert of its version', () => {
    const answer = record(22, serverHello13(OFFER, { tail: Buffer.from([0]) }))
    expect(judge([answer], '1.24.13')).toMatchObject({ fault: 'malformed', alert: 10, text: 'local error: tls: unexpected message' })
    expect(judge([answer], '1.25.7')).toMatchObject({ fault: 'malformed', alert: 50, text: 'local error: tls: error decoding message' })
  })

  it('judges in the order of Go: what cannot be read first, then version, then downgrade, then suite', () => {
    const random = Buffer.from(`${'x'.repeat(24)}DOWNGRD\u0001`, 'latin1')
    const faults = [{ tail: Buffer.from([0]) }, { legacyVersion: 0x0302 }, { random }, { suite: 0xc0ac }, { compression: 1 }]
    const names = faults.map((_fault, at) => judge([record(22, serverHello12(Object.assign({}, ...faults.slice(at))))])?.fault)
    expect(names).toEqual(['malformed', 'version', 'downgrade', 'suite', 'illegal'])
  })

  it('judges EncryptedExtensions before the Certificate, and their alert is encrypted', () => {
    const chosen = handshakeMessage(8, block(2, chosenProtocol('h3')))
    expect(judge([record(22, serverHello13(OFFER))], '1.26.8', [chosen])).toMatchObject({
      fault: 'alpn',
      alert: 120,
      isAlertHidden: true,
      isHidden: true,
      message: 'EncryptedExtensions',
    })
  })

  it('takes a warning, but no alert of a level that there is not', () => {
    expect(judge([record(21, Buffer.from([3, 40]))])).toMatchObject({ fault: 'order', text: 'local error: tls: unexpected message' })
  })

  it('leaves messages behind a refusal of its own alone', () => {
    expect(judge([Buffer.concat([record(21, Buffer.from([2, 40])), record(22, handshakeMessage(14, Buffer.alloc(0)))])])).toBeUndefined()
  })
})
