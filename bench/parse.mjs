/**
 * `node bench/parse.mjs`: how fast TLS is read. ClientHellos of real captures beside read-tls-client-hello, whole captures beside tshark,
 * and the memory of `whytls import` on a file of 100 MB. Writes bench/RESULTS-parse.md. Needs a build (dist/) for the last part.
 * WHYTLS_DATA: folder of the development data. READ_TLS_CLIENT_HELLO: folder where `npm i read-tls-client-hello` was run; left out without it.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { PassThrough } from 'node:stream'
import { pathToFileURL } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { readPeakMib } from './measure.mjs'

const HELLO_SECONDS = 2
const LARGE_MB = 100
const here = import.meta.dirname
const data = resolve(process.env.WHYTLS_DATA ?? join(here, '../../shared/data'), 'tls/captures')
const folder = mkdtempSync(join(tmpdir(), 'whytls-bench-parse-'))
const loadBefore = loadavg()[0].toFixed(1)

try {
  const rooms = await bundleRooms()
  const hellos = listHellos(rooms)
  const helloBytes = hellos.reduce((sum, hello) => sum + hello.length, 0)
  const lines = [
    await rate('whytls, HandshakeObserver', hellos, helloBytes, (hello) =>
      new rooms.HandshakeObserver({ decrypts: false }).feed('client-to-server', hello, 0),
    ),
    await rate('whytls, parseClientHello alone', hellos, helloBytes, (hello) => rooms.parseClientHello(hello.subarray(9))),
    ...(await rateOther(hellos)),
  ]
  const streams = rateStreams(rooms)
  const captures = compareCaptures(rooms)
  const large = await measureLarge(rooms)
  writeFileSync(join(here, 'RESULTS-parse.md'), compose(hellos.length, lines, streams, captures, large))
  console.log(readFileSync(join(here, 'RESULTS-parse.md'), 'utf8'))
} finally {
  rmSync(folder, { recursive: true })
}

/** The rooms under test as one module. */
async function bundleRooms() {
  const entry = `
    export { HandshakeObserver } from './src/handshake/observer.ts'
    export { parseStreams } from './src/handshake/tls-parse.ts'
    export { parseClientHello } from './src/tls/client-hello.ts'
    export { CaptureReader } from './src/capture/capture-reader.ts'
    export { StreamReader } from './src/capture/stream-reader.ts'`
  const outfile = join(folder, 'rooms.mjs')
  await build({
    stdin: { contents: entry, resolveDir: join(here, '..') },
    bundle: true,
    format: 'esm',
    platform: 'node',
    outfile,
    logLevel: 'warning',
  })
  return import(pathToFileURL(outfile))
}

/** First records of all streams that hold one whole ClientHello. */
function listHellos({ HandshakeObserver }) {
  const hellos = []
  for (const id of readdirSync(data)) {
    for (const name of readdirSync(join(data, id)).filter((file) => file.endsWith('.c2s.bin'))) {
      const octets = readFileSync(join(data, id, name))
      const record = octets.subarray(0, 5 + (octets[3] ?? 0) * 256 + (octets[4] ?? 0))
      const events = new HandshakeObserver().feed('client-to-server', record, 0)
      if (record[0] === 22 && events.some(({ type }) => type === 'client-hello')) hellos.push(record)
    }
  }
  return hellos
}

async function rate(name, hellos, helloBytes, read) {
  for (const hello of hellos) await read(hello)
  const began = performance.now()
  let rounds = 0
  for (; performance.now() - began < HELLO_SECONDS * 1000; rounds += 1)
    for (const hello of hellos) {
      const pending = read(hello)
      if (pending instanceof Promise) await pending
    }
  const seconds = (performance.now() - began) / 1000
  return { name, perSecond: (rounds * hellos.length) / seconds, mbPerSecond: (rounds * helloBytes) / seconds / 1e6 }
}

