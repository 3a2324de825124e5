import { describe, expect, it } from 'vitest'
import { type Dialed, dial, LoopError } from '../../src/proxy/dial.ts'
import { listenOnLoopback } from './loopback.ts'

/** Addresses given, as a resolver would. */
function dialTo(addresses: readonly string[], port: number, more: Partial<Parameters<typeof dial>[0]> = {}): Promise<Dialed> {
  return dial({ host: 'modules.example', port, leg: 'upstream', resolve: async () => ({ addresses, port, by: null }), ...more })
}

describe('dial', () => {
  it('tries the addresses in order and keeps to the first that answers', async () => {
    const port = await listenOnLoopback((socket) => socket.resume())
    const { socket, address, tcpMs } = await dialTo(['127.0.0.3', '127.0.0.1'], port)
    socket.destroy()
    expect(address).toBe(`127.0.0.1:${port}`)
    expect(tcpMs).toBeGreaterThan(0)
  })

  it("tells the first address's error when all fail, and all that were tried", async () => {
    await expect(dialTo(['127.0.0.9', '127.0.0.8', '::1'], 1)).rejects.toMatchObject({
      message: 'dial tcp 127.0.0.9:1: connect: connection refused',
      failure: { kind: 'refused', stage: 'tcp', tried: ['127.0.0.9:1', '127.0.0.8:1', '[::1]:1'] },
    })
  })

  it('goes to the other family at once when the first has failed', async () => {
    const port = await listenOnLoopback((socket) => socket.resume())
    const { socket, address } = await dialTo(['::1', '127.0.0.1'], port, { fallbackDelayMs: 60_000 })
    socket.destroy()
    expect(address).toBe(`127.0.0.1:${port}`)
  })

  it('gives up in time when the name is never resolved, and when it is told to', async () => {
    const never = () => new Promise<never>(() => {})
    await expect(dialTo([], 1, { resolve: never, timeoutMs: 20 })).rejects.toMatchObject({
      message: 'dial tcp: lookup modules.example: i/o timeout',
      failure: { stage: 'dns', kind: 'dns-timeout' },
    })
  })

  it('refuses to dial whytls itself', async () => {
    await expect(dialTo(['127.0.0.1'], 1, { isOwn: () => true })).rejects.toBeInstanceOf(LoopError)
  })
})
