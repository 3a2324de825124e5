/** A disk, a file or a module that refuses: one sentence each, nothing lost, nothing destroyed. */
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadDriver } from '../../src/store/driver.ts'
import { defaultFolder, openStore, StoreError } from '../../src/store/open.ts'
import { fullDraft, plainDraft } from './draft.ts'

const openDatabase = loadDriver()

describe('a store that is refused', () => {
  let folder: string
  let path: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'whytls-refusal-'))
    path = join(folder, 'whytls.db')
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  it('leaves a file that is no database as it is, and says how to go on', () => {
    writeFileSync(path, 'this is no database, but somebody may want it'.repeat(100))
    const before = readFileSync(path)
    const error = errorOf(() => openStore({ folder }))
    expect(error).toMatchObject({ code: 'corrupt', message: expect.stringContaining(path), fix: expect.stringContaining('Move it') })
    expect(readFileSync(path).equals(before)).toBe(true)
    expect(readdirSync(folder)).toEqual(['whytls.db'])
  })

  it('tells a database whose pages are damaged', () => {
    const store = openStore({ folder })
    for (let i = 0; i < 200; i++) store.put(fullDraft(`k${i}`))
    store.close()
    const octets = readFileSync(path)
    octets.fill(0xa5, 4096)
    writeFileSync(path, octets)
    expect(errorOf(() => openStore({ folder }).rows({ limit: 500 }))).toMatchObject({ code: 'corrupt' })
    expect(readFileSync(path).subarray(0, 1024).equals(octets.subarray(0, 1024))).toBe(true)
  })

  it('does not touch the database of a newer whytls', () => {
    openStore({ folder }).close()
    const newer = openDatabase(path)
    newer.pragma('user_version = 999')
    newer.close()
    const before = readFileSync(path)
    expect(errorOf(() => openStore({ folder }))).toMatchObject({ code: 'newer', fix: expect.stringContaining('Update whytls') })
    expect(readFileSync(path).equals(before)).toBe(true)
  })

  it.each([
    ['a folder where the file should be', (place: string) => mkdirSync(join(place, 'whytls.db'))],
    ['a file where the folder should be', (place: string) => writeFileSync(join(place, 'sub'), ''), 'sub'],
    ['a file where a parent folder should be', (place: string) => writeFileSync(join(place, 'sub'), ''), join('sub', 'deep')],
  ])('names the place when there is %s', (_what, prepare, under = '') => {
    prepare(folder)
    const error = errorOf(() => openStore({ folder: join(folder, under) }))
    expect(error).toMatchObject({
      code: 'unreadable',
      message: expect.stringContaining(folder),
      fix: expect.stringContaining('WHYTLS_HOME'),
    })
  })

  it('tells a folder that may not be written to', () => {
    if (process.getuid?.() === 0) {
      // Rights do not bind root: a place where nobody can make a folder stands in.
      expect(errorOf(() => openStore({ folder: '/proc/whytls' }))).toMatchObject({ code: 'unreadable' })
      return
    }
    chmodSync(folder, 0o500)
    expect(errorOf(() => openStore({ folder }))).toMatchObject({ code: 'unreadable' })
    chmodSync(folder, 0o700)
  })

  it('waits for another writer, keeps its drafts while it is locked out, and writes them afterwards', () => {
    const lines: string[] = []
    const store = openStore({ folder, warn: (line) => lines.push(line) })
    const other = openDatabase(path)
    other.exec('BEGIN IMMEDIATE')
    store.put(plainDraft('a'))
    expect(store.rows({ limit: 9 })).toEqual([])
    expect(lines).toEqual([expect.stringContaining('locked')])
    other.exec('COMMIT')
    other.close()
    expect(store.rows({ limit: 9 })).toHaveLength(1)
    expect(lines[1]).toMatch(/can be written again.*lost meanwhile: 0$/)
    store.close()
  })

  it('throws busy from a flush that was locked out for as long as it may wait', () => {
    const store = openStore({ folder, waitMs: 300 })
    const other = openDatabase(path)
    other.exec('BEGIN IMMEDIATE')
    store.put(plainDraft('a'))
    expect(errorOf(() => store.flush())).toMatchObject({ code: 'busy' })
    other.exec('ROLLBACK')
    other.close()
    store.close()
  })

  it('lives on when the database is full: says so once, reads what is there, writes the rest when there is space', () => {
    const lines: string[] = []
    const warn = (line: string) => lines.push(line)
    const store = openStore({ folder, warn, maxPageCount: 80 })
    let count = 0
    while (lines.length === 0 && count < 2_000) {
      store.put(fullDraft(`k${count++}`))
      store.counts()
    }
    expect(lines).toEqual([expect.stringMatching(/^the database is full: .*whytls\.db.*whytls forget --all/)])
    const kept = store.rows({ limit: 2_000 }).length
    expect(kept).toBeGreaterThan(0)
    expect(kept).toBeLessThan(count)
    expect(errorOf(() => store.flush())).toMatchObject({ code: 'full' })
    store.put(fullDraft('one more'))
    store.counts()
    expect(lines).toHaveLength(1)
    store.retain({ maxAgeDays: 30, maxBytes: 150_000 })
    store.put(plainDraft('small'))
    store.flush()
    expect(lines[1]).toMatch(/can be written again/)
    expect(store.idOf('one more')).toBeGreaterThan(0)
    store.close()
  })

  it('leaves a run that cannot be started to the caller, and ends one without a word twice', () => {
    const lines: string[] = []
    const store = openStore({ folder, warn: (line) => lines.push(line), waitMs: 300 })
    const other = openDatabase(path)
    const run = { argv: ['go'], startedAt: '2026-11-22T12:00:00.000Z', go: null }
    const id = store.startRun(run)
    other.exec('BEGIN IMMEDIATE')
    expect(errorOf(() => store.startRun(run))).toMatchObject({ code: 'busy' })
    store.endRun(id, { durationMs: 1, exitCode: 1, signal: null, stderrTail: '', warnings: [] })
    expect(lines).toHaveLength(1)
    other.exec('ROLLBACK')
    other.close()
    expect(store.run(id)).toMatchObject({ exitCode: 1 })
    store.close()
  })

  it('leaves out a draft that the tables cannot take, and keeps the others', () => {
    const lines: string[] = []
    const store = openStore({ folder, warn: (line) => lines.push(line) })
    const bad = plainDraft('bad', { target: { host: 'x', port: 443.5, address: null } })
    for (const draft of [plainDraft('a'), bad, plainDraft('b')]) store.put(draft)
    expect(store.rows({ limit: 9 })).toHaveLength(2)
    expect(lines).toEqual([expect.stringContaining('could not be stored')])
    store.close()
  })

  it.each([
    ['MODULE_NOT_FOUND', "Cannot find module 'better-sqlite3'"],
    ['ERR_DLOPEN_FAILED', 'was compiled against a different Node.js version'],
    [undefined, 'Could not locate the bindings file. Tried:\n -> a\n -> b'],
  ])('names the repair when better-sqlite3 does not load (%s)', (code, message) => {
    const load = () => {
      throw Object.assign(new Error(message), { code })
    }
    const error = errorOf(() => openStore({ folder, load }))
    expect(error).toMatchObject({ code: 'native-module', fix: expect.stringContaining('npm rebuild better-sqlite3') })
    expect(error.message).not.toContain('\n')
    expect(readdirSync(folder)).toEqual([])
  })
})

describe('the default folder', () => {
  it('is WHYTLS_HOME, else the XDG data folder', () => {
    expect(defaultFolder({ WHYTLS_HOME: '/a/b', XDG_DATA_HOME: '/x' }, 'linux')).toBe('/a/b')
    expect(defaultFolder({ XDG_DATA_HOME: '/x' }, 'linux')).toBe('/x/whytls')
    expect(defaultFolder({ WHYTLS_HOME: '' }, 'linux')).toMatch(/^\/.*whytls/)
    expect(defaultFolder({ WHYTLS_HOME: 'here' }, 'linux')).toBe(resolve('here'))
    expect(defaultFolder({ XDG_DATA_HOME: 'relative' }, 'linux')).toMatch(/^\/.*\.local\/share\/whytls$/)
    expect(defaultFolder({}, 'darwin')).toMatch(/^\/.*Library\/Application Support\/whytls$/)
    expect(defaultFolder({ LOCALAPPDATA: '/local' }, 'win32')).toBe('/local/whytls/Data')
  })
})

function errorOf(action: () => unknown): StoreError {
  try {
    action()
  } catch (error) {
    if (error instanceof StoreError) return error
    throw error
  }
  throw new Error('nothing was refused')
}
