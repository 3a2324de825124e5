/** `whytls export --pcapng` and `--har` after real runs: what tshark reads in the capture is what whytls said. */
import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Document } from '../../src/contract/document.ts'
import type { Handshake } from '../../src/contract/handshake.ts'
import { FlightTape } from '../../src/handshake/flight.ts'
import type { LabOrigin } from '../../src/lab/case.ts'
import { LAB_CASES } from '../../src/lab/cases/index.ts'
import { LAB_VARIANTS } from '../../src/lab/cases/variants.ts'
import type { Har } from '../../src/report/har.ts'
import { exportPcapng } from '../../src/report/pcapng-export.ts'
import { directionOf, play, readVector } from '../handshake/playbook.ts'
import { handshakeOf, SEEN } from '../report/samples.ts'
import { freshEnvironment, inFreshFolder, listToolchains, runCommand } from './go.ts'
import { withOrigin } from './scenario.ts'
import { countSecrets, findFaults, printAll, readStreams, type SeenStream } from './tshark.ts'
import { MAIN } from './whytls.ts'

const IDS = ['cert-expired', 'ok', 'client-cert-required', 'ok/tls12', 'cert-expired/stray-tls12', 'peer-reset', 'tcp-refused']
const CASES = [...Object.values(LAB_CASES), ...LAB_VARIANTS].filter(({ id }) => IDS.includes(id))
const KEYED = [
  ...['go-tls13-ok', 'go-tls13-sha256-ok', 'go-tls13-hrr-ok', 'go-tls13-refused', 'go-tls13-client-certificate', 'curl-tls13-refused'],
  ...['go-tls13-chacha-refused', 'openssl-tls13-ccm-ok', 'openssl-tls13-ccm8-ok', 'git-tls13-refused', 'go-tls12-ok', 'openssl-tls12-ok'],
]
const CANARY = { user: 'canaryuser', password: 'canary-4f1d7c' }
const TLS12_MASTER = /^CLIENT_RANDOM /m
const TLS13_HANDSHAKE = /^(CLIENT|SERVER)_HANDSHAKE_TRAFFIC_SECRET /m

interface Exported {
  readonly document: Document
  readonly har: Har
  readonly streams: readonly SeenStream[]
  readonly faults: readonly string[]
  readonly secrets: number
  readonly keyLog: string
  readonly keyLogMode: number
  /** Everything that was written, and what tshark prints of it. */
  readonly written: readonly Buffer[]
}

let exported: Exported

beforeAll(async () => {
  exported = await inFreshFolder(async (home) => {
    for (const labCase of CASES) await withOrigin(labCase, (origin) => useOrigin(home, origin))
    return readExports(home)
  })
}, 120_000)

describe('export --pcapng', () => {
  it('ran every case', () => {
    expect(CASES.map(({ id }) => id).sort()).toEqual([...IDS].sort())
  })
  it('is read by tshark without a malformed frame, a wrong checksum or an error', () => {
    expect(exported.faults).toEqual([])
  })
  it('has one conversation for each handshake that tried TCP, with its verdict as comment', () => {
    expect(exported.streams.map(({ comment }) => idOf(comment)).sort(byNumber)).toEqual(
      exported.document.handshakes.map(({ id }) => id).sort(byNumber),
    )
    for (const { id, cause } of exported.document.diagnoses.flatMap(({ handshakes, cause }) => handshakes.map((id) => ({ id, cause })))) {
      expect(streamOf(id).comment).toContain(`Verdict: ${cause} `)
    }
  })
  it('shows the same server name and suites as whytls', () => {
    for (const { id, clientHello, serverHello } of exported.document.handshakes) {
      const stream = streamOf(id)
      expect(stream.serverNames).toEqual(clientHello === null ? [] : [clientHello.serverName])
      expect(stream.offeredSuites).toEqual(clientHello?.cipherSuites.map((suite) => suite.id) ?? [])
      expect(stream.chosenSuites).toEqual(serverHello === null ? [] : [serverHello.cipherSuite.id])
    }
  })
  it('shows the same certificates as whytls, those of probes after decryption', () => {
    const readable = exported.document.handshakes.filter((handshake) => handshake.mode === 'probe' || isTls12(handshake))
    expect(readable.length).toBeGreaterThanOrEqual(6)
    for (const handshake of readable) expect([handshake.id, streamOf(handshake.id).served]).toEqual([handshake.id, chainOf(handshake)])
  })
  it('decrypts a probe up to both Finished, and says of an observed connection that its secrets are not known', () => {
    for (const { id, mode, serverHello } of exported.document.handshakes.filter((handshake) => handshake.serverHello !== null)) {
      const { types, comment } = streamOf(id)
      if (mode === 'probe') expect(types.filter((type) => type === FINISHED)).toHaveLength(2)
      else expect(comment).toContain('No secrets are known of a connection that whytls only observes')
      expect(serverHello?.helloRetryRequest).toBe(false)
    }
  })
  it('carries the secrets of each probe that was answered', () => {
    expect(exported.secrets).toBe(
      exported.document.handshakes.filter(({ mode, serverHello }) => mode === 'probe' && serverHello !== null).length,
    )
    expect(exported.secrets).toBeGreaterThanOrEqual(4)
  })
})

