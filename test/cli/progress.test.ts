import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ProbeProgress } from '../../src/cli/progress.ts'
import type { HandshakeEvent } from '../../src/handshake/event.ts'
import { CLIENT_HELLO, serverHello } from '../diagnosis/observation-builders.ts'

const HELLO: HandshakeEvent = { type: 'client-hello', atMs: 1, hello: CLIENT_HELLO }
const ANSWER: HandshakeEvent = { type: 'server-hello', atMs: 2, hello: serverHello() }

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function progress(isTTY: boolean, env: NodeJS.ProcessEnv, pending: readonly string[], columns = 80) {
  const written: string[] = []
  const stderr = { isTTY, columns, write: (text: string | Uint8Array) => written.push(String(text)) > 0 }
  const made = new ProbeProgress({ stderr, env, pending: () => pending, nowMs: () => Date.now() })
  return { made, written }
}

describe('progress on a terminal', () => {
  it('says nothing within the first second', () => {
    const { made, written } = progress(true, {}, ['mods.example'])
    made.begin()
    vi.advanceTimersByTime(990)
    made.end()
    expect(written).toEqual([])
  })
  it('rewrites one line and erases it at the end', () => {
    const { made, written } = progress(true, {}, ['mods.example'])
    made.begin()
    vi.advanceTimersByTime(2_100)
    made.end()
    expect(written.at(-2)).toBe('\r\u001b[2Kprobing mods.example, 2.1 s')
    expect(written.at(-1)).toBe('\r\u001b[2K')
    expect(written.join('')).not.toContain('\n')
    expect(written.length).toBeLessThanOrEqual(13)
  })
  it('says what is awaited and for how long', () => {
    const { made, written } = progress(true, {}, ['mods.example', 'sums.example'])
    made.hear(HELLO, 'mods.example')
    vi.advanceTimersByTime(4_200)
    made.begin()
    vi.advanceTimersByTime(2_000)
    expect(written.at(-1)).toBe('\r\u001b[2Kwaiting for ServerHello from mods.example, 6.2 s of 10 s (and 1 more)')
    made.hear(ANSWER, 'mods.example')
    vi.advanceTimersByTime(100)
    expect(written.at(-1)).toBe('\r\u001b[2Kprobing mods.example, 2.1 s (and 1 more)')
    made.end()
  })
  it('escapes a hostile host name', () => {
    const { made, written } = progress(true, {}, ['a\u001b[2Jb.example'])
    made.begin()
    vi.advanceTimersByTime(1_100)
    made.end()
    expect(written[0]).toBe('\r\u001b[2Kprobing a\\u001b[2Jb.example, 1.0 s')
  })
  it('never wraps, since a second line could not be erased', () => {
    const { made, written } = progress(true, {}, ['a-rather-long-name.modules.example'], 30)
    made.begin()
    vi.advanceTimersByTime(1_100)
    made.end()
    expect(written[0]).toBe('\r\u001b[2Kprobing a-rather-long-name.mo')
  })
  it('is silent while nothing is pending', () => {
    const { made, written } = progress(true, {}, [])
    made.begin()
    vi.advanceTimersByTime(5_000)
    expect(written).toEqual([])
  })
})

describe('progress elsewhere', () => {
  it('is a line every 10 s in CI, without control characters', () => {
    const { made, written } = progress(false, { CI: 'true' }, ['mods.example'])
    made.begin()
    vi.advanceTimersByTime(25_000)
    made.end()
    expect(written).toEqual(['whytls: probing mods.example, 10.0 s\n', 'whytls: probing mods.example, 20.0 s\n'])
  })
  it('is nothing in a pipe', () => {
    const { made, written } = progress(false, {}, ['mods.example'])
    made.begin()
    vi.advanceTimersByTime(60_000)
    made.end()
    expect(written).toEqual([])
  })
})
