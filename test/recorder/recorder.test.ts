import { describe, expect, it } from 'vitest'
import { ended, trial, witness } from '../diagnosis/observation-builders.ts'
import { play as playVector, readVector } from '../handshake/playbook.ts'
import {
  EXPIRED,
  ISSUING,
  LEAF,
  openSession,
  PASSED,
  probed,
  REFUSED,
  ROOT,
  rootsWith,
  type Session,
  tunnelEvents,
  wholeConnection,
} from './session.ts'

function play(session: Session, events: ReturnType<typeof wholeConnection>): void {
  for (const event of events) session.recorder.listen(event)
}

/** The rows of the store, oldest first, as far as these tests look. */
function rows({ store }: Session) {
  store.flush()
  return [...store.rows({ limit: 100 })]
    .sort((a, b) => a.id - b.id)
    .map(({ mode, outcome, cause, waitingFor, runId, probeOf }) => ({ mode, outcome, cause, waitingFor, runId, probeOf }))
}

function causes({ store, runId }: Session): readonly string[] {
  store.flush()
  return store.diagnoses({ runId }).map(({ cause }) => cause)
}

describe('a connection', () => {
  it('is a row as soon as it is opened, and says what it waits for', () => {
    const session = openSession()
    const waits = tunnelEvents('c1').map((event) => {
      session.recorder.listen(event)
      return rows(session).at(-1)?.waitingFor
    })
    expect(waits).toEqual(['a TCP connection', 'a TCP connection', 'the answer to CONNECT', 'ClientHello', 'ServerHello'])
    expect(rows(session)).toHaveLength(1)
    expect(rows(session)[0]).toMatchObject({ mode: 'observe', outcome: 'open', runId: session.runId })
  })
  it('that carried data is one row, passed, without a probe or a diagnosis', () => {
    const session = openSession()
    play(session, wholeConnection('c1', PASSED))
    expect(rows(session)).toEqual([
      { mode: 'observe', outcome: 'passed', cause: null, waitingFor: null, runId: session.runId, probeOf: null },
    ])
    expect(session.asked).toEqual([])
    expect(session.recorder.totals).toEqual({ total: 1, failed: 0 })
  })
  it('that somebody broke off is judged where trials have shown already why it waited, and only there', () => {
    const shown = [trial('unchanged', '- - -', 1526, 'silence'), trial('no ML-KEM', 'ok ok ok', 300)]
    const flaky = [trial('unchanged', '- ok', 1526, 'silence'), trial('no ML-KEM', 'ok', 300)]
    for (const [trials, found] of [
      [shown, ['client-hello-too-large']],
      [flaky, []],
      [[], []],
    ] as const) {
      const session = openSession({
        trials: { note: () => {}, begin: () => null, trialsOf: ({ outcome }) => (outcome === 'failed' ? trials : []) },
      })
      play(session, wholeConnection('c1', {}, { ...ended('client', 'fin'), afterHelloMs: 6_000 }))
      expect(causes(session)).toEqual(found)
    }
  })
  it('that was only refused was never one', () => {
    const session = openSession()
    session.recorder.listen({ type: 'refused', key: 'c1', clientAddress: '127.0.0.1:1', status: 407, why: 'no token' })
    expect(rows(session)).toEqual([])
    expect(session.recorder.totals.total).toBe(0)
  })
  it('is known to who listens, after the recorder took it in', () => {
    const seen: string[] = []
    const session = openSession({
      onEvent: (event, { outcome, dialed }) => seen.push(`${event.type} ${outcome} ${dialed?.address ?? '-'}`),
    })
    play(session, wholeConnection('c1', PASSED))
    expect(seen[0]).toBe('opened open -')
    expect(seen[2]).toBe('dialed open 203.0.113.7:443')
    expect(seen.at(-1)).toBe('closed open 203.0.113.7:443')
  })
  it('keeps events of unknown keys away from it', () => {
    const session = openSession()
    session.recorder.listen({ type: 'tunnel', key: 'c9', atMs: 1 })
    expect(rows(session)).toEqual([])
  })
})

