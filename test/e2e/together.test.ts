/** Two runs and a serve at once, one WHYTLS_HOME: one database, and the page shows all of it. */
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import type { ServerMessage } from '../../src/feed/protocol.ts'
import type { LabOrigin } from '../../src/lab/case.ts'
import { certExpired } from '../../src/lab/cases/cert-expired.ts'
import { ok } from '../../src/lab/cases/ok.ts'
import { peerReset } from '../../src/lab/cases/peer-reset.ts'
import type { HandshakeRow } from '../../src/store/store.ts'
import { inFreshFolder, runCommand } from './go.ts'
import { anyToolchain, endWhytls, type LiveEnd, startWhytls, userEnvironment } from './live.ts'
import { withOrigin } from './scenario.ts'

describe('two runs and a serve beside them', () => {
  it('write into one database, whose rows `ls`, the API and the websocket show', async () => {
    await withOrigin(certExpired, (expired) =>
      withOrigin(peerReset, (reset) =>
        withOrigin(ok, (sound) =>
          inFreshFolder(async (home) => {
            const page = await startServe(home, sound)
            const feed = follow(page)
            const [first, second, served] = await Promise.all([
              download(expired, home),
              download(reset, home),
              downloadThrough(page.proxy, sound),
            ])
            expect([first.code, second.code, served.exitCode]).toEqual([1, 1, 0])
            expect(first.stderr).toContain('error[cert-expired]')
            expect(second.stderr).toContain('error[peer-reset]')
            const listed = await list(home)
            const seen = listed.filter(({ mode }) => mode === 'observe')
            expect(new Set(seen.map(({ host, runId, cause }) => `${host} ${runId === null ? 'serve' : 'run'} ${cause}`))).toEqual(
              new Set([`${expired.host} run cert-expired`, `${reset.host} run peer-reset`, `${sound.host} serve null`]),
            )
            expect(new Set(seen.flatMap(({ runId }) => runId ?? [])).size).toBe(2)
            expect(new Set(listed.map(({ id }) => id)).size).toBe(listed.length)
            expect(await askApi(page)).toEqual(settled(listed))
            await feed.until((rows) => JSON.stringify(settled(rows)) === JSON.stringify(settled(listed)))
          }),
        ),
      ),
    )
  })
})

interface ServedPage {
  readonly proxy: string
  readonly origin: string
  readonly token: string
}

async function startServe(home: string, origin: LabOrigin): Promise<ServedPage> {
  const env = { ...(await userEnvironment(origin, home)), HTTPS_PROXY: '' }
  const live = startWhytls(['serve', '--port', '0', '--page-port', '0', '--no-open'], { env, cwd: home })
  const [, proxy = '', page = '', token = ''] = await live.until(/Proxy +(http:\S+)\n +Page +(http:[^/]*\/\/[^/]+)\/#t=(\w+)/)
  return { proxy, origin: page, token }
}

/** `whytls run -- go mod download` with a module cache of its own and the database of `home`. */
function download(origin: LabOrigin, home: string): Promise<LiveEnd> {
  return inFreshFolder(async (fresh) => {
    const env = { ...(await userEnvironment(origin, fresh)), WHYTLS_HOME: join(home, 'whytls') }
    return endWhytls(['run', '--', 'go', 'mod', 'download', origin.module], { env, cwd: fresh })
  })
}

/** Plain go with HTTPS_PROXY exported by hand. */
function downloadThrough(proxy: string, origin: LabOrigin): ReturnType<typeof runCommand> {
  return inFreshFolder(async (fresh) => {
    const env = { ...(await userEnvironment(origin, fresh)), HTTPS_PROXY: proxy }
    return runCommand([anyToolchain().go, 'mod', 'download', origin.module], { env, cwd: fresh })
  })
}

async function list(home: string): Promise<readonly HandshakeRow[]> {
  const env = { PATH: process.env['PATH'] ?? '', HOME: home, WHYTLS_HOME: join(home, 'whytls') }
  const { stdout } = await endWhytls(['ls', '--json'], { env, cwd: home })
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line): HandshakeRow => JSON.parse(line))
}

async function askApi({ origin, token }: ServedPage): Promise<readonly string[]> {
  const answer = await fetch(`${origin}/api/v1/handshakes`, { headers: { authorization: `Bearer ${token}` } })
  const { rows }: { readonly rows: readonly HandshakeRow[] } = JSON.parse(await answer.text())
  return settled(rows)
}

/** What a row is in the end, by its id. */
function settled(rows: readonly HandshakeRow[]): readonly string[] {
  return rows.map(({ id, host, runId, mode, outcome, cause }) => `${id} ${host} ${runId} ${mode} ${outcome} ${cause}`).sort()
}

/** A page that is open from the start: it gets a snapshot and then every change. */
function follow({ origin, token }: ServedPage): { readonly until: (isThere: (rows: readonly HandshakeRow[]) => boolean) => Promise<void> } {
  const rows = new Map<number, HandshakeRow>()
  const socket = new WebSocket(`${origin.replace('http', 'ws')}/api/v1/events`, ['whytls.v1', `t.${token}`], { origin })
  onTestFinished(() => socket.close())
  socket.on('open', () => socket.send(JSON.stringify({ t: 'hello' })))
  const waiting = new Set<() => void>()
  socket.on('message', (data) => {
    const message: ServerMessage = JSON.parse(String(data))
    if (message.t === 'snap' || message.t === 'd') for (const row of message.rows) rows.set(row.id, row)
    if (message.t === 'd') socket.send(JSON.stringify({ t: 'ack', seq: message.to }))
    for (const look of [...waiting]) look()
  })
  return {
    until: (isThere) =>
      new Promise((resolve) => {
        const look = () => {
          if (!isThere([...rows.values()])) return
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
        look()
      }),
  }
}
