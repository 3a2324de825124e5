/** SIGINT, SIGTERM and SIGKILL: what is known is said and written, and the database stays readable. */
import { existsSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Document } from '../../src/contract/document.ts'
import type { LabCase } from '../../src/lab/case.ts'
import { certExpired } from '../../src/lab/cases/cert-expired.ts'
import { peerSilent } from '../../src/lab/cases/peer-silent.ts'
import { listenOnLoopback } from '../../src/lab/listener.ts'
import { describeOrigin, labHost } from '../../src/lab/world.ts'
import { inFreshFolder } from './go.ts'
import { childrenOf, endWhytls, type Live, printStop, startWhytls, userEnvironment } from './live.ts'
import { withOrigin } from './scenario.ts'

/** Resets the first connection, then takes a ClientHello and never answers. */
const RESETS_ONCE: LabCase = {
  id: 'resets-once',
  summary: 'resets go, and keeps a probe waiting',
  expect: { cause: 'peer-reset', leg: 'upstream', stage: 'client-hello' },
  async up(world) {
    let count = 0
    const server = createServer((socket) => {
      count += 1
      const isFirst = count === 1
      socket.on('error', () => undefined).once('data', () => isFirst && socket.resetAndDestroy())
    })
    const { port, close } = await listenOnLoopback(server, world.port)
    return describeOrigin(world, { host: labHost('resets-once', {}), port, rootsPem: '', close })
  },
}

interface Waiting {
  readonly live: Live
  readonly env: Record<string, string>
  readonly home: string
  readonly json: string
}

/** `whytls run` with a go that has sent its ClientHello and waits for an answer that never comes. */
function whileGoWaits<T>(use: (waiting: Waiting) => Promise<T>): Promise<T> {
  return withOrigin(peerSilent, (origin) =>
    inFreshFolder(async (home) => {
      const env = await userEnvironment(origin, home)
      const json = join(home, 'result.json')
      const argv = ['run', '--trace', `--json=${json}`, '--', 'go', 'mod', 'download', origin.module]
      const live = startWhytls(argv, { env, cwd: home })
      await live.until(/ClientHello/)
      return use({ live, env, home, json })
    }),
  )
}

describe('whytls run', () => {
  it.each([
    ['SIGTERM', 'signal', 143],
    ['SIGINT', 'signalGroup', 130],
  ] as const)('%s ends go, the exit code says so, and what is known is written', async (signal, how, code) => {
    const { end, document } = await whileGoWaits(async ({ live, json }) => {
      live[how](signal)
      const ended = await live.ended
      return { end: ended, document: JSON.parse(readFileSync(json, 'utf8')) as Document } // our own schema, tested elsewhere
    })
    expect(end.code).toBe(code)
    printStop(end)
    // Had go been waited for, it would have given up by itself, with a code and a reason.
    expect(document.run).toMatchObject({ exitCode: null, signal })
    expect(document.handshakes).toMatchObject([{ mode: 'observe', outcome: 'aborted', serverHello: null }])
    expect(document.handshakes[0]?.clientHello?.serverName).toBe('peer-silent.whytls.test')
    expect(document.diagnoses).toEqual([])
  })
  it('Ctrl-C while a probe waits prints and writes at once what is known', async () => {
    const { end, document } = await withOrigin(RESETS_ONCE, (origin) =>
      inFreshFolder(async (home) => {
        const json = join(home, 'result.json')
        const argv = ['run', '--trace', '--json', json, '--', 'go', 'mod', 'download', origin.module]
        const live = startWhytls(argv, { env: await userEnvironment(origin, home), cwd: home })
        await live.until(/\/probe .*ClientHello/)
        await live.until(/\ngo: .*connection reset by peer/)
        // go says so before it ends, and would die of the signal.
        await expect.poll(() => childrenOf(live.pid)).toBe('')
        live.signalGroup('SIGINT')
        return { end: await live.ended, document: JSON.parse(await readFile(json, 'utf8')) as Document }
      }),
    )
    expect(end.code).toBe(1)
    printStop(end)
    expect(end.stderr).toContain('\nerror[peer-reset]: ')
    expect(document.diagnoses).toMatchObject([{ cause: 'peer-reset' }])
  })
  it('SIGKILL leaves a database that the next command reads and writes', async () => {
    await whileGoWaits(async ({ live, env, home }) => {
      live.signalGroup('SIGKILL')
      expect((await live.ended).signal).toBe('SIGKILL')
      const listed = await endWhytls(['ls', '--json'], { env, cwd: home })
      expect(listed).toMatchObject({ code: 0, stderr: '' })
      const next = join(home, 'next.json')
      expect((await endWhytls(['run', '--json', next, '--', 'true'], { env, cwd: home })).code).toBe(0)
      expect(JSON.parse(readFileSync(next, 'utf8'))).toMatchObject({ run: { id: 2, exitCode: 0 } })
    })
  })
  it('writes JSON for a command that cannot be started', async () => {
    await withOrigin(certExpired, (origin) =>
      inFreshFolder(async (home) => {
        const json = join(home, 'result.json')
        const argv = ['run', '--json', json, '--', 'nosuch-command']
        const end = await endWhytls(argv, { env: await userEnvironment(origin, home), cwd: home })
        expect(end).toMatchObject({ code: 127, stderr: 'whytls: nosuch-command: command not found\n' })
        expect(JSON.parse(readFileSync(json, 'utf8'))).toMatchObject({ run: { exitCode: 127 }, handshakes: [] })
      }),
    )
  })
})