describe('a refused chain', () => {
  it('waits for its probe, then has the cause that the probe shows, and the probe is a row of its own', async () => {
    const session = openSession()
    play(session, wholeConnection('c1', REFUSED))
    expect(rows(session)[0]).toMatchObject({ outcome: 'failed', waitingFor: 'the probe' })
    expect(session.recorder.probing).toBe(1)
    session.asked[0]?.answer(probed(EXPIRED, ISSUING))
    await session.recorder.settle()
    expect(session.recorder.probing).toBe(0)
    const [own, probe] = rows(session)
    expect(own).toMatchObject({ mode: 'observe', outcome: 'failed', cause: 'cert-expired', waitingFor: null })
    expect(probe).toMatchObject({ mode: 'probe', outcome: 'passed', probeOf: 1, runId: session.runId })
    const handshake = session.store.handshake(1)
    expect(handshake?.certificates).toMatchObject({ source: 'probe', sameAsGoSaw: true })
    expect(handshake?.certificates?.verified?.goText).toContain(
      'certificate has expired or is not yet valid: current time 2026-11-22T13:44:02Z',
    )
    expect(session.store.handshake(2)?.client).toBeNull()
  })
  it('is still a failure when the probe cannot be made', async () => {
    const session = openSession({ probe: () => Promise.reject(new Error('no socket')) })
    play(session, wholeConnection('c1', REFUSED))
    await session.recorder.settle()
    expect(rows(session)).toHaveLength(1)
    expect(rows(session)[0]).toMatchObject({ outcome: 'failed', waitingFor: null })
  })
  it('that went well but may have refused Finished says that it is looked at, until it is not', async () => {
    const session = openSession()
    const { transcript } = playVector(readVector('openssl-tls12-ok'))
    play(session, wholeConnection('c1', transcript))
    expect(rows(session)).toMatchObject([{ outcome: 'passed', waitingFor: 'the probe' }])
    session.asked[0]?.answer(null)
    await session.recorder.settle()
    expect(rows(session)).toMatchObject([{ outcome: 'passed', waitingFor: null }])
    expect(session.recorder.totals).toEqual({ total: 1, failed: 0 })
  })
  it('is not probed where probes are switched off', () => {
    const session = openSession({ probe: null })
    play(session, wholeConnection('c1', REFUSED))
    expect(session.recorder.probing).toBe(0)
    expect(rows(session)[0]).toMatchObject({ outcome: 'failed', waitingFor: null })
  })
  it('in clear is judged without a probe', () => {
    const session = openSession()
    const chain = [EXPIRED.der, ISSUING.der]
    play(session, wholeConnection('c1', { ...REFUSED, chain, chainSource: 'wire' }))
    expect(session.asked).toEqual([])
    expect(causes(session)).toEqual(['cert-expired'])
  })
  it('that several connections met is one diagnosis', async () => {
    const session = openSession()
    play(session, wholeConnection('c1', REFUSED))
    play(session, wholeConnection('c2', REFUSED))
    for (const { answer } of session.asked) answer(probed(EXPIRED, ISSUING))
    await session.recorder.settle()
    session.store.flush()
    expect(session.store.diagnoses({ runId: session.runId })).toMatchObject([{ cause: 'cert-expired', count: 2 }])
    expect(session.recorder.totals).toEqual({ total: 2, failed: 2 })
  })
  it('is completed by an intermediate that history knows: certain', async () => {
    const session = openSession({ knownIntermediates: () => [ISSUING.der] })
    play(session, wholeConnection('c1', REFUSED))
    session.asked[0]?.answer(probed(LEAF))
    await session.recorder.settle()
    session.store.flush()
    expect(session.store.diagnoses({ runId: session.runId })).toMatchObject([{ cause: 'missing-intermediate', confidence: 'certain' }])
  })
})

