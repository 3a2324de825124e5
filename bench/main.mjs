/**
 * `npm run bench`: what whytls costs. Downloads the same modules directly, through a bare Node tunnel and through `whytls serve`, in turns;
 * then streams one large body through both. Writes bench/RESULTS.md. `--quick`: few modules, one round, 64 MiB, nothing written.
 */
import { fork, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { connect } from 'node:tls'
import { readCpuMs, readPeakMib, resetPeak } from './measure.mjs'
import { makeGoMod } from './modules.mjs'

const isQuick = process.argv.includes('--quick')
const MODULES = isQuick ? 20 : 300
const ROUNDS = isQuick ? 1 : 6
const LARGE_MIB = isQuick ? 64 : 1024
const LIMITS = { wall: 1.1, cpu: 1.5, memoryMib: 40 }

const here = import.meta.dirname
const folder = mkdtempSync(join(tmpdir(), 'whytls-bench-'))
const children = []
/** What else the machine does: on a busy one the wall times say little. */
const loadBefore = loadavg()[0].toFixed(1)

try {
  const origin = await startOrigin()
  const tunnel = await startProxy('tunnel', [join(here, 'tunnel.mjs')])
  const mapping = `modules.test:${origin.port}:127.0.0.1`
  const main = join(here, '..', 'dist', 'cli', 'main.js')
  const serve = ['serve', '--json', '--no-open', '--port', '0', '--page-port', '0', '--resolve', mapping]
  const whytls = await startProxy('whytls', [main, ...serve])
  const direct = { name: 'direct', url: null, pid: null }
  const sides = [direct, tunnel, whytls]
  const downloads = {
    'HTTP/2': await compareDownloads(sides, origin, ''),
    'HTTP/1.1': await compareDownloads(sides, origin, 'http2client=0'),
  }
  const stream = await compareStream([tunnel, whytls], origin)
  const text = describe(downloads, stream)
  process.stdout.write(text)
  if (!isQuick) writeFileSync(join(here, 'RESULTS.md'), text)
} finally {
  for (const child of children) child.kill()
  rmSync(folder, { recursive: true, force: true })
}

async function startOrigin() {
  const child = fork(join(here, 'origin.mjs'), [String(MODULES)])
  children.push(child)
  const [{ port, cert }] = await once(child, 'message')
  writeFileSync(join(folder, 'root.pem'), cert)
  mkdirSync(join(folder, 'no-roots'))
  mkdirSync(join(folder, 'main'))
  writeFileSync(join(folder, 'main', 'go.mod'), makeGoMod(MODULES))
  return { port, cert, pid: child.pid }
}

/** Start a proxy whose first line on stdout is JSON with its URL in `proxy`. */
async function startProxy(name, argv) {
  const env = { ...withoutProxies(), WHYTLS_HOME: join(folder, 'home'), SSL_CERT_FILE: join(folder, 'root.pem') }
  const child = spawn(process.execPath, argv, { env, stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  const lines = createInterface({ input: child.stdout })
  const [first] = await once(lines, 'line')
  lines.on('line', () => {})
  return { name, url: JSON.parse(first).proxy, pid: child.pid }
}

function withoutProxies() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/_proxy$/i.test(name)))
}

async function compareDownloads(sides, origin, godebug) {
  return interleave(sides, ROUNDS, (side) => download(side.url, origin, godebug))
}

/** Rounds in turns, each begun by another side, so that what else the machine does (and the files that the side before deleted) meets all alike; the best of each figure counts. */
async function interleave(sides, count, work) {
  const runs = sides.map((side) => ({ ...side, rounds: [] }))
  for (let round = 0; round < count; round++) {
    const first = round % runs.length
    const order = [...runs.slice(first), ...runs.slice(0, first)]
    for (const run of order) run.rounds.push(await measure(run.pid, () => work(run)))
  }
  return runs.map(({ name, rounds }) => ({ name, ...best(rounds) }))
}

async function measure(pid, work) {
  if (pid !== null) resetPeak(pid)
  const cpuBefore = pid === null ? 0 : readCpuMs(pid)
  const startedAt = performance.now()
  await work()
  const wallMs = performance.now() - startedAt
  return { wallMs, cpuMs: pid === null ? 0 : readCpuMs(pid) - cpuBefore, peakMib: pid === null ? 0 : readPeakMib(pid) }
}

function best(rounds) {
  return {
    wallMs: Math.min(...rounds.map((round) => round.wallMs)),
    cpuMs: Math.min(...rounds.map((round) => round.cpuMs)),
    peakMib: Math.max(...rounds.map((round) => round.peakMib)),
  }
}

