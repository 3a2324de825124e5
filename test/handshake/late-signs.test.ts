import { describe, expect, it } from 'vitest'
import {
  endedByClientFirst,
  endedByServerFirst,
  findRenegotiation,
  leftBehindFinished,
  mayRefuseFinished,
  refusedBehindFinished,
} from '../../src/handshake/late-signs.ts'
import type { Transcript } from '../../src/handshake/transcript.ts'
import { CLIENT_HELLO, completed, seenRecord, serverHello } from '../diagnosis/observation-builders.ts'
import { play, readVector } from './playbook.ts'

const BOTH_FINISHED = ['c20', 'c22', 's20', 's22']

describe('mayRefuseFinished', () => {
  it('sees an alert of the client right behind the server’s Finished, whatever the server sent by then', () => {
    expect(mayRefuseFinished(session(...BOTH_FINISHED, 'c21'))).toBe(true)
    expect(mayRefuseFinished(session(...BOTH_FINISHED, 's23', 'c21'))).toBe(true)
  })

  it('sees none where the client sent a request, or nothing', () => {
    expect(mayRefuseFinished(session(...BOTH_FINISHED))).toBe(false)
    expect(mayRefuseFinished(session(...BOTH_FINISHED, 'c23', 'c21'))).toBe(false)
  })

  it('cannot tell a close_notify from it, as of openssl s_client that leaves at once', () => {
    expect(mayRefuseFinished(play(readVector('openssl-tls12-ok')).transcript)).toBe(true)
  })

  it('sees none where a request went through, nor in TLS 1.3', () => {
    for (const name of ['go-tls12-ok', 'go-tls13-ok']) expect(mayRefuseFinished(play(readVector(name)).transcript)).toBe(false)
  })
})

describe('leftBehindFinished', () => {
  const left = (lengths: readonly number[], hello = serverHello()) =>
    leftBehindFinished({
      ...completed({ serverHellos: [hello] }).transcript,
      records: lengths.map((lengthBytes) => ({ ...seenRecord('client-to-server', 23), lengthBytes })),
    })

  it('sees a client that said nothing behind Finished but an alert, or nothing at all', () => {
    expect(left([53, 19])).toBe(true)
    expect(left([53])).toBe(true)
  })

  it('sees none where a request followed, nor in TLS 1.2', () => {
    expect(left([53, 90])).toBe(false)
    expect(left([53, 90, 19])).toBe(false)
    expect(left([53, 19], serverHello(0x0303))).toBe(false)
    expect(leftBehindFinished(play(readVector('go-tls13-ok')).transcript)).toBe(false)
  })
})

describe('refusedBehindFinished', () => {
  const GO = 'go 1.26'
  const ends = (lengths: readonly number[], looksLike: string | null = GO, hello = serverHello()) =>
    refusedBehindFinished({
      ...completed({ serverHellos: [hello], clientHellos: [helloOf(looksLike)] }).transcript,
      records: lengths.map((lengthBytes) => ({ ...seenRecord('client-to-server', 23), lengthBytes })),
    })

  it('sees an alert of go before its close_notify, with and without a request before', () => {
    expect(ends([53, 87, 19, 19])).toBe(true)
    expect(ends([53, 87, 110, 19, 19])).toBe(true)
    expect(ends([25, 53, 19, 19])).toBe(true)
  })

  it('sees none in a close_notify alone, in two alerts with a request between, nor where no Finished can have come', () => {
    expect(ends([53, 87, 19])).toBe(false)
    expect(ends([53, 19, 87, 19])).toBe(false)
    expect(ends([19, 19])).toBe(false)
  })

  it('says nothing of other clients, which may say user_canceled first', () => {
    expect(ends([53, 87, 19, 19], 'git (GnuTLS)')).toBe(false)
    expect(ends([53, 87, 19, 19], null)).toBe(false)
  })

  it('says nothing of a go that speaks something else than HTTP', () => {
    const seen = { ...completed({ serverHellos: [serverHello()], clientHellos: [{ ...helloOf(GO), alpn: [] }] }).transcript }
    const records = [53, 87, 19, 19].map((lengthBytes) => ({ ...seenRecord('client-to-server', 23), lengthBytes }))
    expect(refusedBehindFinished({ ...seen, records })).toBe(false)
  })

  it('reads types in TLS 1.2, and takes no refused renegotiation for it', () => {
    const of12 = (...names: readonly string[]) => {
      const seen = session(...BOTH_FINISHED, ...names)
      return refusedBehindFinished({ ...seen, clientHellos: [helloOf(GO)] })
    }
    expect(of12('c23', 's23', 'c21', 'c21')).toBe(true)
    expect(of12('c23', 's23', 'c21')).toBe(false)
    expect(of12('c23', 's22', 'c21', 'c21')).toBe(false)
  })

  it('sees none where all went well', () => {
    for (const name of ['go-tls12-ok', 'go-tls13-ok']) expect(refusedBehindFinished(play(readVector(name)).transcript)).toBe(false)
  })
})