describe('what is learned later', () => {
  it('changes the verdict: roots that were not there at first', async () => {
    const known = { roots: rootsWith() }
    const session = openSession({ roots: () => known.roots })
    play(session, wholeConnection('c1', REFUSED))
    session.asked[0]?.answer(probed(LEAF, ISSUING))
    await session.recorder.settle()
    const before = causes(session)
    known.roots = rootsWith(ROOT)
    session.recorder.rejudge()
    session.store.flush()
    expect(before).toEqual(['client-roots-missing'])
    expect(session.store.handshake(1)?.certificates?.verified).toMatchObject({ ok: true, roots: '1 root of its own environment' })
  })
  it('makes a failure of what looked well: go was answered 404', () => {
    const session = openSession()
    play(session, wholeConnection('c1', PASSED))
    session.recorder.hear('c1', witness('404 Not Found', 'go: example.test/m@v1.0.0: reading https://modproxy.example/x: 404 Not Found'))
    expect(causes(session)).toEqual(['http-404'])
    expect(rows(session)[0]).toMatchObject({ outcome: 'failed', cause: 'http-404' })
  })
  it('makes a failure of a handshake that looked broken off by somebody: go refused what came, and its reset took the alert away', () => {
    const session = openSession()
    const midway = { ...REFUSED, clientAnswer: 'unknown', alerts: [] } as const
    play(session, wholeConnection('c1', midway, ended('client', 'rst')))
    expect(rows(session)[0]).toMatchObject({ outcome: 'aborted' })
    session.recorder.hear('c1', witness('tls: handshake message of length 67398 bytes exceeds maximum of 65536 bytes'))
    expect(rows(session)[0]).toMatchObject({ outcome: 'failed' })
    expect(session.asked).toHaveLength(1)
  })
  it('leaves alone what go did not complain of, and keys that nobody knows', () => {
    const session = openSession()
    play(session, wholeConnection('c1', PASSED))
    session.recorder.hear('c9', witness('404 Not Found'))
    session.recorder.rejudge()
    expect(rows(session)[0]).toMatchObject({ outcome: 'passed', cause: null })
  })
  it('is put beside the cause that the wire shows, never in its place', () => {
    const session = openSession()
    play(session, wholeConnection('c1', {}, ended('server', 'rst')))
    session.asked[0]?.answer(null)
    session.recorder.hear('c1', witness('404 Not Found'))
    expect(causes(session)).toEqual(['peer-reset'])
  })
})

describe('the end of the program', () => {
  it('makes open connections aborted, and leaves the others', () => {
    const session = openSession()
    play(session, wholeConnection('c1', PASSED))
    play(session, tunnelEvents('c2'))
    session.recorder.abandon()
    expect(rows(session).map(({ outcome }) => outcome)).toEqual(['passed', 'aborted'])
  })
  it('waits for probes that begin while it waits', async () => {
    const session = openSession()
    play(session, wholeConnection('c1', REFUSED))
    let isSettled = false
    const settled = session.recorder.settle().then(() => (isSettled = true))
    play(session, wholeConnection('c2', REFUSED))
    session.asked[0]?.answer(null)
    await new Promise((resolve) => setImmediate(resolve))
    expect(isSettled).toBe(false)
    session.asked[1]?.answer(null)
    await settled
  })
})

describe('a long-lived serve', () => {
  it('forgets the oldest that are over, never one that is open; the totals stay', () => {
    const session = openSession()
    play(session, tunnelEvents('open'))
    for (const key of ['c1', 'c2', 'c3']) play(session, wholeConnection(key, PASSED))
    session.recorder.prune(1)
    expect(session.recorder.connections().map(({ start }) => start.key)).toEqual(['open', 'c3'])
    expect(session.recorder.totals).toEqual({ total: 4, failed: 0 })
    expect(rows(session)).toHaveLength(4)
  })
  it('still stores the probe of a connection that it forgot', async () => {
    const session = openSession()
    play(session, wholeConnection('c1', REFUSED))
    session.recorder.prune(0)
    session.asked[0]?.answer(probed(EXPIRED, ISSUING))
    await session.recorder.settle()
    expect(rows(session).map(({ cause }) => cause)).toEqual(['cert-expired', null])
  })
})
