import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import { believesInTlsHandshakeKey, startTrace, type Trace } from '../../src/cli/trace.ts'
import { openConnection } from '../../src/recorder/connection.ts'
import { CLIENT_HELLO } from '../diagnosis/observation-builders.ts'
import { startOf, tunnelEvents } from '../recorder/session.ts'

const folder = mkdtempSync(join(tmpdir(), 'whytls-trace-'))
afterAll(() => rmSync(folder, { recursive: true }))
afterEach(() => void vi.restoreAllMocks())

const CONNECTION = openConnection(startOf('c1'), null)

function play(trace: Trace | null): void {
  for (const event of tunnelEvents('c1')) trace?.onEvent(event, CONNECTION)
  trace?.onProbeEvent({ type: 'client-hello', atMs: 1, hello: CLIENT_HELLO }, CONNECTION)
  trace?.end()
}

function listenToStderr(): readonly string[] {
  const written: string[] = []
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => written.push(String(text)) > 0)
  return written
}

describe('a trace', () => {
  it('is none unless it was asked for', () => {
    expect(startTrace(null)).toBeNull()
  })
  it('is one line for each thing that happened, to stderr', () => {
    const written = listenToStderr()
    play(startTrace(true))
    expect(written.length).toBeGreaterThanOrEqual(5)
    for (const line of written) expect(line).toMatch(/^whytls trace: modproxy\.example:443 #c1[^\n]*\n$/)
  })
  it('tells the probe from the connection that it repeats', () => {
    const written = listenToStderr()
    play(startTrace(true))
    expect(written.at(-1)).toContain('#c1/probe')
    expect(written.at(-1)).toContain('ClientHello')
  })
  it('is added to a file that only its owner may read', async () => {
    const file = join(folder, 'trace.log')
    writeFileSync(file, 'before\n', { mode: 0o600 })
    play(startTrace(file))
    await expect.poll(() => readFileSync(file, 'utf8')).toMatch(/^before\nwhytls trace: [\s\S]*#c1\/probe[^\n]*\n$/)
    const fresh = join(folder, 'fresh.log')
    play(startTrace(fresh))
    await expect.poll(() => statSync(fresh, { throwIfNoEntry: false })?.mode).toBe(0o100600)
  })
  it('into a file that cannot be written is said once, and hurts nobody', async () => {
    const written = listenToStderr()
    play(startTrace(join(folder, 'nosuch', 'trace.log')))
    await expect.poll(() => written.length).toBeGreaterThan(0)
    expect(written.join('').match(/error\[unwritable\]: the trace could not be written: ENOENT/g)).toHaveLength(1)
  })
})

describe('the belief in GODEBUG=tlshandshake=1', () => {
  it.each([
    ['tlshandshake=1', true],
    ['http2client=0,tlshandshake=1', true],
    ['http2client=0, tlshandshake=2', true],
    ['tlsmlkem=0', false],
    ['xtlshandshake=1', false],
    ['', false],
    [undefined, false],
  ])('is seen in %j: %s', (godebug, believes) => {
    expect(believesInTlsHandshakeKey(godebug)).toBe(believes)
  })
})
