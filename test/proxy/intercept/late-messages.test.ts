import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { repeatLateMessages } from '../../../src/proxy/intercept/late-messages.ts'
import { type LateRecord, LateRecords } from '../../../src/proxy/intercept/late-records.ts'
import type { Leg } from '../../../src/proxy/intercept/leg.ts'

const RECORD = Buffer.from([23, 3, 3, 0, 1, 0])

/** A session of TLS 1.3 whose handshake is over: two records of the server, one of the client. */
function openLate() {
  const late = new LateRecords()
  late.feed('server-to-client', Buffer.concat([RECORD, RECORD]))
  late.feed('client-to-server', RECORD)
  late.agree('1.3')
  return late
}

describe('onManyRecords', () => {
  it('tells once, of the seventeenth record behind the handshake', () => {
    const late = openLate()
    const told: number[] = []
    late.onManyRecords(() => told.push(0))
    late.feed('server-to-client', Buffer.concat(Array.from({ length: 16 }, () => RECORD)))
    expect(told).toEqual([])
    late.feed('server-to-client', Buffer.concat([RECORD, RECORD]))
    expect(told).toEqual([0])
  })

  it('tells at once where they came before', () => {
    const late = openLate()
    late.feed('server-to-client', Buffer.concat(Array.from({ length: 17 }, () => RECORD)))
    const told: number[] = []
    late.onManyRecords(() => told.push(0))
    expect(told).toEqual([0])
  })

  it('says nothing of TLS 1.2, where these are data', () => {
    const late = new LateRecords()
    late.feed('client-to-server', RECORD)
    late.agree('1.2')
    late.onManyRecords(() => expect.fail('told'))
    late.feed('server-to-client', Buffer.concat(Array.from({ length: 40 }, () => RECORD)))
  })
})

describe('repeatLateMessages', () => {
  it('ends the session of a client with more messages than it takes, each of them sound', async () => {
    const { sent, tell, whenSent } = join(true)
    tell()
    await whenSent
    const content = Buffer.from(sent[0]?.content ?? [])
    const types: number[] = []
    for (let at = 0; at < content.length; at += 4 + content.readUIntBE(at + 1, 3)) types.push(content[at] ?? 0)
    expect(sent).toMatchObject([{ contentType: 22 }])
    expect(types).toEqual(Array.from({ length: 17 }, () => 4))
  })

  it('does nothing where data came with them', async () => {
    const { sent, tell, origin } = join(true)
    origin.write('SETTINGS')
    tell()
    await turns(5)
    expect(sent).toEqual([])
  })

  it('does nothing where the client has refused us', async () => {
    const { sent, tell } = join(false)
    tell()
    await turns(5)
    expect(sent).toEqual([])
  })
})

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

/** What is asked of two legs, without TLS. */
function join(isAccepted: boolean) {
  const origin = new PassThrough()
  const sent: LateRecord[] = []
  const many: (() => void)[] = []
  let resolveSent = () => {}
  const whenSent = new Promise<void>((resolve) => {
    resolveSent = resolve
  })
  const reading = { onManyRecords: (callback: () => void) => void many.push(callback), tapped: { seal: () => {} } }
  const upstream = { session: origin, reading } as unknown as Leg // no more is asked of it
  const endWith = (record: LateRecord) => {
    sent.push(record)
    resolveSent()
  }
  repeatLateMessages(upstream, { endWith } as unknown as Leg, Promise.resolve(isAccepted)) // likewise
  return { origin, sent, whenSent, tell: () => many[0]?.() }
}
