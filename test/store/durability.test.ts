/** What happens to the files: other processes, kill -9, octets that must be gone. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { openStore } from '../../src/store/open.ts'
import { certificate, fullDraft, plainDraft } from './draft.ts'

const CANARY = 'CANARY-7f3a91'

describe('the database on disk', () => {
  let folder: string
  let program: string
  beforeAll(async () => {
    // Beside the sources, so that better-sqlite3 is found by the built file.
    program = join(mkdtempSync(fileURLToPath(new URL('../../node_modules/.whytls-test-', import.meta.url))), 'writer.mjs')
    await build({
      entryPoints: [fileURLToPath(new URL('writer.child.ts', import.meta.url))],
      outfile: program,
      bundle: true,
      format: 'esm',
      platform: 'node',
      packages: 'external',
    })
  })
  afterAll(() => rmSync(join(program, '..'), { recursive: true }))
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'whytls-disk-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  function startWriter(prefix: string, count: number): ChildProcess {
    return spawn(process.execPath, [program, folder, prefix, String(count)], { stdio: ['ignore', 'pipe', 'inherit'] })
  }

  it('survives kill -9 in mid-write: whole, and with every row that a flush had confirmed', async () => {
    const writer = startWriter('killed', 0)
    let confirmed = 0
    await new Promise<void>((resolve) => {
      writer.stdout?.on('data', (lines: Buffer) => {
        confirmed = Math.max(confirmed, ...lines.toString().trim().split('\n').map(Number))
        if (confirmed > 2_000) resolve()
      })
    })
    writer.kill('SIGKILL')
    await once(writer, 'close')
    const store = openStore({ folder })
    expect(store.countRows('')).toBeGreaterThanOrEqual(confirmed)
    expect(store.countRows('')).toBe(store.seq())
    store.close()
    expect(sqlite3('PRAGMA integrity_check; PRAGMA foreign_key_check;')).toBe('ok')
  })

  it('takes two writers at once beside a reader that sees every row of both', async () => {
    const reader = openStore({ folder, pollMs: 20 })
    const seen = new Set<number>()
    let from = 0
    const look = () => {
      for (const row of reader.changedSince(from, 10_000)) {
        seen.add(row.id)
        from = row.seq
      }
    }
    const stop = reader.onChange(look)
    const writers = [startWriter('one', 1_000), startWriter('two', 1_000)]
    reader.put(plainDraft('mine'))
    const codes = await Promise.all(writers.map((writer) => once(writer, 'close')))
    look()
    stop()
    expect(codes.map(([code]) => code)).toEqual([0, 0])
    expect([reader.countRows('host:one.example'), reader.countRows('host:two.example')]).toEqual([1_000, 1_000])
    expect(seen.size).toBe(2_001)
    expect(from).toBe(reader.seq())
    reader.close()
  })

  it('tells a listener of what another process wrote', async () => {
    const reader = openStore({ folder, pollMs: 10 })
    const told = new Promise<void>((resolve) => {
      reader.onChange(() => {
        if (reader.countRows('') === 20) resolve()
      })
    })
    await once(startWriter('other', 20), 'close')
    await told
    reader.close()
  })

  it('writes what was put after its 50 ms, without being asked', () => {
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    const store = openStore({ folder })
    store.put(plainDraft('a'))
    vi.advanceTimersByTime(49)
    expect(store.idOf('a')).toBeUndefined()
    vi.advanceTimersByTime(1)
    expect(store.idOf('a')).toBe(1)
    store.close()
  })

  it('continues epoch, seq and ids after a restart', () => {
    const first = openStore({ folder })
    first.put(fullDraft('a'))
    const [epoch, seq] = [first.epoch(), first.seq()]
    const kept = first.handshake(1)
    first.close()
    const second = openStore({ folder })
    expect([second.epoch(), second.seq()]).toEqual([epoch, seq])
    expect(second.handshake(1)).toEqual(kept)
    second.put(plainDraft('a'))
    second.flush()
    expect(second.idOf('a')).toBe(2)
    second.close()
  })

  it('keeps octets of a certificate once, however many chains hold it', () => {
    const store = openStore({ folder })
    for (const key of ['a', 'b', 'c']) store.put(fullDraft(key))
    store.close()
    expect(sqlite3('SELECT count(*), (SELECT count(*) FROM chains) FROM certificates')).toBe('2|6')
  })

  it('leaves no octet of a forgotten run in any file, while another connection is open', () => {
    const store = openStore({ folder })
    const beside = openStore({ folder })
    const run = { argv: ['go', CANARY], startedAt: '2026-11-22T12:00:00.000Z', go: null }
    const gone = store.startRun(run)
    const chain = [certificate(CANARY, `CN=${CANARY}`, 'CN=x')]
    const octets = Buffer.from(CANARY.repeat(200))
    for (let i = 0; i < 50; i++) {
      store.put(
        fullDraft(`a${i}`, {
          runId: gone,
          target: { host: CANARY, port: 443, address: null },
          certificates: { source: 'wire', sameAsGoSaw: true, chain, verified: null, ocspStapled: null },
          messages: [
            { dir: 'client-to-server', type: 1, name: 'ClientHello', lengthBytes: 1, atMs: 0, recordOffset: 0, source: 'wire', octets },
          ],
        }),
      )
    }
    store.put(plainDraft('stays'))
    store.flush()
    expect(beside.countRows('')).toBe(51)
    expect(filesWith(folder, CANARY)).not.toEqual([])
    expect(store.forget({ runId: gone })).toBe(50)
    expect(filesWith(folder, CANARY)).toEqual([])
    expect(filesWith(folder, Buffer.from(`der of ${CANARY}`).toString())).toEqual([])
    expect(beside.countRows('')).toBe(1)
    store.close()
    beside.close()
    expect(filesWith(folder, CANARY)).toEqual([])
  })

  it('shrinks to its size limit by dropping the oldest', () => {
    const store = openStore({ folder })
    for (let i = 0; i < 400; i++) {
      const startedAt = new Date(Date.now() - (400 - i) * 1_000).toISOString()
      const octets = Buffer.alloc(4_000, i % 251)
      const messages = [
        {
          dir: 'client-to-server' as const,
          type: 1,
          name: 'ClientHello',
          lengthBytes: 1,
          atMs: 0,
          recordOffset: 0,
          source: 'wire' as const,
          octets,
        },
      ]
      store.put(plainDraft(`k${i}`, { startedAt, messages }))
    }
    store.flush()
    const epoch = store.epoch()
    const gone = store.retain({ maxAgeDays: 30, maxBytes: 1024 * 1024 })
    expect(gone).toBeGreaterThan(100)
    expect(store.countRows('')).toBe(400 - gone)
    expect(store.counts().sizeBytes).toBeLessThanOrEqual(1024 * 1024)
    expect(store.rows({ limit: 1 })[0]?.id).toBe(400)
    expect(store.epoch()).not.toBe(epoch)
    store.close()
  })

  it('makes files for their owner only', () => {
    const deep = join(folder, 'data', 'whytls')
    const store = openStore({ folder: deep })
    store.put(plainDraft('a'))
    store.flush()
    const modes = readdirSync(deep).map((name) => statSync(join(deep, name)).mode & 0o777)
    expect(modes.length).toBeGreaterThan(1)
    expect(new Set(modes)).toEqual(new Set([0o600]))
    expect(statSync(deep).mode & 0o777).toBe(0o700)
    store.close()
  })

  function sqlite3(sql: string): string {
    return execFileSync('sqlite3', [join(folder, 'whytls.db'), sql], { encoding: 'utf8' }).trim()
  }
})

function filesWith(folder: string, text: string): string[] {
  return readdirSync(folder).filter((name) => readFileSync(join(folder, name)).includes(text))
}
