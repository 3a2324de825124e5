import { createServer, type Server } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { describeGo } from '../../src/cli/go-facts.ts'
import { makePageProbes } from '../../src/cli/page-probes.ts'
import { createResolver } from '../../src/proxy/resolve.ts'
import { openMemoryStore } from '../../src/store/open.ts'
import type { Store } from '../../src/store/store.ts'
import { plainDraft } from '../store/draft.ts'

describe('looks that the page starts', () => {
  let store: Store
  let server: Server
  let port = 0
  let met = 0
  beforeEach(async () => {
    store = openMemoryStore()
    met = 0
    server = createServer((socket) => {
      met += 1
      socket.on('error', () => undefined)
      socket.destroy()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    port = typeof address === 'object' && address !== null ? address.port : 0
  })
  afterEach(() => new Promise((resolve) => server.close(resolve)))

  const start = () =>
    makePageProbes({
      store,
      proxy: () => ({ routeTo: async () => ({ kind: 'direct' }), resolve: createResolver({ mapping: new Map() }) }),
      go: describeGo(null, {}),
      roots: () => null,
      signal: new AbortController().signal,
    })
  const target = () => ({ host: 'mods.example', port, address: '127.0.0.1' })
  const rowOfProbe = () =>
    new Promise<number>((resolve) => {
      const look = () => store.rows({ limit: 9 }).find(({ probeOf }) => probeOf === 1)
      const stop = store.onChange(() => {
        const row = look()
        if (row === undefined) return
        stop()
        resolve(row.id)
      })
    })

  it('repeat a handshake, at the address that its name had in its run, as a row of their own', async () => {
    store.put(plainDraft('a', { target: target(), resolvedBy: '--resolve' }))
    const written = rowOfProbe()
    const handshake = store.handshake(1)
    if (handshake === undefined) throw new Error('it was not stored')
    expect(await start().startProbe(handshake, 'probe')).toEqual({ job: 1 })
    const probe = store.handshake(await written)
    expect(probe).toMatchObject({ mode: 'probe', probeOf: 1, outcome: 'failed', target: { host: 'mods.example', port } })
    expect(met).toBe(1)
  })

  it('begin one at a time for a host', async () => {
    store.put(plainDraft('a', { target: target(), resolvedBy: '--resolve' }))
    const handshake = store.handshake(1)
    if (handshake === undefined) throw new Error('it was not stored')
    const written = rowOfProbe()
    const { startProbe: begin } = start()
    expect(await Promise.all([begin(handshake, 'probe'), begin(handshake, 'probe')])).toEqual([{ job: 1 }, 'busy'])
    await written
  })

  it('end when they are stopped, with a row that says so', async () => {
    const silent = createServer((socket) => void socket.on('error', () => undefined).resume())
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const address = silent.address()
    const at = typeof address === 'object' && address !== null ? address.port : 0
    store.put(plainDraft('a', { target: { ...target(), port: at }, resolvedBy: '--resolve' }))
    const handshake = store.handshake(1)
    if (handshake === undefined) throw new Error('it was not stored')
    const written = rowOfProbe()
    const { startProbe, stopProbe } = start()
    expect(stopProbe(handshake)).toBe(false)
    const met = new Promise((resolve) => silent.once('connection', resolve))
    await startProbe(handshake, 'probe')
    await met
    expect(stopProbe(handshake)).toBe(true)
    expect(store.handshake(await written)).toMatchObject({ mode: 'probe', probeOf: 1, outcome: 'aborted' })
    await new Promise((resolve) => silent.close(resolve))
  })

  it('never go where no go went, nor bisect without its hello', async () => {
    store.put(plainDraft('a', { target: target(), mode: 'probe' }))
    store.put(plainDraft('b', { target: target() }))
    const [own, gos] = [store.handshake(1), store.handshake(2)]
    if (own === undefined || gos === undefined) throw new Error('they were not stored')
    expect(await start().startProbe(own, 'probe')).toBe('not-gos')
    expect(await start().startProbe(gos, 'bisect')).toBe('unreadable')
    expect(met).toBe(0)
  })
})
