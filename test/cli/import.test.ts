/** `whytls import` on real captures: the streams, hellos and fingerprints that tshark and a second parser found. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { importCapture } from '../../src/cli/import-capture.ts'
import { readCaptureBlocks } from '../../src/cli/import-file.ts'
import type { Handshake } from '../../src/contract/handshake.ts'
import { writePcapng } from '../../src/report/pcapng.ts'
import { Conversation } from '../../src/report/pcapng-tcp.ts'
import { openMemoryStore } from '../../src/store/memory.ts'
import { sealServerRecord13 } from '../../src/tls/seal-record.ts'
import {
  type ExpectedStream,
  flattenClientHello,
  flattenServerHello,
  HELLO_KEYS,
  numberOf,
  pick,
  SERVER_HELLO_KEYS,
} from '../handshake/expected-stream.ts'
import { directionOf, readVector, type Vector } from '../handshake/playbook.ts'
import { findDevelopmentData } from '../tls/development-data.ts'

/** Streams of which more is read than expected, each with its reason. */
const KNOWN: Readonly<Record<string, string>> = {
  'ndpi__KakaoTalk_chat 2': 'two SYN-ACKs disagree: the client acknowledges the first, tshark follows the second and loses the answer',
  'suricata-verify__tcp-fastopen-10-syn-data-ignore_input 0':
    'two SYN-ACKs disagree: the client acknowledges the second, tshark follows the first and loses the answer',
}

/** Streams with a hello, by tshark too, which the expectations leave out; nothing else that has one may be found beyond them. */
const LISTED_NOWHERE = [
  'mercury__test_afl_data_corner-cases 192.168.10.25:53245 with a hello',
  'ndpi__smtp-starttls 10.0.0.1:57406 with a hello',
  'ndpi__tls-esni-fuzzed 192.168.1.12:49886 with a hello',
  'ndpi__tls-esni-fuzzed 192.168.1.12:49887 with a hello',
]

const RULES = { roots: null, goVersion: '1.26.8' }

async function importFile(
  file: string,
  keyLog: Uint8Array | null = null,
): Promise<{ handshakes: Handshake[]; notes: readonly string[]; error: unknown }> {
  const store = openMemoryStore()
  const { connections, notes, error } = await importCapture(file, 'test', store, RULES, keyLog)
  store.flush()
  const handshakes = connections.flatMap(({ key }) => store.handshake(store.idOf(key) ?? 0) ?? [])
  store.close()
  return { handshakes, notes, error }
}

function listCaptures(folder: string): { id: string; file: string; streams: ExpectedStream[] }[] {
  const root = join(folder, 'tls/captures')
  return readdirSync(root).flatMap((id) => {
    const name = readdirSync(join(root, id)).find((entry) => entry.startsWith('capture.'))
    if (name === undefined) return []
    return [{ id, file: join(root, id, name), streams: JSON.parse(readFileSync(join(root, id, 'expected.json'), 'utf8')).streams }]
  })
}

/** Everything that a handshake says of its hellos and alerts, field by field; and its records, as far as they are read: the handshake's. */
function describeSeen({ clientHello, serverHello, alerts, records }: Handshake) {
  const rowsOf = (dir: string) =>
    records
      .filter((record) => record.dir === dir)
      .map(({ contentType, version, lengthBytes }) => [contentType, Number(version), lengthBytes])
  const inClear = alerts.filter(({ how }) => how === 'clear')
  return {
    client: clientHello && flattenClientHello(clientHello),
    server: serverHello && flattenServerHello(serverHello),
    records: { c2s: rowsOf('client-to-server'), s2c: rowsOf('server-to-client') },
    alerts: inClear.map(({ sender, level, code }) => ({
      from: sender === 'client' ? 'c' : 's',
      level: numberOf(level),
      description: code,
    })),
  }
}

