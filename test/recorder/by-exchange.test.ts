import { expect, it } from 'vitest'
import { recognizeModuleRequest } from '../../src/http/module-request.ts'
import type { ProxyEvent } from '../../src/proxy/event.ts'
import { completed, ended } from '../diagnosis/observation-builders.ts'
import { openSession, type Session, startOf, tunnelEvents } from './session.ts'

const PATH = '/example.test/m/@v/v1.0.0.info'

function carry(session: Session, key: string, host: string, status: number): void {
  const asks = recognizeModuleRequest(PATH)
  const exchange = { method: 'GET', url: `https://${host}${PATH}`, status, durationMs: 2, ...(asks === null ? {} : { asks }) }
  const [, ...events] = tunnelEvents(key)
  const opened: ProxyEvent = { type: 'opened', key, connection: startOf(key, { host }) }
  for (const event of [opened, ...events]) session.recorder.listen(event)
  session.recorder.listen({ type: 'intercepted', key, atMs: 4, how: { kind: 'decrypted' } })
  session.recorder.listen({ type: 'exchange', key, exchange })
  session.recorder.listen({
    type: 'closed',
    key,
    atMs: 9,
    ending: ended('client', 'fin'),
    transcript: completed().transcript,
  })
}

const causesOf = ({ store, runId }: Session) => store.diagnoses({ runId }).map(({ cause, confidence }) => `${cause} ${confidence}`)

it('a request that nobody served fails its connection, and one that is served elsewhere later takes that back', () => {
  const session = openSession()
  carry(session, 'first', 'modproxy.example', 403)
  expect(session.recorder.find('first')?.outcome).toBe('failed')
  expect(causesOf(session)).toEqual(['http-403 likely'])
  expect(session.recorder.totals.failed).toBe(1)
  carry(session, 'second', 'mirror.example', 200)
  expect(session.recorder.find('first')?.outcome).toBe('passed')
  expect(causesOf(session)).toEqual([])
  expect(session.recorder.totals.failed).toBe(0)
})

it("go's own words about another connection of the run take it back, too", () => {
  const session = openSession()
  carry(session, 'first', 'modproxy.example', 403)
  carry(session, 'second', 'mirror.example', 500)
  expect(causesOf(session)).toHaveLength(2)
  const text = '500 Internal Server Error'
  const url = `https://mirror.example${PATH}`
  session.recorder.hear('second', { text, line: `go: example.test/m@v1.0.0: reading ${url}: ${text}`, url })
  expect(causesOf(session)).toEqual(['http-5xx certain'])
})