async function rateOther(hellos) {
  const place = process.env.READ_TLS_CLIENT_HELLO
  if (place === undefined) return []
  const other = createRequire(join(resolve(place), 'x.js'))('read-tls-client-hello')
  const read = async (hello) => {
    const message = await other.readTlsClientHello(new PassThrough().end(hello))
    return [other.calculateJa3(message), other.calculateJa4(message)]
  }
  const readable = []
  for (const hello of hellos)
    if (
      await read(hello).then(
        () => true,
        () => false,
      )
    )
      readable.push(hello)
  const row = await rate(
    `read-tls-client-hello, with JA3 and JA4 (${readable.length} that it can read)`,
    readable,
    readable.reduce((sum, hello) => sum + hello.length, 0),
    read,
  )
  return [row]
}

/** Whole streams, both directions, as `whytls parse` reads them. */
function rateStreams({ parseStreams }) {
  const streams = readdirSync(data).flatMap((id) =>
    JSON.parse(readFileSync(join(data, id, 'expected.json'), 'utf8')).streams.map(({ files, chunks }) => ({
      c2s: files.c2s && readFileSync(join(data, id, files.c2s)),
      s2c: files.s2c && readFileSync(join(data, id, files.s2c)),
      chunks,
    })),
  )
  const bytes = streams.reduce((sum, { c2s, s2c }) => sum + (c2s?.length ?? 0) + (s2c?.length ?? 0), 0)
  for (const stream of streams) parseStreams(stream)
  const began = performance.now()
  for (const stream of streams) parseStreams(stream)
  const seconds = (performance.now() - began) / 1000
  return { count: streams.length, mb: bytes / 1e6, mbPerSecond: bytes / seconds / 1e6 }
}

/** All captures: tshark with reassembly and fingerprints, one process each; ours in one process. */
function compareCaptures(rooms) {
  const files = readdirSync(data).flatMap((id) =>
    readdirSync(join(data, id))
      .filter((file) => file.startsWith('capture.'))
      .map((file) => join(data, id, file)),
  )
  const began = performance.now()
  for (const file of files) readCapture(rooms, file)
  const ourMs = performance.now() - began
  const hasTshark = spawnSync('tshark', ['--version']).status === 0
  const before = performance.now()
  if (hasTshark)
    for (const file of files) spawnSync('tshark', ['-r', file, '-Y', 'tls.handshake', '-T', 'fields', '-e', 'tls.handshake.ja3'])
  return { count: files.length, ourMs, tsharkMs: hasTshark ? performance.now() - before : null }
}

function readCapture({ CaptureReader, StreamReader, HandshakeObserver }, file) {
  const raw = readFileSync(file)
  const octets = raw[0] === 0x1f && raw[1] === 0x8b ? gunzipSync(raw) : raw
  const observers = new Map()
  const streams = new StreamReader({
    onOctets: (stream, from, piece, atMs) => {
      const observer = observers.get(stream) ?? new HandshakeObserver()
      observers.set(stream, observer)
      observer.feed(from === 0 ? 'client-to-server' : 'server-to-client', piece, atMs)
    },
    onClosed: (stream) => observers.delete(stream),
  })
  try {
    new CaptureReader().feed(octets, (item) => item.type === 'packet' && streams.accept(item))
  } catch (error) {
    if (error.name !== 'CaptureError') throw error
  }
  streams.end()
}

