/**
 * `npm run bench:intercept`: what intercept mode costs beside a bare TLS-to-TLS relay and a bare http-mitm-proxy. Writes bench/RESULTS-intercept.md.
 * `--quick`: little of everything, one round, nothing written. `--only h1,names`: these parts (h2, h1, small, names, streams), nothing written.
 * `--others`: mockttp and mitmproxy beside them, fetched into a folder of this run, or from `--mockttp NPM_PREFIX` and `--mitmproxy VENV`.
 * `--profile FOLDER`: the CPU profile of whytls goes there.
 */
import { fork, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { buildSync } from 'esbuild'
import { readCpuMs, readPeakMib, resetPeak } from './measure.mjs'
import { makeGoMod, makeGraphGoMod } from './modules.mjs'
import { bringOthers } from './others.mjs'

const isQuick = process.argv.includes('--quick')
const only = optionOf('only')?.split(',')
const profile = optionOf('profile')
const MODULES = isQuick ? 20 : 300
const GRAPH = isQuick ? 200 : 2000
/** `--rounds N`: on a busy machine. */
const ROUNDS = isQuick ? 1 : Number(optionOf('rounds') ?? 5)
const LARGE_MIB = isQuick ? 64 : 1024
const HOSTS = 60
const STALL_SECONDS = 5
const OTHERS = ['mockttp', 'mitmproxy']
const LIMITS = { h2: 1.25, h1: 1.2, small: 1.3, firstMs: 4, memoryMib: 120 }

const here = import.meta.dirname
const root = join(here, '..')
const folder = mkdtempSync(join(tmpdir(), 'whytls-bench-'))
/** What go writes is the same for all sides, and a disk takes longer for it than any of them; our own store stays on the disk. */
const memoryFolder = existsSync('/dev/shm') ? '/dev/shm' : folder
const children = []
const loadBefore = loadavg()[0].toFixed(1)

try {
  const origin = await startOrigin()
  const relay = await startRelay()
  const bare = await startBareMitm()
  const whytls = await startWhytls(origin)
  const direct = { name: 'direct', url: null, pid: null, roots: join(folder, 'root.pem') }
  const others = process.argv.includes('--others') ? await startOthers(origin) : []
  const parts = {
    h2: () => interleave([direct, relay, ...others, whytls], ROUNDS, (side) => download(side, origin, '')),
    h1: () => interleave([direct, bare, ...others, whytls], ROUNDS, (side) => download(side, origin, 'http2client=0')),
    small: () => interleave([direct, relay, ...others, whytls], ROUNDS, (side) => listGraph(side, origin)),
    names: () => compareNames(whytls, origin),
    // Of its own: what other work left uncollected is not the memory of a body.
    streams: async () => compareStreams(await startWhytls(origin), origin),
  }
  const measured = { suites: await compareSuites([relay, whytls], origin) }
  for (const [name, work] of Object.entries(parts)) if (only?.includes(name) ?? true) measured[name] = await work()
  const text = describe(measured)
  process.stdout.write(text)
  if (!isQuick && only === undefined) writeFileSync(join(here, 'RESULTS-intercept.md'), text)
} finally {
  for (const child of children) child.kill()
  await Promise.all(children.map((child) => child.exitCode ?? child.signalCode ?? once(child, 'exit')))
  rmSync(folder, { recursive: true, force: true })
}

function optionOf(name) {
  const at = process.argv.indexOf(`--${name}`)
  return at < 0 ? undefined : process.argv[at + 1]
}

async function startOrigin() {
  const child = fork(join(here, 'origin.mjs'), [String(MODULES), String(GRAPH)])
  children.push(child)
  const [{ port, cert }] = await once(child, 'message')
  writeFileSync(join(folder, 'root.pem'), cert)
  for (const name of ['no-roots', 'main', 'graph']) mkdirSync(join(folder, name))
  writeFileSync(join(folder, 'main', 'go.mod'), makeGoMod(MODULES))
  writeFileSync(join(folder, 'graph', 'go.mod'), makeGraphGoMod(GRAPH))
  return { port }
}

/** The same minting as whytls has, so that only the way of carrying differs. */
async function startRelay() {
  const authority = join(root, 'node_modules', `.bench-authority-${process.pid}.mjs`)
  const entryPoints = [join(root, 'src/proxy/authority/authority.ts')]
  buildSync({ entryPoints, outfile: authority, bundle: true, platform: 'node', format: 'esm', external: ['node-forge'] })
  try {
    return await startProxy('relay', [join(here, 'tls-relay.mjs'), authority])
  } finally {
    rmSync(authority)
  }
}

async function startBareMitm() {
  mkdirSync(join(folder, 'mitm'))
  return startProxy('http-mitm-proxy', [join(here, 'bare-mitm.mjs'), join(folder, 'mitm'), join(folder, 'root.pem')])
}

async function startWhytls({ port }) {
  const hosts = ['modules.test', ...Array.from({ length: ROUNDS * HOSTS }, (_, n) => `r${Math.floor(n / HOSTS)}n${n % HOSTS}.modules.test`)]
  const mappings = hosts.flatMap((host) => ['--resolve', `${host}:${port}:127.0.0.1`])
  const main = join(root, 'dist', 'cli', 'main.js')
  const flags = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`]
  return startProxy('whytls', [
    ...flags,
    main,
    'serve',
    '--intercept',
    '--json',
    '--no-open',
    '--port',
    '0',
    '--page-port',
    '0',
    ...mappings,
  ])
}

/** Those that cannot be had say why in the tables. */
async function startOthers({ port }) {
  const sides = []
  for (const { name, missing, command, args } of bringOthers(folder, port, {
    mockttp: optionOf('mockttp'),
    mitmproxy: optionOf('mitmproxy'),
  })) {
    sides.push(missing === undefined ? await startProxy(name, args, command).catch(explainMissing(name)) : { name, missing })
  }
  return sides
}

function explainMissing(name) {
  return (error) => ({ name, missing: error.message })
}

/** Start a proxy whose first line on stdout is JSON: its URL, and how to trust it. */
async function startProxy(name, argv, command = process.execPath) {
  const env = {
    ...withoutProxies(),
    WHYTLS_HOME: join(folder, 'home'),
    SSL_CERT_FILE: join(folder, 'root.pem'),
    SSL_CERT_DIR: join(folder, 'none'),
  }
  const child = spawn(command, argv, { env, stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  const lines = createInterface({ input: child.stdout })
  const ended = once(lines, 'close').then(() => {
    throw new Error(`${name} ended before it listened`)
  })
  const [first] = await Promise.race([once(lines, 'line'), ended])
  ended.catch(() => {})
  lines.on('line', () => {})
  const { proxy, authority, environment } = JSON.parse(first)
  const roots = environment?.SSL_CERT_FILE ?? join(folder, `${name}.pem`)
  if (authority !== undefined) writeFileSync(roots, authority)
  return { name, url: proxy, pid: child.pid, roots }
}

function withoutProxies() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/_proxy$/i.test(name)))
}

function download(side, origin, godebug) {
  return runGo(side, origin, join(folder, 'main'), ['mod', 'download'], { GODEBUG: godebug })
}

function listGraph(side, origin) {
  return runGo(side, origin, join(folder, 'graph'), ['list', '-mod=mod', '-m', 'all'], {})
}

async function runGo(side, origin, cwd, args, more) {
  const cache = mkdtempSync(join(memoryFolder, 'whytls-bench-cache-'))
  const host = side.url === null ? '127.0.0.1' : 'modules.test'
  const env = {
    ...withoutProxies(),
    ...clientRoots(side),
    GOMODCACHE: cache,
    GOPROXY: `https://${host}:${origin.port}`,
    GOSUMDB: 'off',
    GOFLAGS: '-modcacherw',
    GOTOOLCHAIN: 'local',
    ...more,
    ...(side.url === null ? {} : { HTTPS_PROXY: side.url }),
  }
  rmSync(join(cwd, 'go.sum'), { force: true })
  const child = spawn('go', args, { cwd, env, stdio: ['ignore', 'ignore', 'inherit'] })
  const [code] = await once(child, 'exit')
  rmSync(cache, { recursive: true, force: true })
  if (code !== 0) throw new Error(`go ${args.join(' ')} through ${side.name} ended with ${code}`)
}