describe('whytls serve', () => {
  it('lets an open tunnel end after the first Ctrl-C', async () => {
    await whileServing(async ({ serve, closeTunnel }) => {
      serve.signal('SIGINT')
      await serve.until(/closing, 1 tunnel open, again to force\n/)
      closeTunnel()
      expect(await serve.ended).toMatchObject({ code: 0, stdout: expect.stringContaining('1 handshake, 0 failed') })
    })
  })
  it('ends at once after the second, and prints how to undo', async () => {
    await whileServing(async ({ serve, home }) => {
      serve.signal('SIGINT')
      await serve.until(/again to force/)
      serve.signal('SIGINT')
      const end = await serve.ended
      printStop(end)
      expect(end).toMatchObject({ code: 0, stderr: '' })
      expect(end.stdout).toMatch(/\n {2}unset HTTPS_PROXY\n$/)
      expect(existsSync(join(home, 'whytls', 'whytls.db'))).toBe(true)
    })
  })
  it('ends with 0 after SIGTERM too', async () => {
    await inFreshFolder(async (home) => {
      const serve = await startServe(home)
      serve.signal('SIGTERM')
      expect(await serve.ended).toMatchObject({ code: 0, stdout: expect.stringMatching(/\n {2}unset HTTPS_PROXY\n$/) })
    })
  })
})

async function startServe(home: string): Promise<Live> {
  const env = { PATH: process.env['PATH'] ?? '', HOME: home, GOENV: 'off', WHYTLS_HOME: join(home, 'whytls') }
  const serve = startWhytls(['serve', '--port', '0', '--page-port', '0', '--no-open'], { env, cwd: home })
  await serve.until(/export HTTPS_PROXY/)
  return serve
}

/** `whytls serve` with one tunnel through it, on which nothing is said. */
function whileServing(use: (world: { serve: Live; home: string; closeTunnel: () => void }) => Promise<void>): Promise<void> {
  return inFreshFolder(async (home) => {
    const origin = createServer((socket) => socket.on('error', () => undefined)).listen(0, '127.0.0.1')
    onTestFinished(() => void origin.close())
    const serve = await startServe(home)
    const [, port] = await serve.until(/Proxy +http:\/\/127\.0\.0\.1:(\d+)/)
    const address = origin.address()
    const tunnel = connect(Number(port), '127.0.0.1').on('error', () => undefined)
    onTestFinished(() => void tunnel.destroy())
    tunnel.write(`CONNECT 127.0.0.1:${typeof address === 'object' ? address?.port : 0} HTTP/1.1\r\n\r\n`)
    await new Promise((resolve) => tunnel.once('data', resolve))
    await use({ serve, home, closeTunnel: () => void tunnel.end() })
  })
}
