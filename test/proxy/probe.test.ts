import { execFile, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { sameFlight } from '../../src/handshake/same-flight.ts'
import { observeHandshake } from '../../src/proxy/observe.ts'
import { type ProbeRequest, probe } from '../../src/proxy/probe.ts'
import { createProbeQueue } from '../../src/proxy/probe-queue.ts'
import { createResolver } from '../../src/proxy/resolve.ts'
import { parseResolveMap } from '../../src/proxy/resolve-mapping.ts'
import { listenOnLoopback, ofType, startTestProxy, waitForEvent } from './loopback.ts'

let folder = ''

/** The Go server that sends any certificate_list; its port and the digests of what it serves. */
async function serveChain(
  version: '1.2' | '1.3' | '1.3-mutual',
  ...names: string[]
): Promise<{ port: number; served: string[]; lines: string[] }> {
  const server = spawn(join(folder, 'server'), [version, ...names], { stdio: ['ignore', 'pipe', 'ignore'] })
  onTestFinished(() => void server.kill())
  const lines: string[] = []
  const reader = createInterface({ input: server.stdout })
  const [first] = await once(reader, 'line')
  reader.on('line', (line: string) => lines.push(line))
  const [port, ...served] = String(first).split(' ')
  return { port: Number(port), served, lines }
}

function requestOf(port: number, more: Partial<ProbeRequest> = {}): ProbeRequest {
  return {
    host: 'modules.example',
    port: 443,
    route: { kind: 'direct' },
    resolve: createResolver({ mapping: parseResolveMap([`modules.example:443:127.0.0.1:${port}`]) }),
    alpn: ['h2', 'http/1.1'],
    serverName: 'modules.example',
    like: null,
    ...more,
  }
}

function digests(chain: readonly Uint8Array[] | null): readonly string[] | undefined {
  return chain?.map((der) => createHash('sha256').update(der).digest('hex'))
}

const CHAINS: readonly (readonly string[])[] = [
  ['leaf'],
  ['leaf', 'other', 'root'],
  ['leaf', 'root', 'other', 'root', 'leaf'],
  ['other', 'leaf'],
  ['leaf', 'garbage'],
  ['garbage', 'leaf'],
  ['garbage'],
]

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'whytls-probe-'))
  await promisify(execFile)('go', ['build', '-o', join(folder, 'server'), join(import.meta.dirname, 'fixtures/raw-chain-server.go')])
}, 60_000)
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('probe', () => {
  for (const version of ['1.3', '1.2'] as const) {
    it(`learns exactly what a TLS ${version} server sends as its chain, in order`, async () => {
      for (const names of CHAINS) {
        const { port, served } = await serveChain(version, ...names)
        const result = await probe(requestOf(port))
        expect(digests(result.chain), names.join(' ')).toEqual(served)
        expect(result.transcript.chainSource).toBe(version === '1.3' ? 'decrypted' : 'wire')
        expect(result.transcript.clientHellos[0]?.serverName).toBe('modules.example')
      }
    })
  }

  it('never sends application data', async () => {
    const { port, lines } = await serveChain('1.3', 'leaf')
    const result = await probe(requestOf(port))
    expect(result.ending).toMatchObject({ by: 'us', how: 'fin' })
    await probe(requestOf(port))
    expect(lines).toEqual([])
  })

  it('hears the refusal of a TLS 1.3 server that demands a client certificate, which comes behind both Finished', async () => {
    const { port } = await serveChain('1.3-mutual', 'leaf')
    const { transcript } = await probe(requestOf(port))
    expect(transcript.certificateRequest?.how).toBe('decrypted')
    expect(transcript.alerts).toContainEqual(expect.objectContaining({ sender: 'server', code: 116, how: 'decrypted' }))
  })

  it('sends no server name to an IP address', async () => {
    const { port } = await serveChain('1.3', 'leaf')
    const result = await probe(requestOf(port, { host: '127.0.0.1', port, serverName: null }))
    expect(result.transcript.clientHellos[0]?.serverName).toBeNull()
  })

  it('goes by the parent proxy where go does', async () => {
    const { port, served } = await serveChain('1.3', 'leaf', 'other')
    const parent = await startTestProxy({
      mapping: parseResolveMap([`modules.example:443:127.0.0.1:${port}`]),
      createObserver: observeHandshake,
    })
    const proxy = { kind: 'http-proxy', host: '127.0.0.1', port: parent.port, authorization: null } as const
    const result = await probe(requestOf(1, { route: { kind: 'proxy', proxy } }))
    expect(digests(result.chain)).toEqual(served)
    expect(parent.events[0]).toMatchObject({ type: 'opened', connection: { host: 'modules.example', port: 443 } })
    // What the observed tunnel shows of the same session: the hello, but of TLS 1.3 no chain.
    const closed = await waitForEvent(parent.events, ofType('closed'))
    expect(closed.transcript?.clientHellos[0]?.serverName).toBe('modules.example')
    expect(closed.transcript).toMatchObject({ chain: null, clientAnswer: 'finished', isComplete: true })
    expect(closed.ending.afterHelloMs).toBeGreaterThan(0)
    expect(sameFlight(closed.transcript ?? result.transcript, result.transcript)).toBe(true)
  })

  it('tells a refused connection, a closed one, a reset one and a silent one apart', async () => {
    const closes = await listenOnLoopback((socket) => socket.once('data', () => socket.end()))
    const resets = await listenOnLoopback((socket) => socket.once('data', () => socket.resetAndDestroy()))
    const silent = await listenOnLoopback((socket) => socket.resume())
    expect((await probe(requestOf(1))).dialFailure).toMatchObject({ kind: 'refused' })
    expect((await probe(requestOf(closes))).ending).toMatchObject({ by: 'server', how: 'fin' })
    expect((await probe(requestOf(resets))).ending).toMatchObject({ by: 'server', how: 'rst' })
    const result = await probe(requestOf(silent, { timeoutMs: 1_500 }))
    expect(result).toMatchObject({ ending: { by: 'us', how: 'timeout' }, chain: null, dialFailure: null })
    expect(result.transcript.clientHellos).toHaveLength(1)
  })
})

