import type { Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import type { ClientHello } from '../../src/contract/handshake.ts'
import { diagnose } from '../../src/diagnosis/diagnose.ts'
import type { HelloTry } from '../../src/diagnosis/observation.ts'
import { changeHello, findSentHello, type SentHello } from '../../src/handshake/hello-change.ts'
import { HandshakeObserver } from '../../src/handshake/observer.ts'
import { type BisectRequest, startBisect } from '../../src/proxy/bisect.ts'
import { createResolver } from '../../src/proxy/resolve.ts'
import { parseResolveMap } from '../../src/proxy/resolve-mapping.ts'
import { tryHello } from '../../src/proxy/try-hello.ts'
import { tried } from '../diagnosis/observation-builders.ts'
import { play, readVector } from '../handshake/playbook.ts'
import { listenOnLoopback } from './loopback.ts'

const HOST = 'modproxy.example.test'
const SENT: SentHello = findSentHello(play(readVector('hello-go1.26')).transcript) ?? {
  message: new Uint8Array(),
  recordVersion: 0,
  cuts: [],
}
/** ServerHello of TLS 1.2. */
const ANSWER = Buffer.concat([Buffer.from([22, 3, 3, 0, 42, 2, 0, 0, 38, 3, 3]), Buffer.alloc(32, 9), Buffer.from([0, 0xc0, 0x2f, 0])])

type Reply = (socket: Socket, hello: ClientHello, nth: number) => void

const accept: Reply = (socket) => socket.write(ANSWER)
const reset: Reply = (socket) => socket.resetAndDestroy()
const silence: Reply = () => {}

/** A host that reads each hello and answers as told. */
function serve(reply: Reply): Promise<number> {
  let nth = 0
  return listenOnLoopback((socket) => {
    const reader = new HandshakeObserver()
    socket.on('end', () => socket.end())
    socket.on('data', (octets: Buffer) => {
      for (const event of reader.feed('client-to-server', octets, 0)) {
        if (event.type === 'client-hello') reply(socket, event.hello, nth++)
      }
    })
  })
}

async function requestFor(reply: Reply, more: Partial<BisectRequest> = {}): Promise<BisectRequest> {
  const port = await serve(reply)
  return {
    host: HOST,
    port: 443,
    route: { kind: 'direct' },
    resolve: createResolver({ mapping: parseResolveMap([`${HOST}:443:127.0.0.1:${port}`]) }),
    hello: SENT,
    go: { how: 'died' },
    goTries: [{ met: 'rst', alert: null, afterMs: 3, byGo: true }],
    signal: new AbortController().signal,
    patienceMs: 300,
    leastPatienceMs: 200,
    ...more,
  }
}

/** `change: ok - -` of every change that was tried. */
async function outcome(request: BisectRequest): Promise<Readonly<Record<string, string>>> {
  const bisection = startBisect(request)
  await bisection.done
  const mark = ({ met }: HelloTry) => (met === 'server-hello' ? 'ok' : met)
  return Object.fromEntries(bisection.trials().map(({ change, tries }) => [change, tries.map(mark).join(' ')]))
}

describe('one try', () => {
  const met = async (reply: Reply, patienceMs = 200) => {
    const octets = changeHello(SENT, 'unchanged') ?? new Uint8Array()
    const answer = await tryHello({ ...(await requestFor(reply)), octets, patienceMs: () => patienceMs })
    return answer === null ? null : { met: answer.met.met, alert: answer.met.alert }
  }

  it.each<[string, Reply, HelloTry['met'], string | null]>([
    ['a ServerHello', accept, 'server-hello', null],
    ['an alert', (socket) => socket.end(Buffer.from([21, 3, 3, 0, 2, 2, 40])), 'alert', 'handshake_failure'],
    ['a page', (socket) => socket.end('HTTP/1.1 403 Forbidden\r\n\r\n'), 'not-tls', null],
    ['a FIN', (socket) => socket.end(), 'fin', null],
    ['a reset', reset, 'rst', null],
    ['silence', silence, 'silence', null],
    ['a warning and a FIN', (socket) => socket.end(Buffer.from([21, 3, 3, 0, 2, 1, 112])), 'fin', 'unrecognized_name'],
    [
      'a ServerHello behind a warning',
      (socket) => socket.write(Buffer.concat([Buffer.from([21, 3, 3, 0, 2, 1, 112]), ANSWER])),
      'server-hello',
      'unrecognized_name',
    ],
  ])('meets %s', async (_name, reply, expected, alert) => {
    expect(await met(reply)).toEqual({ met: expected, alert })
  })

  it('that is stopped tells nothing', async () => {
    const stop = new AbortController()
    const request = await requestFor(() => stop.abort(), { signal: stop.signal })
    expect(await tryHello({ ...request, octets: changeHello(SENT, 'unchanged') ?? new Uint8Array(), patienceMs: () => 60_000 })).toBeNull()
  })

  it('of a host that is not there is no answer of its', async () => {
    const request = await requestFor(accept, { resolve: createResolver({ mapping: parseResolveMap([`${HOST}:443:127.0.0.1:1`]) }) })
    const answer = await tryHello({ ...request, octets: new Uint8Array([1]), patienceMs: () => 100 })
    expect(answer?.met.met).toBe('dial-failure')
  })
})

describe('trials', () => {
  it('of a host that never answers a large hello show that the size decides', async () => {
    const request = await requestFor((socket, hello, nth) => (hello.wireBytes > 1_460 ? silence : accept)(socket, hello, nth))
    expect(await outcome(request)).toEqual({
      unchanged: 'rst silence silence',
      'no ML-KEM': 'ok ok ok',
      'no ML-KEM, padded': 'silence silence silence',
      'no ML-KEM, 1,024 bytes': 'ok',
      'no ML-KEM, 1,448 bytes': 'ok',
      'another server name': 'silence',
    })
  })

  it('of a host that resets everything find nothing that helps', async () => {
    const told = await outcome(await requestFor(reset))
    expect(Object.values(told).join(' ')).not.toContain('ok')
  })

  it.each([2, 3, 4, 5].flatMap((every) => [0, 1, 2].map((phase) => [every, phase] as const)))(
    'of a host that drops one of %i blame nobody (from the %ith on)',
    async (every, phase) => {
      const request = await requestFor((socket, hello, nth) => ((nth + phase) % every === 0 ? reset : accept)(socket, hello, nth))
      const bisection = startBisect(request)
      await bisection.done
      expect(diagnose(tried(bisection.trials())).map(({ cause }) => cause)).toEqual(['peer-reset'])
    },
  )

  it('run two at a time at most', async () => {
    let open = 0
    let most = 0
    const request = await requestFor((socket) => {
      open += 1
      most = Math.max(most, open)
      socket.on('close', () => {
        open -= 1
      })
    })
    await outcome(request)
    expect(most).toBe(2)
  })

  it('that are stopped keep what is known', async () => {
    const stop = new AbortController()
    const reply: Reply = (socket, hello, nth) => {
      accept(socket, hello, nth)
      if (nth === 1) stop.abort()
    }
    const bisection = startBisect(await requestFor(reply, { signal: stop.signal }))
    await bisection.done
    expect(bisection.trials()[0]).toMatchObject({ change: 'unchanged', tries: [{ met: 'rst', byGo: true }] })
    expect(bisection.trials().flatMap(({ tries }) => tries).length).toBeLessThanOrEqual(3)
  })

  it('that began while go waits go on when go has ended', async () => {
    const request = await requestFor((socket, hello, nth) => (hello.serverName === HOST ? reset : accept)(socket, hello, nth), {
      go: { how: 'open' },
      goTries: [],
    })
    const bisection = startBisect(request)
    const isSmall = (change: string) => ['no ML-KEM', 'TLS 1.2 only', 'no ALPN', 'no server name', 'unchanged'].includes(change)
    bisection.noteGo({ how: 'died' }, { met: 'silence', alert: null, afterMs: 10_000, byGo: true })
    await bisection.done
    const trials = bisection.trials()
    expect(trials.find(({ change }) => change === 'unchanged')?.tries).toHaveLength(4)
    expect(trials.filter(({ change }) => !isSmall(change)).map(({ change }) => change)).toContain('another server name')
  })
})
