/** What intercept mode leaves alone, whatever host it is sent to: files outside its own folder, other ports, keys on disk. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { describe, expect, it } from 'vitest'
import { LAB_CASES } from '../../src/lab/cases/index.ts'
import { inFreshFolder, silenceTelemetry } from './go.ts'
import { listeningPorts } from './listening-ports.ts'
import { withOrigin } from './scenario.ts'
import { MAIN, startServer, stopServer } from './whytls.ts'

const LONG = `${'a'.repeat(300)}.example`
const NAMES = [
  'ca.private',
  '../x',
  '..%2fx',
  '[::1]',
  '127.0.0.1',
  'xn--bcher-kva.example',
  'bücher.example',
  LONG,
  `${'a'.repeat(63)}.example`,
]
/** SEQUENCE with INTEGER 0 or 1 of a private key on P-256 (RFC 5915, RFC 5208), and PEM of any kind. */
const KEYS = ['PRIVATE KEY', '\x30\x77\x02\x01\x01\x04\x20', '\x30\x81\x87\x02\x01\x00\x30\x13', '\x02\x01\x01\x04\x20']
const OWN = /^whytls(?:\/(?:token|whytls\.db(?:-wal|-shm)?|intercept-\d+-\w+(?:\/roots-\d\.pem)?))?$/

describe.each(['run', 'serve'])('%s --intercept', (command) => {
  it('writes only its own files, listens only where it says, and leaves no key to whoever kills it', () =>
    withOrigin(LAB_CASES.ok, (origin) =>
      inFreshFolder(async (home) => {
        for (const name of ['tmp', 'cwd']) await mkdir(join(home, name))
        await silenceTelemetry(join(home, 'cwd'))
        const roots = join(home, 'roots.pem')
        await writeFile(roots, await readFile(origin.env['SSL_CERT_FILE'] ?? ''))
        const env = {
          PATH: process.env['PATH'] ?? '',
          HOME: join(home, 'cwd'),
          TMPDIR: join(home, 'tmp'),
          SSL_CERT_FILE: roots,
          WHYTLS_HOME: join(home, 'whytls'),
        }
        const before = await listNames(home)
        const started = command === 'run' ? await startRun(env) : await startServe(env)
        for (const name of NAMES)
          for (const port of [origin.port, 9]) await knock(started.proxy, `${name}:${port}`, name.replace(/^\[|\]$/g, ''))
        // The name that the origin has, and a leaf for each of the others besides.
        for (const name of [origin.host, ...NAMES]) await knock(started.proxy, `${origin.host}:${origin.port}`, name)
        expect((await listNames(home)).filter((name) => !before.includes(name) && !OWN.test(name))).toEqual([])
        expect((await listeningPorts(started.child.pid ?? 0)).sort()).toEqual([...started.ports].sort())
        await kill(started.child)
        const left = await listNames(home)
        expect(left.filter((name) => !before.includes(name) && !OWN.test(name))).toEqual([])
        expect(left.filter((name) => name.endsWith('.pem') && name.includes('intercept-')).length).toBeGreaterThan(0)
        for (const name of left) expect(keysIn(await readFile(join(home, name), 'latin1').catch(() => ''))).toEqual([])
        const next = command === 'run' ? await startRun(env) : await startServe(env)
        expect((await listNames(home)).filter((name) => name.includes(`intercept-${started.child.pid}-`))).toEqual([])
        await kill(next.child)
      }),
    ))
})

interface Started {
  readonly child: ChildProcess
  readonly proxy: URL
  readonly ports: readonly number[]
}

/** Its command prints the proxy that it was given, and waits. */
async function startRun(env: Record<string, string>): Promise<Started> {
  const child = spawn(process.execPath, [MAIN, 'run', '--intercept', '--', 'sh', '-c', 'echo "$HTTPS_PROXY"; exec sleep 60'], {
    env,
    cwd: env['HOME'],
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const [line] = await once(child.stdout, 'data')
  const proxy = new URL(String(line).trim())
  return { child, proxy, ports: [Number(proxy.port)] }
}

async function startServe(env: Record<string, string>): Promise<Started> {
  const { child, proxy, said } = await startServer(env, ['--intercept'])
  return { child, proxy: new URL(proxy), ports: [proxy, String(said['page'])].map((url) => Number(new URL(url).port)) }
}

/** With its command, which has the same process group where there is one. */
async function kill(child: ChildProcess): Promise<void> {
  const closed = once(child, 'exit')
  if (child.spawnargs.includes('run')) process.kill(-(child.pid ?? 0), 'SIGKILL')
  else child.kill('SIGKILL')
  await closed
  await stopServer(child)
}

/** CONNECT, and TLS with that name where the tunnel stands; how it ends is not asked. */
async function knock(proxy: URL, authority: string, name: string): Promise<void> {
  const socket = connect(Number(proxy.port), proxy.hostname)
  socket.on('error', () => {})
  const user = Buffer.from(`${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`).toString('base64')
  socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\nProxy-Authorization: Basic ${user}\r\n\r\n`, 'utf8')
  const answer = await Promise.race([once(socket, 'data'), once(socket, 'close')])
  if (/^HTTP\/1\.1 200/.test(String(answer[0]))) await greet(socket, name)
  socket.destroy()
}

/** A ClientHello of ours, and one request. */
async function greet(socket: Socket, name: string): Promise<void> {
  const session = connectTls({ socket, servername: /^[\d.:]+$/.test(name) ? '' : name, rejectUnauthorized: false })
  session.on('error', () => {})
  session.once('secureConnect', () => session.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'))
  await Promise.race([once(session, 'data'), once(session, 'close'), once(socket, 'close')].map((heard) => heard.catch(() => {})))
}

function keysIn(text: string): string[] {
  return KEYS.filter((key) => text.includes(key))
}

/** All below a folder, itself left out; what comes and goes meanwhile may be missing. */
async function listNames(folder: string): Promise<string[]> {
  return (await readdir(folder, { recursive: true })).sort()
}
