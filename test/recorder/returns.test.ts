import { describe, expect, it } from 'vitest'
import { completed, seenRecord } from '../diagnosis/observation-builders.ts'
import { openSession, type Session, startOf, wholeConnection } from './session.ts'

const AT = new Date('2026-11-22T13:44:02.000Z').getTime()

/** Lengths of contents as `unanswered.test.ts` has them. */
function refused(request: number) {
  const records = (
    [
      ['client-to-server', 52],
      ['client-to-server', 70],
      ['client-to-server', request],
      ['server-to-client', 27],
      ['server-to-client', 17],
    ] as const
  ).map(([dir, content]) => ({ ...seenRecord(dir, 23), lengthBytes: content + 17 }))
  return { ...completed().transcript, records, applicationRecords: { 'client-to-server': 2, 'server-to-client': 2 } }
}

/** Play connections, each beginning `apartMs` behind the one before. */
function playMany(session: Session, count: number, apartMs: number, request: (at: number) => number, from = 0): void {
  for (let at = from; at < from + count; at += 1) {
    const startedAt = new Date(AT + at * apartMs)
    for (const event of wholeConnection(`c${at}`, refused(request(at))))
      session.recorder.listen(event.type === 'opened' ? { ...event, connection: startOf(`c${at}`, { startedAt }) } : event)
  }
}

function told({ store, runId }: Session) {
  store.flush()
  return store.diagnoses({ runId }).map(({ cause, confidence, count }) => `${cause} ${confidence} ${count}`)
}

describe('sessions without an answer', () => {
  it('are one failure once the client has come back at once with the same request for the twelfth time', () => {
    const session = openSession()
    playMany(session, 11, 10, () => 88)
    expect(told(session)).toEqual([])
    playMany(session, 25, 10, () => 88, 11)
    expect(told(session)).toEqual(['http2-refused likely 36'])
    expect(session.recorder.totals.failed).toBe(36)
  })

  it('are none where each asks for something else, or the client takes its time', () => {
    const others = openSession()
    playMany(others, 60, 10, (at) => 60 + (at % 30))
    expect(told(others)).toEqual([])
    const slow = openSession()
    playMany(slow, 40, 8_000, () => 88)
    expect(told(slow)).toEqual([])
  })
})
