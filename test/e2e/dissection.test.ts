/** Captures made up from a seed: what `whytls parse --batch` and `whytls import --json` read in them is what tshark reads, field by field. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from 'vitest'
import { CaptureReader } from '../../src/capture/capture-reader.ts'
import { StreamReader } from '../../src/capture/stream-reader.ts'
import type { TcpStream } from '../../src/capture/tcp-stream.ts'
import { importCapture } from '../../src/cli/import-capture.ts'
import type { Handshake } from '../../src/contract/handshake.ts'
import type { ParseResult } from '../../src/handshake/tls-parse.ts'
import { jsonText } from '../../src/report/json-text.ts'
import { parseBatchLine } from '../../src/report/parse-result.ts'
import { openMemoryStore } from '../../src/store/memory.ts'
import { flattenClientHello, flattenResult, flattenServerHello, numberOf } from '../handshake/expected-stream.ts'
import { type DissectedStream, readDissection } from './dissection.ts'
import { inFreshFolder } from './go.ts'
import { FIRST_PORT, type MadeCapture, makeCaptures } from './made-captures.ts'
import { printDissection } from './tshark.ts'

const SEED = 20261123
const SESSIONS = 27

interface Read {
  readonly capture: MadeCapture
  readonly dissected: readonly DissectedStream[]
  readonly parsed: ReadonlyMap<number, ParseResult>
  readonly imported: ReadonlyMap<number, Handshake>
  readonly notes: readonly string[]
}

let all: readonly Read[]

beforeAll(async () => {
  all = await inFreshFolder(async (folder) => {
    const read: Read[] = []
    for (const capture of makeCaptures(SEED, SESSIONS)) read.push(await readCapture(capture, join(folder, capture.name)))
    return read
  })
}, 120_000)

describe('a capture that is made up', () => {
  it('is read by tshark to the last stream', () => {
    expect(all.map(({ dissected }) => dissected.length)).toEqual(all.map(({ capture }) => capture.sessions.length))
    expect(all.flatMap(({ notes }) => notes)).toEqual([])
  })

  it('says the same to whytls parse', () => {
    const differing = all.flatMap(({ capture, dissected, parsed }) =>
      dissected.flatMap((theirs) => {
        const { tlsOffset: _offset, sslv2: _sslv2, ...ours } = flattenResult(parsed.get(theirs.stream) ?? expect.fail('there is no stream'))
        return listDifferences(capture, theirs.stream, ours, { ...theirs })
      }),
    )
    expect(differing).toEqual([])
  })

  it('says the same to whytls import', () => {
    const differing = all.flatMap(({ capture, dissected, imported }) =>
      dissected.flatMap((theirs) => {
        const ours = imported.get(theirs.stream)
        if (ours === undefined) return [`${capture.name} ${theirs.stream}: there is no row`]
        return listDifferences(capture, theirs.stream, describeRow(ours), {
          clientHello: theirs.clientHellos.at(-1) ?? null,
          serverHello: theirs.serverHellos.find((hello) => !hello.hello_retry_request) ?? null,
          chain: theirs.certificates.find(({ from }) => from === 's')?.sha256 ?? null,
          alerts: theirs.alerts,
        })
      }),
    )
    expect(differing).toEqual([])
  })
})

async function readCapture(capture: MadeCapture, file: string): Promise<Read> {
  await writeFile(file, capture.octets)
  const dissected = readDissection(await printDissection(file), (_stream, port) => port < FIRST_PORT)
  const store = openMemoryStore()
  const { connections, notes } = await importCapture(file, 'made', store, { roots: null, goVersion: '1.26.8' })
  store.flush()
  const imported = new Map<number, Handshake>()
  for (const { key } of connections) {
    const handshake = store.handshake(store.idOf(key) ?? 0)
    if (handshake !== undefined) imported.set(Number(key.split(' ').at(-1)), handshake)
  }
  store.close()
  return { capture, dissected, parsed: parseAll(capture), imported, notes }
}

/** Through the same line of JSON as on stdin. */
function parseAll({ name, octets }: MadeCapture): ReadonlyMap<number, ParseResult> {
  const streams = new Map<TcpStream, { readonly parts: [Buffer[], Buffer[]]; readonly chunks: [string, number][] }>()
  const reader = new StreamReader({
    onOctets: (stream, from, part) => {
      const known = streams.get(stream) ?? { parts: [[], []], chunks: [] }
      streams.set(stream, known)
      known.parts[from].push(Buffer.from(part))
      known.chunks.push([stream.ends[from].port >= FIRST_PORT ? 'c' : 's', part.length])
    },
    onClosed: () => {},
  })
  new CaptureReader().feed(name.endsWith('.gz') ? gunzipSync(octets) : octets, (item) => item.type === 'packet' && reader.accept(item))
  reader.end()
  return new Map(
    [...streams].map(([stream, { parts, chunks }]) => {
      const [c2s, s2c] = stream.ends[0].port >= FIRST_PORT ? parts : [parts[1], parts[0]]
      const line = { id: stream.number, c2s: Buffer.concat(c2s).toString('base64'), s2c: Buffer.concat(s2c).toString('base64'), chunks }
      return [stream.number, JSON.parse(jsonText(parseBatchLine(JSON.stringify(line))))]
    }),
  )
}

function describeRow({ clientHello, serverHello, certificates, alerts }: Handshake) {
  return {
    clientHello: clientHello && flattenClientHello(clientHello),
    serverHello: serverHello && flattenServerHello(serverHello),
    chain: certificates?.chain.map(({ sha256 }) => sha256) ?? null,
    alerts: alerts
      .filter(({ how }) => how === 'clear')
      .map(({ sender, level, code }) => ({ from: sender === 'client' ? 'c' : 's', level: numberOf(level), description: code })),
  }
}

function listDifferences(
  { name, sessions }: MadeCapture,
  stream: number,
  ours: object,
  theirs: Readonly<Record<string, unknown>>,
): string[] {
  return Object.entries(ours)
    .filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(theirs[key]))
    .map(([key, value]) => {
      const found = [value, theirs[key]].map((one) => JSON.stringify(one)?.slice(0, 600))
      return `${name} ${stream} (${sessions[stream]?.kind}) ${key}\n  whytls ${found[0]}\n  tshark ${found[1]}`
    })
}