describe('a capture of sessions that were recorded with their keys', () => {
  let seen: Pick<Exported, 'streams' | 'faults' | 'secrets'>
  beforeAll(async () => {
    seen = await inFreshFolder((folder) => throughTshark(join(folder, 'recorded.pcapng')))
  }, 60_000)

  it('is read without an error, with the secrets of each', () => {
    expect(seen.faults).toEqual([])
    expect(seen.secrets).toBe(KEYED.length)
  })
  it.each(KEYED)('%s shows the same messages and certificates after decryption', (name) => {
    const { transcript } = play(readVector(name), 'before')
    const { types, served } = seen.streams.find(({ comment }) => idOf(comment) === KEYED.indexOf(name)) ?? expect.fail('there is no stream')
    const isTls12 = name.includes('tls12')
    const ours = transcript.messages
      .filter(({ type, octets }) => octets !== undefined && (isTls12 || type !== TICKET))
      .map(({ type }) => type)
    expect(served).toEqual(readVector(name).served)
    expect([...types].sort(byNumber)).toEqual([...ours, ...(isTls12 ? [FINISHED, FINISHED] : [])].sort(byNumber))
  })
})

describe('--keylog', () => {
  it('has handshake secrets only, for its owner only', () => {
    expect(exported.keyLogMode).toBe(0o600)
    expect(exported.keyLog).toMatch(TLS13_HANDSHAKE)
    expect(exported.keyLog).toMatch(TLS12_MASTER)
    expect(exported.keyLog).not.toMatch(/TRAFFIC_SECRET_0|EXPORTER|EARLY/)
  })
})

describe('export --har', () => {
  it('has an entry for each handshake, failed ones with status 0 and cause', () => {
    const { document, har } = exported
    expect(har.log.entries.map(({ _tls }) => _tls.id).sort(byNumber)).toEqual(document.handshakes.map(({ id }) => id).sort(byNumber))
    for (const { handshakes, cause } of document.diagnoses) {
      const entries = har.log.entries.filter(({ _tls }) => handshakes.includes(_tls.id))
      expect(entries.map(({ response, _tls }) => [response.status, _tls.cause])).toEqual(handshakes.map(() => [0, cause]))
    }
  })
})

describe('all of them', () => {
  it.each([CANARY.password, basicOf(CANARY), CANARY.user])('hold no credential of the run: %s', (secret) => {
    expect(exported.written.length).toBe(6)
    expect(exported.written.filter((octets) => octets.includes(secret))).toEqual([])
  })
})

const FINISHED = 20
const TICKET = 4

