import { describe, expect, it } from 'vitest'
import { layAlert, layMessageFields } from '../../web/message-fields.ts'
import { sampleHandshake } from './samples.ts'

const octets = (hex: string): Uint8Array => Uint8Array.from(hex.replaceAll(' ', '').match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))

describe('layMessageFields', () => {
  const handshake = sampleHandshake()
  const suite = handshake.serverHello?.cipherSuite ?? expect.fail('the sample has no ServerHello')
  const hello = octets(`02000026 0303 ${'cd'.repeat(32)} 00 ${suite.id.toString(16).padStart(4, '0')} 00`)

  it('names numbers as the parsed hellos do', () => {
    const fields = layMessageFields(hello, { type: 2, name: 'ServerHello' }, handshake)
    expect(fields.find(({ name }) => name === 'cipher_suite')?.text).toBe(`${suite.name} (${suite.id})`)
    expect(fields[0]?.text).toBe('ServerHello (2)')
  })
  it('shows plain numbers where nothing was parsed', () => {
    const fields = layMessageFields(hello, { type: 2, name: 'ServerHello' }, { clientHello: null, serverHello: null })
    expect(fields.find(({ name }) => name === 'cipher_suite')?.text).toBe(String(suite.id))
    expect(fields.reduce((at, field) => (field.offset === at ? at + field.length : -1), 0)).toBe(hello.length)
  })
})

describe('layAlert', () => {
  it('shows both octets by name, and nothing where only a length was seen', () => {
    const laid = layAlert({ level: 'fatal', code: 40, name: 'handshake_failure', how: 'clear' }) ?? expect.fail('no octets')
    expect([...laid.octets]).toEqual([2, 40])
    expect(laid.fields.map(({ name, text }) => `${name}: ${text}`)).toEqual(['level: fatal (2)', 'description: handshake_failure (40)'])
    expect(layAlert({ level: null, code: null, name: 'unknown', how: 'inferred' })).toBeNull()
  })
})
