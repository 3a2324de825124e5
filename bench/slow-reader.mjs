/**
 * `npm run bench:slow-reader`: what a page that does not read costs. Handshakes go through `whytls serve` (10,000 more in its database) in turns with no page,
 * a page that reads, one and twenty that read nothing, and one that reads 10 KB/s. Writes a section of bench/RESULTS-page.md.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { WebSocket } from 'ws'
import { startServe, stopServe } from '../scripts/serve.mjs'
import { readCpuMs } from './measure.mjs'
import { fillStore } from './page-store.mjs'
import { writeSection } from './results.mjs'

const ROUNDS = 5
const HANDSHAKES = 300
const AT_ONCE = 4
const MIB = 1024 * 1024
const SIDES = [
  { name: 'no page', pages: 0 },
  { name: 'a page that reads', pages: 1, bytesPerSecond: Number.POSITIVE_INFINITY },
  { name: 'a page that reads nothing', pages: 1, bytesPerSecond: 0 },
  { name: '20 that read nothing', pages: 20, bytesPerSecond: 0 },
  { name: 'a page that reads 10 KB/s', pages: 1, bytesPerSecond: 10_000 },
]

const load = loadavg()[0]
const folder = mkdtempSync(join(tmpdir(), 'whytls-bench-slow-'))
const origin = fork(join(import.meta.dirname, 'origin.mjs'), ['0'])
let server
try {
  const [{ port, cert }] = await once(origin, 'message')
  writeFileSync(join(folder, 'root.pem'), cert)
  await fillStore(folder, 10_000)
  const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/_proxy$/i.test(name)))
  server = await startServe({ ...clean, WHYTLS_HOME: folder, SSL_CERT_FILE: join(folder, 'root.pem') })
  const target = { port, cert, proxy: new URL(server.proxy) }
  await shakeHands(target)
  const runs = SIDES.map((side) => ({ ...side, rounds: [] }))
  for (let round = 0; round < ROUNDS; round += 1) {
    const first = round % runs.length
    for (const run of [...runs.slice(first), ...runs.slice(0, first)]) run.rounds.push(await measure(run, target))
  }
  console.log(writeSection('RESULTS-page.md', 'Pages that do not read', compose(runs)))
} finally {
  if (server !== undefined) await stopServe(server)
  origin.kill()
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
}

/** CPU of the server and latency for each handshake while such pages are connected, and the server's memory at the end. */
async function measure({ pages, bytesPerSecond }, target) {
  const { pid } = server.child
  const connected = Array.from({ length: pages }, () => openPage(bytesPerSecond))
  await Promise.all(connected.map(({ opened }) => opened))
  const before = readCpuMs(pid)
  const times = await shakeHands(target)
  const cpuMs = (readCpuMs(pid) - before) / HANDSHAKES
  const memoryMib = readAnonymousMib(pid)
  for (const { socket } of connected) socket.terminate()
  return { cpuMs, memoryMib, p50: quantile(times, 0.5), p95: quantile(times, 0.95) }
}

/** A page's socket that has said hello, and reads as fast as it may. The server takes 16 and refuses the rest. */
function openPage(bytesPerSecond) {
  const url = new URL(server.url)
  const protocols = ['whytls.v1', `t.${url.hash.slice('#t='.length)}`]
  const socket = new WebSocket(`ws://${url.host}/api/v1/events`, protocols, { origin: url.origin })
  socket.on('error', () => {})
  const opened = new Promise((resolve) => {
    socket.once('close', resolve)
    socket.once('open', () => {
      socket.send(JSON.stringify({ t: 'hello' }))
      if (bytesPerSecond === 0) socket.pause()
      else readSlowly(socket, bytesPerSecond)
      setTimeout(resolve, 500)
    })
  })
  return { socket, opened }
}

/** Acknowledge what comes; after each message pause as long as its length takes. */
function readSlowly(socket, bytesPerSecond) {
  socket.on('message', (data) => {
    const { t, to } = JSON.parse(String(data))
    if (t === 'd') socket.send(JSON.stringify({ t: 'ack', seq: to }))
    if (bytesPerSecond === Number.POSITIVE_INFINITY) return
    socket.pause()
    setTimeout(() => socket.resume(), (data.length / bytesPerSecond) * 1000).unref()
  })
}

/** CONNECT, TLS and a small answer, a few at once. Returns the milliseconds of each. */
async function shakeHands(target) {
  const times = []
  let left = HANDSHAKES
  const work = async () => {
    while (left-- > 0) times.push(await shakeHand(target))
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  return times
}

async function shakeHand({ port, cert, proxy }) {
  const startedAt = performance.now()
  const asking = request({ host: proxy.hostname, port: proxy.port, method: 'CONNECT', path: `127.0.0.1:${port}`, agent: false }).end()
  const [, socket] = await once(asking, 'connect')
  const session = connect({ socket, host: '127.0.0.1', ca: cert, ALPNProtocols: ['http/1.1'] })
  await once(session, 'secureConnect')
  session.write('GET /none HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n')
  session.resume()
  await once(session, 'close')
  return performance.now() - startedAt
}

/** Memory of the process itself, without the database's mapped files. */
function readAnonymousMib(pid) {
  const found = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))
  return (Number(found?.[1]) * 1024) / MIB
}

function quantile(values, q) {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))]
}

function compose(runs) {
  const rows = runs.map(({ name, rounds }) => {
    const of = (what) => rounds.map((round) => round[what])
    const figures = [quantile(of('cpuMs'), 0.5).toFixed(2), quantile(of('p50'), 0.5).toFixed(1), quantile(of('p95'), 0.5).toFixed(1)]
    return `| ${name} | ${figures.join(' | ')} | ${quantile(of('memoryMib'), 0.5).toFixed(0)} (most ${Math.max(...of('memoryMib')).toFixed(0)}) |`
  })
  return `Node ${process.versions.node}, load before ${load.toFixed(1)} on 2 cores. ${HANDSHAKES} handshakes, ${AT_ONCE} at once, ${ROUNDS} interleaved rounds, medians of the rounds.
Of 20 pages the server takes 16. Memory: anonymous resident memory of the server at the end of a round, which garbage moves by some tens of MiB either way;
that a page that does not read holds less than 2 MiB is a test (\`test/feed/slow-reader.test.ts\`), which counts after garbage collection.

| while connected | server's CPU a handshake, ms | handshake, ms | 95% | memory, MiB |
|---|---|---|---|---|
${rows.join('\n')}
`
}