describe('createProbeQueue', () => {
  it('looks once for the same question and one at a time at a host', async () => {
    const { port } = await serveChain('1.3', 'leaf')
    let running = 0
    let most = 0
    let looks = 0
    const queue = createProbeQueue(
      (go, probed) => go === probed,
      async (request) => {
        looks += 1
        running += 1
        most = Math.max(most, running)
        const result = await probe(request)
        running -= 1
        return result
      },
    )
    const request = requestOf(port)
    const seen = (await probe(request)).transcript
    const [first, same, other] = await Promise.all([
      queue.ask(request, seen),
      queue.ask(request, seen),
      queue.ask({ ...request, alpn: ['http/1.1'] }, seen),
    ])
    expect([looks, most, queue.pending]).toEqual([2, 1, 0])
    expect(same?.transcript).toBe(first?.transcript)
    expect(other?.sameAsGoSaw).toBe(false)
    expect((await queue.ask(request, first?.transcript ?? seen)).sameAsGoSaw).toBe(true)
  })

  it('looks again, a few times, where go met another server under the same name', async () => {
    const { port } = await serveChain('1.3', 'leaf')
    const request = requestOf(port)
    const seen = (await probe(request)).transcript
    for (const [fitting, expected] of [
      [3, 3],
      [9, 4],
    ] as const) {
      let looks = 0
      const queue = createProbeQueue(
        () => looks === fitting,
        async () => {
          looks += 1
          return { ...(await probe(request)), durationMs: looks }
        },
        () => true,
      )
      const found = await queue.ask(request, seen)
      expect([looks, found.sameAsGoSaw, found.durationMs]).toEqual([expected, fitting === 3, fitting === 3 ? 3 : 1])
    }
  })
})
