import { describe, expect, it } from 'vitest'
import { findUnanswered } from '../../src/handshake/unanswered.ts'
import { completed, seenRecord } from '../diagnosis/observation-builders.ts'
import { play, readVector } from './playbook.ts'

/** Records behind the client's Finished: side and octets of content (TLS 1.3 puts 17 on top). */
function session(...records: readonly (readonly ['c' | 's', number])[]) {
  const { transcript } = completed()
  const all = [['c', 52] as const, ...records].map(([dir, content]) => ({
    ...seenRecord(dir === 'c' ? 'client-to-server' : 'server-to-client', 23),
    lengthBytes: content + 17,
  }))
  return { ...transcript, records: all }
}

const PREFACE = ['c', 70] as const
const ASKS = ['c', 88] as const
const SETTINGS = ['s', 27] as const
const TICKET = ['s', 265] as const
const GOAWAY = ['s', 17] as const
const ALERT = ['s', 2] as const

describe('findUnanswered', () => {
  it('sees a request of HTTP/2 that met control frames alone, wherever the session tickets stand', () => {
    for (const server of [
      [GOAWAY],
      [SETTINGS, GOAWAY, ALERT],
      [TICKET, SETTINGS, GOAWAY],
      [TICKET, TICKET, SETTINGS, GOAWAY],
      [SETTINGS, TICKET, TICKET, GOAWAY],
    ] as const)
      expect(findUnanswered(session(PREFACE, ASKS, ...server))).toEqual({ asked: [88] })
  })

  it('sees none where HEADERS may have come', () => {
    expect(findUnanswered(session(PREFACE, ASKS, SETTINGS, ['s', 120], ['s', 30], GOAWAY))).toBeNull()
    expect(findUnanswered(session(PREFACE, ASKS, TICKET, SETTINGS, ['s', 54], ['s', 30], GOAWAY))).toBeNull()
    expect(findUnanswered(session(PREFACE, ASKS, TICKET, ['s', 4_000]))).toBeNull()
  })

  it('sees none where nothing was asked, nothing came, or HTTP/1.1 was spoken', () => {
    expect(findUnanswered(session(PREFACE, SETTINGS, GOAWAY))).toBeNull()
    expect(findUnanswered(session(PREFACE, ASKS))).toBeNull()
    expect(findUnanswered(session(['c', 140], GOAWAY))).toBeNull()
  })

  it('sees none in the sessions of go that were answered', () => {
    for (const name of ['go-tls12-ok', 'go-tls13-ok']) expect(findUnanswered(play(readVector(name)).transcript)).toBeNull()
  })
})