function clientRoots(side) {
  return { SSL_CERT_FILE: side.roots, SSL_CERT_DIR: join(folder, 'no-roots') }
}

/** Rounds in turns, each begun by another side; the best of each figure counts. */
async function interleave(sides, count, work) {
  const runs = sides.map((side) => ({ ...side, rounds: [] }))
  for (let round = 0; round < count; round++) {
    const first = round % runs.length
    for (const run of [...runs.slice(first), ...runs.slice(0, first)]) {
      if (run.missing === undefined) await measure(run.pid, () => work(run)).then((round) => run.rounds.push(round), noteFailure(run))
    }
  }
  return runs.map(({ name, missing, rounds }) => ({
    name,
    missing,
    wallMs: Math.min(...rounds.map(({ wallMs }) => wallMs)),
    cpuMs: Math.min(...rounds.map(({ cpuMs }) => cpuMs)),
    peakMib: Math.max(...rounds.map(({ peakMib }) => peakMib)),
  }))
}

/** What others cannot do is said in the table; a side that the limits are about must not fail. */
function noteFailure(run) {
  return (error) => {
    if (!OTHERS.includes(run.name)) throw error
    run.missing = error.message
  }
}

async function measure(pid, work) {
  if (pid !== null) resetPeak(pid)
  const cpuBefore = pid === null ? 0 : readCpuMs(pid)
  const startedAt = performance.now()
  const value = await work()
  const wallMs = performance.now() - startedAt
  return { value, wallMs, cpuMs: pid === null ? 0 : readCpuMs(pid) - cpuBefore, peakMib: pid === null ? 0 : readPeakMib(pid) }
}