/** Our export of sessions of test/vectors, numbered as in KEYED, as tshark reads it. */
async function throughTshark(file: string): Promise<Pick<Exported, 'streams' | 'faults' | 'secrets'>> {
  const all = KEYED.map((name, id) => {
    const vector = readVector(name)
    const { transcript } = play(vector, 'before')
    const tape = new FlightTape()
    for (const [from, octets] of vector.chunks) tape.addOctets(directionOf(from), Buffer.from(octets, 'base64'))
    for (const line of vector.keys) tape.addSecret(line)
    const handshake = handshakeOf(SEEN.expired, { id, mode: 'probe', records: transcript.records, probeOf: null })
    return { handshake, diagnosis: null, messages: [], flight: tape.cut(transcript) }
  })
  await writeFile(file, exportPcapng(all))
  return { streams: await readStreams(file), faults: await findFaults(file), secrets: await countSecrets(file) }
}

function basicOf({ user, password }: typeof CANARY): string {
  return Buffer.from(`${user}:${password}`).toString('base64')
}

/** One run with credentials in GOPROXY, which go sends as Authorization, and one probe. */
async function useOrigin(home: string, origin: LabOrigin): Promise<void> {
  const [toolchain] = listToolchains()
  if (toolchain === undefined) throw new Error('there is no go')
  await inFreshFolder(async (folder) => {
    const proxy = origin.goproxy.replace('https://', `https://${CANARY.user}:${CANARY.password}@`)
    const env = { ...(await freshEnvironment(toolchain, origin, folder)), GOPROXY: proxy, WHYTLS_HOME: join(home, 'whytls') }
    const keyLog = ['--keylog', join(home, 'keys.log')]
    const run = [process.execPath, MAIN, 'run', ...keyLog, '--', 'go', 'mod', 'download', origin.module]
    await runCommand(run, { env, cwd: origin.cwd ?? folder })
    if (origin.host.startsWith('ok'))
      await runCommand([process.execPath, MAIN, 'probe', ...keyLog, `${origin.host}:${origin.port}`], { env, cwd: folder })
  })
}

async function readExports(home: string): Promise<Exported> {
  const env = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: home, WHYTLS_HOME: join(home, 'whytls') }
  const files = { json: join(home, 'all.json'), har: join(home, 'all.har'), pcapng: join(home, 'all.pcapng') }
  for (const [form, file] of Object.entries(files)) {
    const { exitCode, stderr } = await runCommand([process.execPath, MAIN, 'export', `--${form}`, '-o', file], { env, cwd: home })
    if (exitCode !== 0) throw new Error(`export --${form}: ${stderr}`)
  }
  const keys = join(home, 'keys.log')
  const printed = await printAll(files.pcapng)
  const stored = join(home, 'whytls', 'whytls.db')
  const written = await Promise.all([files.json, files.har, files.pcapng, keys, stored].map((file) => readFile(file)))
  return {
    document: JSON.parse(await readFile(files.json, 'utf8')),
    har: JSON.parse(await readFile(files.har, 'utf8')),
    streams: await readStreams(files.pcapng),
    faults: await findFaults(files.pcapng),
    secrets: await countSecrets(files.pcapng),
    keyLog: await readFile(keys, 'utf8'),
    keyLogMode: (await stat(keys)).mode & 0o777,
    written: [...written, Buffer.from(printed)],
  }
}

function streamOf(id: number): SeenStream {
  return exported.streams.find(({ comment }) => idOf(comment) === id) ?? expect.fail(`there is no stream of #${id}`)
}

function idOf(comment: string): number {
  return Number(/whytls #(\d+)/.exec(comment)?.[1])
}

function isTls12({ serverHello }: Handshake): boolean {
  return serverHello?.selectedVersion.name === 'TLS 1.2'
}

/** Of a probe that repeats a connection the chain is shown there. */
function chainOf({ certificates, probeOf }: Handshake): readonly string[] {
  const owner = exported.document.handshakes.find(({ id }) => id === probeOf)
  return (certificates ?? owner?.certificates)?.chain.map(({ sha256 }) => sha256) ?? []
}

function byNumber(a: number, b: number): number {
  return a - b
}