describe('endedByServerFirst', () => {
  const hello = { serverHellos: [serverHello()] }
  const ends = (...records: readonly (readonly ['c' | 's', number])[]) =>
    endedByServerFirst({
      ...completed({ ...hello }).transcript,
      records: records.map(([dir, lengthBytes]) => ({
        ...seenRecord(dir === 'c' ? 'client-to-server' : 'server-to-client', 23),
        lengthBytes,
      })),
    })

  it('sees a last record of the server that has the size of an alert, answered by one or by none', () => {
    expect(ends(['c', 153], ['s', 266], ['s', 19], ['c', 19])).toBe(true)
    expect(ends(['c', 153], ['s', 19])).toBe(true)
  })

  it('sees none where the client ended first, or went on', () => {
    expect(ends(['c', 153], ['s', 266], ['c', 19])).toBe(false)
    expect(ends(['c', 153], ['c', 19], ['s', 266])).toBe(false)
    expect(ends(['s', 19], ['c', 153], ['c', 19])).toBe(false)
  })

  it('sees none where the server only answers the client’s goodbye', () => {
    expect(ends(['c', 53], ['c', 19], ['s', 266], ['s', 19])).toBe(false)
    expect(endedByClientFirst(session(...BOTH_FINISHED, 'c23', 'c21', 's21'))).toBe(true)
    expect(endedByClientFirst(session(...BOTH_FINISHED, 'c23', 's21', 'c21'))).toBe(false)
  })

  it('goes by the type of the record in TLS 1.2', () => {
    expect(endedByServerFirst(session(...BOTH_FINISHED, 'c23', 's21', 'c21'))).toBe(true)
    expect(endedByServerFirst(session(...BOTH_FINISHED, 'c23', 's23', 'c21'))).toBe(false)
  })
})

describe('findRenegotiation', () => {
  it('takes a handshake record of the server behind Finished for a HelloRequest, refused by the alert that follows', () => {
    expect(findRenegotiation(session(...BOTH_FINISHED, 'c23', 's22', 'c21'))).toMatchObject({ isRefused: true })
    expect(findRenegotiation(session(...BOTH_FINISHED, 'c23', 's22', 'c22'))).toMatchObject({ isRefused: false })
    expect(findRenegotiation(session(...BOTH_FINISHED, 'c23', 's23', 'c21'))).toBeNull()
  })

  it('finds none in sessions that went well', () => {
    for (const name of ['go-tls12-ok', 'go-tls12-client-certificate', 'openssl-tls12-ok'])
      expect(findRenegotiation(play(readVector(name)).transcript)).toBeNull()
  })
})

const helloOf = (looksLike: string | null) => ({ ...CLIENT_HELLO, looksLike })

/** A TLS 1.2 session by direction and content type of its records behind the clear ones. */
function session(...records: readonly string[]): Transcript {
  const seen = records.map((one) => seenRecord(one.startsWith('c') ? 'client-to-server' : 'server-to-client', Number(one.slice(1))))
  const hello = serverHello(0x0303, 0xc02b, 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256')
  return completed({ serverHellos: [hello], records: seen }).transcript
}