/** Each round has hosts of its own. @returns the round with the least difference, as all else here is the best of its rounds */
async function compareNames(side, origin) {
  const rounds = []
  for (let round = 0; round < ROUNDS; round += 1) {
    const { first, again } = await runClient(side, ['names', origin.port, HOSTS, `r${round}n`])
    rounds.push({ first: median(first), again: median(again), more: median(first.map((time, n) => time - again[n])) })
  }
  return rounds.sort((a, b) => a.more - b.more)[0]
}

/** What go's order of suites gets on both legs of each side: AES with 128 and 256 bits do not cost the same. */
async function compareSuites(sides, origin) {
  const lines = []
  for (const side of sides) lines.push({ name: side.name, ...(await runClient(side, ['suite', origin.port])) })
  return lines
}

async function compareStreams(side, origin) {
  const rows = []
  for (const protocol of ['h2', 'h1']) {
    for (const work of ['stream', 'stall']) {
      const { wallMs, cpuMs, peakMib } = await measure(side.pid, () =>
        runClient(side, [work, origin.port, LARGE_MIB, protocol, STALL_SECONDS]),
      )
      rows.push({ name: `${protocol} ${work === 'stream' ? 'read' : `unread for ${STALL_SECONDS} s`}`, wallMs, cpuMs, peakMib })
    }
  }
  return rows
}

