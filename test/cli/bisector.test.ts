import { createServer, type Socket } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { makeBisector } from '../../src/cli/bisector.ts'
import type { ProxyEvent } from '../../src/proxy/event.ts'
import { createResolver } from '../../src/proxy/resolve.ts'
import { parseResolveMap } from '../../src/proxy/resolve-mapping.ts'
import { type Connection, openConnection } from '../../src/recorder/connection.ts'
import { ended, NOW, serverHello } from '../diagnosis/observation-builders.ts'
import { play, readVector } from '../handshake/playbook.ts'

const { transcript } = play(readVector('hello-go1.26'))
const HELLO = {
  ...transcript,
  serverHellos: [],
  alerts: [],
  notTls: null,
  partialRecordBytes: { 'client-to-server': 0, 'server-to-client': 0 },
}

/** A host that resets all, and how many connections it got. */
async function bisectorOf() {
  let count = 0
  const server = createServer((socket: Socket) => {
    count += 1
    socket.on('error', () => {})
    socket.once('data', () => socket.resetAndDestroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const resolve = createResolver({ mapping: parseResolveMap([`a.example:443:127.0.0.1:${port}`, `b.example:443:127.0.0.1:${port}`]) })
  const stop = new AbortController()
  const bisector = makeBisector({ proxy: () => ({ resolve, routeTo: async () => ({ kind: 'direct' as const }) }), signal: stop.signal })
  return { bisector, stop, count: () => count }
}

let nth = 0
function connectionOf(host: string, parts: Partial<Connection> = {}): Connection {
  nth += 1
  const start = { key: `c${nth}`, startedAt: NOW, host, port: 443, clientAddress: '', user: null, method: 'CONNECT' } as const
  return { ...openConnection(start, 9), transcript: HELLO, ending: ended('server', 'rst'), tunnelAtMs: 3, outcome: 'failed', ...parts }
}

it('many connections that fail alike share one series, and their own tries count', async () => {
  const { bisector, count } = await bisectorOf()
  const all = Array.from({ length: 50 }, () => connectionOf('a.example'))
  for (const one of all) bisector.note(one)
  await Promise.all(all.map((one) => bisector.begin(one)))
  expect(count()).toBeLessThanOrEqual(9)
  const [unchanged, ...others] = bisector.trialsOf(all[7] ?? connectionOf('a.example'))
  expect(unchanged).toMatchObject({ change: 'unchanged', tries: [{ byGo: true }, { byGo: true }, { byGo: true }] })
  expect(others.length).toBeGreaterThan(3)
})

it('another host has a series of its own', async () => {
  const { bisector } = await bisectorOf()
  const [one, other] = [connectionOf('a.example'), connectionOf('b.example')]
  bisector.note(one)
  await bisector.begin(one)
  expect(bisector.trialsOf(other)).toEqual([])
})

it('nothing is tried of a hello that passes elsewhere in the same run', async () => {
  const { bisector, count } = await bisectorOf()
  bisector.note(connectionOf('a.example', { transcript: { ...HELLO, serverHellos: [serverHello()] }, outcome: 'passed' }))
  const failed = connectionOf('a.example')
  bisector.note(failed)
  expect(bisector.begin(failed)).toBeNull()
  expect(count()).toBe(0)
})

it('a hello that passes later ends what was claimed', async () => {
  const { bisector } = await bisectorOf()
  const failed = connectionOf('a.example')
  bisector.note(failed)
  await bisector.begin(failed)
  bisector.note(connectionOf('a.example', { transcript: { ...HELLO, serverHellos: [serverHello()] }, outcome: 'passed' }))
  expect(bisector.trialsOf(failed)[0]?.tries.map(({ met }) => met)).toContain('server-hello')
})

it('nothing begins once the program is ending, or behind a ServerHello', async () => {
  const { bisector, stop } = await bisectorOf()
  expect(bisector.begin(connectionOf('a.example', { transcript: { ...HELLO, serverHellos: [serverHello()] } }))).toBeNull()
  stop.abort()
  expect(bisector.begin(connectionOf('a.example'))).toBeNull()
})

it('a connection that ends before the patience is over is not looked into early', async () => {
  const { bisector, count } = await bisectorOf()
  const connection = connectionOf('a.example', { outcome: 'open' })
  const [hello] = HELLO.clientHellos
  if (hello === undefined) throw new Error('no hello')
  const { key } = connection.start
  const said: ProxyEvent = { type: 'handshake', key, event: { type: 'client-hello', atMs: 1, hello }, transcript: HELLO }
  bisector.watch(said, connection)
  bisector.watch({ type: 'closed', key, atMs: 4, ending: ended('server', 'rst'), transcript: HELLO }, connection)
  expect(count()).toBe(0)
})
