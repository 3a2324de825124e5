/** Has the go command of this machine say its ClientHello to a listener of ours, so that it can be replayed; the host itself is not asked. */
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findSentHello, type SentHello } from '../handshake/hello-change.ts'
import { HandshakeObserver } from '../handshake/observer.ts'
import { joinHostPort } from '../proxy/ip-address.ts'

/** go takes a fraction of a second. */
const LIMIT_MS = 8_000

/**
 * Capture the hello that `go mod download` would send to this host.
 * @returns null where there is no go, where it never uses a proxy for this host (localhost), or when it takes too long
 */
export async function captureHello(host: string, port: number, env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<SentHello | null> {
  const folder = await mkdtemp(join(tmpdir(), 'whytls-hello-'))
  const listener = listenForHello()
  try {
    await writeFile(join(folder, 'go.mod'), 'module example.test/hello\n')
    const proxy = `http://127.0.0.1:${await listener.port}`
    const ended = runGo(
      folder,
      { ...env, ...settings(folder, host, port, proxy) },
      AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)]),
    )
    return await Promise.race([listener.hello, ended.then(() => null)])
  } catch {
    return null
  } finally {
    listener.close()
    await rm(folder, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined)
  }
}

/** GODEBUG stays as it is: it changes the hello. */
function settings(folder: string, host: string, port: number, proxy: string): NodeJS.ProcessEnv {
  return {
    GOPROXY: `https://${joinHostPort(host, port)}`,
    HTTPS_PROXY: proxy,
    https_proxy: proxy,
    NO_PROXY: '',
    no_proxy: '',
    GOENV: 'off',
    GOFLAGS: '-mod=mod',
    GOWORK: 'off',
    GONOPROXY: 'none',
    GOPRIVATE: '',
    GOSUMDB: 'off',
    GOTOOLCHAIN: 'local',
    GOMODCACHE: join(folder, 'modules'),
  }
}

function runGo(folder: string, env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    execFile('go', ['mod', 'download', 'example.test/nothing@v1.0.0'], { cwd: folder, env, signal, windowsHide: true }, () => resolve())
  })
}

interface HelloListener {
  readonly port: Promise<number>
  readonly hello: Promise<SentHello | null>
  readonly close: () => void
}

/** A proxy that grants one CONNECT and reads what comes. */
function listenForHello(): HelloListener {
  const server = createServer()
  const hello = new Promise<SentHello | null>((resolve) => {
    server.on('connect', (_request, socket) => {
      const reader = new HandshakeObserver()
      socket.on('error', () => {})
      socket.on('data', (octets: Buffer) => {
        const isWhole = reader.feed('client-to-server', octets, 0).some(({ type }) => type === 'client-hello')
        if (!isWhole) return
        resolve(findSentHello(reader.transcript()))
        socket.destroy()
      })
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
    })
  })
  const port = new Promise<number>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)) // a TCP server that listens
  })
  const close = () => {
    server.closeAllConnections()
    server.close()
  }
  return { port, hello, close }
}