function describeExpected(stream: ExpectedStream, seen: ReturnType<typeof describeSeen>) {
  const [client, server] = [stream.client_hellos.at(-1), stream.server_hellos.at(-1)]
  const { c2s, s2c } = hasEndsSwapped(stream) ? { c2s: stream.records.s2c, s2c: stream.records.c2s } : stream.records
  return {
    client: client === undefined ? null : pick(client, HELLO_KEYS),
    server: server === undefined ? null : pick(server, SERVER_HELLO_KEYS),
    records: { c2s: c2s.slice(0, seen.records.c2s.length), s2c: s2c.slice(0, seen.records.s2c.length) },
    alerts: stream.alerts.map((alert) => pick(alert, ['from', 'level', 'description'])),
  }
}

/** Of a stream without any hello only the ports tell who is who: tshark takes its first sender for the client. */
function hasEndsSwapped({ client, server, client_hellos, server_hellos }: ExpectedStream): boolean {
  const portOf = (end: string) => Number(end.split(' ')[1])
  return client_hellos.length + server_hellos.length === 0 && portOf(client) < portOf(server)
}

/** Whether all that tshark reads is read likewise; in the streams of KNOWN there is more. */
function isAsExpected(handshake: Handshake, stream: ExpectedStream, isKnown: boolean): boolean {
  const seen = describeSeen(handshake)
  const expected = describeExpected(stream, seen)
  if (!isKnown) return isDeepStrictEqual(seen, expected)
  const isRicher = seen.server !== null && expected.server === null && seen.records.s2c.length > stream.records.s2c.length
  return isRicher && isDeepStrictEqual([seen.client, seen.records.c2s], [expected.client, expected.records.c2s])
}

/** Without a hello, tshark's first sender counts as the client: a capture that begins inside the server's flight has its ends swapped. */
function isBetween({ client, clientHello, serverHello }: Handshake, stream: ExpectedStream): boolean {
  const ends = clientHello === null && serverHello === null ? [stream.client, stream.server] : [stream.client]
  const address = client?.address.replace(/[[\]]/g, '')
  return ends.some((end) => end.replace(' ', ':') === address)
}

function swapped(seen: Handshake): Handshake {
  const { host, port } = seen.target
  return seen.client === null ? seen : { ...seen, client: { ...seen.client, address: `${host}:${port}` } }
}

function hasMessages({ clientHello, serverHello, certificates }: Handshake): boolean {
  return clientHello !== null || serverHello !== null || certificates !== null
}

function hasChain(handshake: Handshake, stream: ExpectedStream): boolean {
  const isWithoutHellos = stream.client_hellos.length + stream.server_hellos.length === 0
  const expected = stream.certificates.find(({ from }) => from === 's' || isWithoutHellos)?.sha256
  const chain = handshake.certificates?.source === 'wire' ? handshake.certificates.chain.map(({ sha256 }) => sha256) : null
  return expected === undefined || JSON.stringify(chain) === JSON.stringify(expected)
}

