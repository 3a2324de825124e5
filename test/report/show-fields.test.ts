import { describe, expect, it } from 'vitest'
import { fieldLines } from '../../src/report/show-fields.ts'
import { play, readVector } from '../handshake/playbook.ts'

const STYLE = { colour: false, unicode: true, columns: 100, plain: false }

describe('fieldLines', () => {
  const { transcript } = play(readVector('go-tls13-ok'), 'before')
  const serverHello = transcript.serverHellos.at(-1) ?? null

  it('names each field with its place, message by message', () => {
    const lines = fieldLines({ serverHello, alerts: [] }, transcript.messages, STYLE)
    expect(lines).toContain('  ClientHello  go -> server  1,526 bytes  (offset, bytes, field)')
    expect(lines).toContain('       4     +2  legacy_version: TLS 1.2 (771)')
    expect(lines.some((line) => line.endsWith('        host_name: modproxy.example.test'))).toBe(true)
    expect(lines.some((line) => line.includes('  cert_data: ') && line.includes(' bytes'))).toBe(true)
    expect(lines.filter((line) => [...line].length > 100)).toEqual([])
  })
  it('escapes what was captured', () => {
    const octets = Uint8Array.from([1, 0, 0, 51, 3, 3, ...Array(32).fill(0), 0, 0, 0, 0, 0, 11, 0, 0, 0, 7, 0, 5, 0, 0, 2, 27, 91])
    const message = {
      dir: 'client-to-server',
      type: 1,
      name: 'ClientHello',
      lengthBytes: 50,
      atMs: 0,
      recordOffset: 0,
      source: 'wire',
      octets,
    } as const
    const text = fieldLines({ serverHello: null, alerts: [] }, [message], STYLE).join('\n')
    expect(text).toContain('host_name: \\u001b[')
    expect(text).not.toContain('\u001b')
  })
  it('names the octets of alerts, and leaves out those of which only a length is known', () => {
    const alert = { sender: 'client', level: 'fatal', code: 42, name: 'bad_certificate', how: 'decrypted' } as const
    const guessed = { ...alert, level: null, code: null, name: 'unknown', how: 'inferred' } as const
    expect(fieldLines({ serverHello, alerts: [alert, guessed] }, [], STYLE)).toEqual([
      '',
      '  Alert  go -> server  2 bytes, decrypted  (offset, bytes, field)',
      '       0     +1  level: fatal (2)',
      '       1     +1  description: bad_certificate (42)',
    ])
  })
  it('leaves out messages whose octets are not known', () => {
    const [first] = transcript.messages
    const { octets: _octets, ...bare } = first ?? expect.fail('no message')
    expect(fieldLines({ serverHello, alerts: [] }, [bare], STYLE)).toEqual([])
  })
})