async function runClient(side, args) {
  const env = { ...withoutProxies(), ...clientRoots(side) }
  const child = spawn(process.execPath, [join(here, 'tls-client.mjs'), side.url, ...args.map(String)], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = await Promise.race([once(createInterface({ input: child.stdout }), 'line'), once(child, 'close')])
  if (typeof line !== 'string') throw new Error(`the client (${args[0]}) ended with ${line} and measured nothing`)
  return JSON.parse(line)
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
}

function describe({ suites, h2, h1, small, names, streams }) {
  const go = spawnSync('go', ['version']).stdout.toString().trim().replace('go version ', '')
  const machine = `${go}, Node ${process.versions.node}, ${cpus().length} cores (${cpus()[0]?.model.trim()}), load average ${loadBefore} at the start`
  const lines = [
    '# What intercept mode costs',
    '',
    `${new Date().toISOString().slice(0, 10)}, ${machine}.`,
    `Made by \`npm run bench:intercept\`. Best of ${ROUNDS} interleaved rounds; CPU and peak resident memory are those of the proxy's process.`,
    'The relay (bench/tls-relay.mjs) ends TLS twice with leaves minted as ours are and copies what is inside; it reads and stores nothing.',
    'The module cache of go is in memory where the system has /dev/shm, our store on the disk.',
    'http-mitm-proxy is bare (bench/bare-mitm.mjs), with keepAlive and a fix of its serial numbers. whytls is `whytls serve --intercept`.',
  ]
  lines.push(describeSuites(suites))
  const limits = []
  const add = (heading, rows, ...judged) => {
    lines.push('', `## ${heading}`, '', ...rows)
    limits.push(...judged)
  }
  if (h2) add(`go mod download, ${MODULES} modules, HTTP/2`, table(h2), judge('HTTP/2 beside the relay', ratio(h2, 'relay'), LIMITS.h2, ''))
  if (h1) {
    const judged = judge('HTTP/1.1 beside http-mitm-proxy', ratio(h1, 'http-mitm-proxy'), LIMITS.h1, '')
    add(`go mod download, ${MODULES} modules, HTTP/1.1`, table(h1), judged)
  }
  if (small) {
    const judged = judge('small requests beside the relay', ratio(small, 'relay'), LIMITS.small, '')
    add(`go list -m all, ${2 * GRAPH} small requests, HTTP/2`, table(small), judged)
  }
  if (names) {
    const row = `CONNECT to the end of the handshake, median: ${names.first.toFixed(1)} ms the first time, ${names.again.toFixed(1)} ms the second.`
    add(`${HOSTS} hosts never seen`, [row], judge('a new host, median over its second connection', names.more, LIMITS.firstMs, ' ms'))
  }
  if (streams) {
    const peak = Math.max(...streams.map(({ peakMib }) => peakMib))
    add(
      `One body of ${LARGE_MIB} MiB, through a whytls just started`,
      table(streams),
      judge('memory of a large body', peak, LIMITS.memoryMib, ' MiB'),
    )
  }
  return `${[...lines, '', '## Limits', '', ...limits].join('\n')}\n`
}

function describeSuites(suites) {
  const isSame = new Set(suites.map(({ client, upstream }) => `${client} ${upstream}`)).size === 1
  const legs = suites.map(({ name, client, upstream }) => `${name} ${client} to the client, ${upstream} to the origin`)
  return `Cipher suites: ${legs.join('; ')} (${isSame ? 'the same' : 'NOT THE SAME: their times do not compare'}).`
}

function table(rows) {
  const line = ({ name, missing, wallMs, cpuMs, peakMib }) =>
    missing !== undefined
      ? `| ${name} | not measured: ${missing} | | |`
      : `| ${name} | ${wallMs.toFixed(0)} ms | ${name === 'direct' ? '' : `${cpuMs.toFixed(0)} ms`} | ${name === 'direct' ? '' : `${peakMib.toFixed(0)} MiB`} |`
  return ['| | wall | proxy CPU | peak memory |', '|---|---|---|---|', ...rows.map(line)]
}

/** Wall time; the CPU stands in the table. */
function ratio(rows, name) {
  return rows.find((row) => row.name === 'whytls').wallMs / rows.find((row) => row.name === name).wallMs
}

function judge(what, figure, limit, unit) {
  return `- ${what}: ${figure.toFixed(2)}${unit} (at most ${limit}${unit}): ${figure <= limit ? 'kept' : 'NOT KEPT'}`
}