describe('importing real captures', () => {
  it('finds every stream with its hellos field by field, its records, alerts, fingerprints and certificates where tshark and a second parser agree', async () => {
    const folder = findDevelopmentData()
    if (folder === null) return
    const differing: string[] = []
    const beyond: string[] = []
    let compared = 0
    for (const { id, file, streams } of listCaptures(folder)) {
      const { handshakes } = await importFile(file)
      const unknown = handshakes.filter((seen) => !streams.some((stream) => isBetween(seen, stream) || isBetween(swapped(seen), stream)))
      beyond.push(
        ...unknown.map((seen) => `${id} ${seen.client?.address ?? '?'} ${hasMessages(seen) ? 'with a hello' : 'without a hello'}`),
      )
      for (const stream of streams.filter(({ crosscheck }) => crosscheck.agreed)) {
        compared += 1
        const found = handshakes.filter((seen) => isBetween(seen, stream) && hasChain(seen, stream))
        const name = `${id} ${stream.stream}`
        if (!found.some((seen) => isAsExpected(seen, stream, name in KNOWN)))
          differing.push(`${name}: ${JSON.stringify(found.map(describeSeen)).slice(0, 1000)}`)
      }
    }
    expect(differing).toEqual([])
    expect(compared).toBeGreaterThan(150)
    expect(beyond.filter((row) => row.endsWith('with a hello'))).toEqual(LISTED_NOWHERE)
    console.info(`import: ${beyond.length} streams beyond those listed, ${LISTED_NOWHERE.length} with a hello`)
    console.info(
      `import: ${compared - Object.keys(KNOWN).length} of ${compared} streams as tshark reads them; in ${Object.keys(KNOWN).length} all that it reads and the answer besides, which it loses behind the wrong SYN-ACK`,
    )
  }, 120_000)

  it('marks every row with its file, and says what it did not read', async () => {
    const folder = findDevelopmentData()
    if (folder === null) return
    const [first] = listCaptures(folder)
    const { handshakes } = await importFile(first?.file ?? '')
    expect(handshakes.map(({ imported, mode, probeOf, runId }) => [imported, mode, probeOf, runId])).toEqual(
      handshakes.map(() => [first?.file.split('/').at(-1), 'observe', null, null]),
    )
  })
})

describe('sessions whose secrets are at hand', () => {
  const KEYED = [
    ...['go-tls13-ok', 'go-tls13-sha256-ok', 'go-tls13-chacha-refused', 'openssl-tls13-ccm-ok', 'openssl-tls13-ccm8-ok'],
    ...['go-tls13-hrr-ok', 'go-tls13-client-certificate', 'curl-tls13-refused', 'git-tls13-refused'],
  ]

  it.each(KEYED)('%s shows its certificates with an embedded secrets block, and with a key log beside it', async (name) => {
    const vector = readVector(name)
    const keyLog = Buffer.from(`${vector.keys.join('\n')}\n`)
    const embedded = await withCapture(vector, [vector.keys], (file) => importFile(file))
    const beside = await withCapture(vector, [], (file) => importFile(file, keyLog))
    const none = await withCapture(vector, [], (file) => importFile(file))
    for (const { handshakes } of [embedded, beside]) {
      expect(handshakes.map(({ certificates }) => certificates?.chain.map(({ sha256 }) => sha256))).toEqual([vector.served])
      expect(handshakes[0]?.certificates?.source).toBe('decrypted')
    }
    expect(none.handshakes.map(({ certificates }) => certificates)).toEqual([null])
  })

  it('say of a compressed certificate that cannot be unpacked that it is one', async () => {
    const vector = readVector('go-tls13-sha256-ok')
    const [hello = '', answer = ''] = ['c', 's'].map((who) => vector.chunks.find(([from]) => from === who)?.[1])
    const serverHello = Buffer.from(answer, 'base64')
    const secret = Buffer.alloc(32, 7)
    // CompressedCertificate (RFC 8879) of an algorithm that nobody has.
    const content = Buffer.from([25, 0, 0, 9, 0, 99, 0, 0, 9, 0, 0, 1, 0])
    const sealed = sealServerRecord13({ contentType: 22, content, sequence: 0 }, secret, 0x1301) ?? expect.fail('no such suite')
    const keys = [
      `SERVER_HANDSHAKE_TRAFFIC_SECRET ${Buffer.from(hello, 'base64').subarray(11, 43).toString('hex')} ${secret.toString('hex')}`,
    ]
    const flight = Buffer.concat([serverHello.subarray(0, 5 + serverHello.readUInt16BE(3)), sealed]).toString('base64')
    const made: Vector = {
      ...vector,
      chunks: [
        ['c', hello],
        ['s', flight],
      ],
    }
    const { notes, handshakes } = await withCapture(made, [keys], (file) => importFile(file))
    expect(notes).toEqual(['1 compressed Certificate messages could not be unpacked (algorithm 99); their chains are not shown'])
    expect(handshakes.map(({ certificates }) => certificates)).toEqual([null])
  })

  it('cover all five suites of TLS 1.3', async () => {
    const suites = new Set<string>()
    for (const name of KEYED) {
      const { handshakes } = await withCapture(readVector(name), [], (file) => importFile(file))
      suites.add(handshakes[0]?.serverHello?.cipherSuite.name ?? '')
    }
    expect([...suites].sort()).toEqual(
      ['AES_128_CCM_8_SHA256', 'AES_128_CCM_SHA256', 'AES_128_GCM_SHA256', 'AES_256_GCM_SHA384', 'CHACHA20_POLY1305_SHA256'].map(
        (suite) => `TLS_${suite}`,
      ),
    )
  })
})