/** A capture of 100 MB: the frames of a real one again and again, each round from another address. */
async function measureLarge({ CaptureReader }) {
  const file = join(folder, 'large.pcap')
  const rounds = writeLarge(CaptureReader, file)
  const env = { ...process.env, WHYTLS_HOME: join(folder, 'home') }
  const began = performance.now()
  const child = spawn(process.execPath, [join(here, '../dist/cli/main.js'), 'import', file], {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  let peakMib = 0
  const timer = setInterval(() => {
    try {
      peakMib = Math.max(peakMib, readPeakMib(child.pid) || 0)
    } catch {
      // It has just ended.
    }
  }, 20)
  const [code] = await once(child, 'exit')
  clearInterval(timer)
  const ourSeconds = (performance.now() - began) / 1000
  const tshark = spawnSync(
    '/usr/bin/env',
    ['time', '-f', '%M %e', 'tshark', '-r', file, '-Y', 'tls.handshake', '-T', 'fields', '-e', 'tls.handshake.ja3'],
    { maxBuffer: 1e9 },
  )
  const [kib, seconds] =
    /(\d+) ([\d.]+)\s*$/
      .exec(tshark.stderr?.toString() ?? '')
      ?.slice(1)
      .map(Number) ?? []
  return {
    rounds,
    code,
    peakMib,
    seconds: ourSeconds,
    tshark: kib === undefined ? null : { mib: kib / 1024, seconds },
  }
}

function writeLarge(CaptureReader, file) {
  const source = join(data, readdirSync(data).find((id) => id.startsWith('foxio-ja4__latest')) ?? '', 'capture.pcapng')
  const frames = []
  new CaptureReader().feed(
    readFileSync(source),
    (item) => item.type === 'packet' && frames.push({ atMs: item.atMs, octets: Buffer.from(item.octets) }),
  )
  const header = Buffer.alloc(24)
  header.writeUInt32LE(0xa1b2c3d4)
  header.writeUInt16LE(2, 4)
  header.writeUInt16LE(4, 6)
  header.writeUInt32LE(262144, 16)
  header.writeUInt32LE(1, 20)
  writeFileSync(file, header)
  let [total, rounds] = [24, 0]
  for (; total < LARGE_MB * 1e6; rounds += 1) {
    const packets = Buffer.concat(frames.flatMap((frame) => writePacket(frame, rounds)))
    appendFileSync(file, packets)
    total += packets.length
  }
  return rounds
}

/** The private addresses of the capture change with the round, so that each round is new connections. */
function writePacket({ atMs, octets }, round) {
  const moved = Buffer.from(octets)
  for (const at of [26, 30]) if (moved.readUInt16BE(12) === 0x0800 && moved[at] === 172) moved.writeUInt16BE((round % 60000) + 1, at + 1)
  const head = Buffer.alloc(16)
  const ms = atMs + round * 5000
  head.writeUInt32LE(Math.floor(ms / 1000))
  head.writeUInt32LE(Math.floor((ms % 1000) * 1000), 4)
  head.writeUInt32LE(moved.length, 8)
  head.writeUInt32LE(moved.length, 12)
  return [head, moved]
}

function compose(count, lines, streams, captures, large) {
  const whole = (value) => Math.round(value).toLocaleString('en')
  const rows = lines.map(({ name, perSecond, mbPerSecond }) => `| ${name} | ${whole(perSecond)} | ${mbPerSecond.toFixed(1)} |`)
  const other = lines[2]
  return `# How fast TLS is read

\`node bench/parse.mjs\` on ${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}), Node ${process.version}; load before: ${loadBefore}, after: ${loadavg()[0].toFixed(1)}.
${count} ClientHellos of real captures, one core, JA3 and JA4 included.

| reader | hellos a second | MB/s |
|---|---|---|
${rows.join('\n')}
${other === undefined ? '' : `\nwhytls reads ${(lines[0].perSecond / other.perSecond).toFixed(1)} times as many (wanted: 3).\n`}
Whole streams (\`whytls parse\`): ${streams.count} streams, ${streams.mb.toFixed(1)} MB, ${streams.mbPerSecond.toFixed(0)} MB/s.

${captures.count} captures: ${whole(captures.ourMs)} ms in one process${captures.tsharkMs === null ? '' : `; tshark, one process each, ${whole(captures.tsharkMs)} ms`}.

## A capture of ${LARGE_MB} MB
\`whytls import\`, ${large.rounds} times the frames of a real capture, each with new connections: exit code ${large.code}, ${large.seconds.toFixed(1)} s,
peak of resident memory **${large.peakMib.toFixed(0)} MiB** (wanted: under 150)${large.tshark === null ? '' : `; tshark ${large.tshark.seconds} s, ${large.tshark.mib.toFixed(0)} MiB`}.
`
}
