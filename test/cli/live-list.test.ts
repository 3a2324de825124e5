import { describe, expect, it, onTestFinished } from 'vitest'
import { startLiveList } from '../../src/cli/live-list.ts'
import type { Style } from '../../src/report/style.ts'
import { openMemoryStore } from '../../src/store/memory.ts'
import type { HandshakeDraft } from '../../src/store/store.ts'
import { finding, plainDraft } from '../store/draft.ts'

const STYLE: Style = { columns: 80, colour: false, unicode: true, plain: false }
const UP = '\u001b[1A\u001b[2K\r'

/** A list over a store in memory; what it wrote, and how to change a row. */
function list(isTTY: boolean, json = false) {
  const store = openMemoryStore()
  store.put(plainDraft('before'))
  store.flush()
  const written: string[] = []
  const stdout = { isTTY, write: (text: string | Uint8Array) => written.push(String(text)) > 0 }
  const { stop } = startLiveList({ store, json, style: STYLE, stdout })
  onTestFinished(stop)
  const put = (key: string, more: Partial<HandshakeDraft> = {}) => {
    store.put(plainDraft(key, more))
    store.flush()
  }
  return { put, written, stop }
}

const FAILED = { outcome: 'failed', findings: [finding('unknown-authority')] } as const
const OPEN = { outcome: 'open', durationMs: null, waitingFor: 'ServerHello' } as const

describe('the live list in a pipe', () => {
  it('has one line for each settled handshake since it was started', () => {
    const { put, written } = list(false)
    put('a', OPEN)
    put('a')
    put('b', FAILED)
    expect(written).toHaveLength(2)
    expect(written.join('')).not.toContain('\u001b')
    expect(written[1]).toContain('modproxy.example')
  })
  it('waits for the probe before it says why', () => {
    const { put, written } = list(false)
    put('a', { outcome: 'failed', waitingFor: 'the probe' })
    expect(written).toEqual([])
    put('a', FAILED)
    expect(written).toHaveLength(1)
  })
  it('says it once, also when the row is written again, and again when the cause is another', () => {
    const { put, written } = list(false)
    put('a', FAILED)
    put('a', { ...FAILED, durationMs: 13 })
    expect(written).toHaveLength(1)
    put('a', { ...FAILED, findings: [finding('missing-intermediate')] })
    expect(written).toHaveLength(2)
  })
  it('leaves probes out', () => {
    const { put, written } = list(false)
    put('a', { mode: 'probe' })
    expect(written).toEqual([])
  })
  it('is silent once it was stopped', () => {
    const { put, written, stop } = list(false)
    stop()
    put('a')
    expect(written).toEqual([])
  })
})

describe('the live list on a terminal', () => {
  it('rewrites the line of a handshake while it changes', () => {
    const { put, written } = list(true)
    put('a', OPEN)
    put('a')
    expect(written).toHaveLength(2)
    expect(written[0]).toContain('ServerHello')
    expect(written[1]?.startsWith(UP)).toBe(true)
  })
  it('leaves no waiting line behind, however many are open at once', () => {
    const { put, written } = list(true)
    put('a', OPEN)
    put('b', { ...OPEN, target: { host: 'sums.example', port: 443, address: null } })
    put('a')
    put('b', { target: { host: 'sums.example', port: 443, address: null } })
    const screen = written.join('').split('\n').reduce<readonly string[]>(draw, [])
    expect(screen).toHaveLength(2)
    expect(screen.join('\n')).not.toContain('ServerHello')
  })
  it('counts retries with the same cause on one line, and begins another for another host', () => {
    const { put, written } = list(true)
    put('a', FAILED)
    put('b', FAILED)
    put('c', { ...FAILED, target: { host: 'sums.example', port: 443, address: null } })
    expect(written[1]?.startsWith(UP)).toBe(true)
    expect(written[1]).toContain('×2')
    expect(written[2]?.startsWith(UP)).toBe(false)
    expect(written[2]).toContain('sums.example')
  })
})

/** What a terminal shows after one more line; each erasure takes the line before. */
function draw(screen: readonly string[], line: string): readonly string[] {
  const erased = line.split(UP).length - 1
  const text = line.replaceAll(UP, '')
  const kept = screen.slice(0, screen.length - erased)
  return text === '' ? kept : [...kept, text]
}

describe('the live list as JSON', () => {
  it('is one object a line for every change', () => {
    const { put, written } = list(false, true)
    put('a', OPEN)
    put('a')
    expect(written.map((line) => JSON.parse(line).outcome)).toEqual(['open', 'passed'])
    for (const line of written) expect(line).toMatch(/^\{[^\n]*\}\n$/)
  })
  it('does not say an open row again that only has more exchanges', () => {
    const { put, written } = list(false, true)
    put('a', OPEN)
    put('a', OPEN)
    put('a', { ...OPEN, waitingFor: 'Finished' })
    put('a')
    put('a')
    expect(written.map((line) => JSON.parse(line).waitingFor)).toEqual(['ServerHello', 'Finished', null, null])
  })
})