async function download(proxyUrl, origin, godebug) {
  const cache = mkdtempSync(join(folder, 'cache-'))
  const host = proxyUrl === null ? '127.0.0.1' : 'modules.test'
  const env = {
    ...withoutProxies(),
    GOMODCACHE: cache,
    GOPROXY: `https://${host}:${origin.port}`,
    GOSUMDB: 'off',
    GOFLAGS: '-modcacherw',
    GOTOOLCHAIN: 'local',
    GODEBUG: godebug,
    SSL_CERT_FILE: join(folder, 'root.pem'),
    SSL_CERT_DIR: join(folder, 'no-roots'),
    ...(proxyUrl === null ? {} : { HTTPS_PROXY: proxyUrl }),
  }
  rmSync(join(folder, 'main', 'go.sum'), { force: true })
  const child = spawn('go', ['mod', 'download'], { cwd: join(folder, 'main'), env, stdio: ['ignore', 'inherit', 'inherit'] })
  const [code] = await once(child, 'exit')
  rmSync(cache, { recursive: true, force: true })
  if (code !== 0) throw new Error(`go mod download through ${proxyUrl ?? 'nothing'} ended with ${code}`)
}

async function compareStream(sides, origin) {
  return interleave(sides, isQuick ? 1 : 3, (side) => readLarge(side.url, origin))
}

/** Read one large body through a proxy and throw it away. */
async function readLarge(proxyUrl, origin) {
  const { hostname, port } = new URL(proxyUrl)
  const asking = request({ host: hostname, port, method: 'CONNECT', path: `modules.test:${origin.port}`, agent: false }).end()
  const [, socket] = await once(asking, 'connect')
  const session = connect({ socket, servername: 'modules.test', ca: origin.cert, ALPNProtocols: ['http/1.1'] })
  await once(session, 'secureConnect')
  session.write(`GET /large?mib=${LARGE_MIB} HTTP/1.1\r\nHost: modules.test\r\nConnection: close\r\n\r\n`)
  let received = 0
  session.on('data', (part) => {
    received += part.length
  })
  await once(session, 'close')
  if (received < LARGE_MIB * 1024 * 1024) throw new Error(`only ${received} octets of the large body came`)
}

function describe(downloads, stream) {
  const go = spawnSync('go', ['version']).stdout.toString().trim()
  const head = [
    '# What whytls costs',
    '',
    `${new Date().toISOString().slice(0, 10)}, ${go.replace('go version ', '')}, Node ${process.versions.node}, ${cpus().length} cores (${cpus()[0]?.model.trim()}), load average ${loadBefore} at the start.`,
    `Made by \`npm run bench\`. Best of ${ROUNDS} interleaved rounds (3 for the large body); CPU and peak resident memory are those of the proxy's process.`,
    'The tunnel is a bare CONNECT proxy in Node that reads nothing (bench/tunnel.mjs); whytls is `whytls serve` with its database and page.',
  ]
  const tables = Object.entries(downloads).flatMap(([name, rows]) => [
    '',
    `## go mod download, ${MODULES} modules, ${name}`,
    '',
    ...table(rows),
  ])
  const verdicts = [...Object.entries(downloads).map(([name, rows]) => judge(name, rows)), judge(`${LARGE_MIB} MiB body`, stream)]
  return `${[...head, ...tables, '', `## One body of ${LARGE_MIB} MiB`, '', ...table(stream), '', '## Limits', '', ...verdicts].join('\n')}\n`
}

function table(rows) {
  const line = ({ name, wallMs, cpuMs, peakMib }) =>
    `| ${name} | ${wallMs.toFixed(0)} ms | ${name === 'direct' ? '' : `${cpuMs.toFixed(0)} ms`} | ${name === 'direct' ? '' : `${peakMib.toFixed(0)} MiB`} |`
  return ['| | wall | proxy CPU | peak memory |', '|---|---|---|---|', ...rows.map(line)]
}

function judge(name, rows) {
  const tunnel = rows.find((row) => row.name === 'tunnel')
  const whytls = rows.find((row) => row.name === 'whytls')
  const wall = whytls.wallMs / tunnel.wallMs
  const cpu = whytls.cpuMs / tunnel.cpuMs
  const memory = whytls.peakMib - tunnel.peakMib
  const isKept = wall <= LIMITS.wall && cpu <= LIMITS.cpu && memory <= LIMITS.memoryMib
  const figures = `wall ${wall.toFixed(2)} (at most ${LIMITS.wall}), CPU ${cpu.toFixed(2)} (at most ${LIMITS.cpu}), memory +${memory.toFixed(0)} MiB (at most ${LIMITS.memoryMib})`
  return `- ${name}: ${figures}: ${isKept ? 'kept' : 'NOT KEPT'}`
}
