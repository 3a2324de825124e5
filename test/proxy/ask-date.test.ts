import { mkdtemp, rm } from 'node:fs/promises'
import { createServer as createTcpServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { clientClockWrong } from '../../src/lab/cases/client-clock-wrong.ts'
import { askDate, type DateRequest } from '../../src/proxy/ask-date.ts'

const open: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of open.splice(0)) await close()
})

function requestTo(port: number): DateRequest {
  return {
    host: 'clock.example',
    port,
    serverName: 'clock.example',
    route: { kind: 'direct' },
    resolve: async () => ({ addresses: ['127.0.0.1'], port, by: '--resolve' }),
    timeoutMs: 60_000,
  }
}

describe('askDate', () => {
  it('brings the Date of a host and the chain by which it is judged, whatever its validity', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'whytls-date-'))
    const origin = await clientClockWrong.up({ now: new Date(), folder, port: 0 })
    open.push(origin.close, () => rm(folder, { recursive: true }))
    const told = await askDate(requestTo(origin.port))
    const daysAhead = ((told?.receivedAt.getTime() ?? 0) - (told?.at.getTime() ?? 0)) / 86_400_000
    expect(daysAhead).toBeCloseTo(365, 2)
    expect(told?.chain).toHaveLength(2)
  })

  it('tells nothing of a host that answers with something else, hangs up, or is not there', async () => {
    const server = createTcpServer((socket) =>
      socket
        .on('error', () => undefined)
        .resume()
        .end('HTTP/1.1 200 OK\r\nDate: Sun, 22 Nov 2026 13:44:02 GMT\r\n\r\n'),
    )
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    expect(await askDate(requestTo(port))).toBeNull()
    await new Promise((resolve) => server.close(resolve))
    expect(await askDate(requestTo(port))).toBeNull()
  })

  it('ends when it is told to', async () => {
    const server = createTcpServer((socket) => socket.on('error', () => undefined))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    open.push(() => new Promise((resolve) => server.close(resolve)))
    const address = server.address()
    const stop = new AbortController()
    const asked = askDate({ ...requestTo(typeof address === 'object' && address !== null ? address.port : 0), signal: stop.signal })
    stop.abort()
    expect(await asked).toBeNull()
  })
})