/** A capture of one recorded session, for as long as it is used. */
async function withCapture<T>(vector: Vector, secrets: readonly (readonly string[])[], use: (file: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'whytls-import-'))
  const talk = new Conversation(
    { address: Uint8Array.of(192, 0, 2, 1), port: 50_000 },
    { address: Uint8Array.of(198, 51, 100, 7), port: 443 },
  )
  const begin = Date.parse('2026-11-22T12:00:00Z') * 1000
  talk.open(begin, begin + 1000, true, 'a session')
  vector.chunks.forEach(([from, octets], at) => void talk.say(directionOf(from), Buffer.from(octets, 'base64'), begin + 2000 + at * 1000))
  talk.finish('client-to-server', begin + 1e6)
  const file = join(folder, 'session.pcapng')
  writeFileSync(file, writePcapng({ application: 'a test', comment: 'one session', secrets, packets: talk.packets }))
  try {
    return await use(file)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

describe('files', () => {
  it('that are gzipped are unpacked, up to a bound', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'whytls-import-'))
    const file = join(folder, 'zeros.gz')
    writeFileSync(file, gzipSync(Buffer.alloc(3_000_000)))
    const count = async (maxBytes: number) => {
      let total = 0
      for await (const block of readCaptureBlocks(file, maxBytes)) total += block.length
      return total
    }
    expect(await count(3_000_000)).toBe(3_000_000)
    await expect(count(2_999_999)).rejects.toThrow(/expands to more than/)
    rmSync(folder, { recursive: true })
  })

  it('that come through a pipe are read as they come, gzipped or not', async () => {
    const vector = readVector('go-tls12-ok')
    await withCapture(vector, [], async (file) => {
      const octets = readFileSync(file)
      for (const [name, content] of [
        ['plain', octets],
        ['packed', gzipSync(octets)],
      ] as const) {
        const pipe = `${file}.${name}`
        execFileSync('mkfifo', [pipe])
        const written = writeFile(pipe, content)
        const { handshakes, error } = await importFile(pipe)
        await written
        expect(error).toBeNull()
        expect(handshakes.map(({ serverHello }) => serverHello?.selectedVersion.name)).toEqual(['TLS 1.2'])
      }
    })
  })

  it('whose gzip breaks off are read as far as they go, with the place', async () => {
    const vector = readVector('go-tls12-ok')
    await withCapture(vector, [], async (file) => {
      const packed = gzipSync(readFileSync(file))
      const cut = `${file}.gz`
      writeFileSync(cut, packed.subarray(0, packed.length - 12))
      const { handshakes, error } = await importFile(cut)
      expect(handshakes.map(({ serverHello }) => serverHello?.selectedVersion.name)).toEqual(['TLS 1.2'])
      expect(error).toMatchObject({ name: 'CaptureError', field: 'gzip' })
    })
  })

  it('that are no capture are named with the offset', async () => {
    const { error } = await importFile(import.meta.filename)
    expect(error).toMatchObject({ name: 'CaptureError', offset: 0, field: 'magic number' })
  })

  it('that do not exist are a problem with exit code 2', async () => {
    const message = 'no-such-file.pcap cannot be read: there is no such file'
    await expect(importFile('no-such-file.pcap')).rejects.toMatchObject({ code: 'unreadable', exitCode: 2, message })
  })
})
