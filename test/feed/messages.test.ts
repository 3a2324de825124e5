import { describe, expect, it } from 'vitest'
import { listMessages } from '../../src/feed/messages.ts'

describe('listMessages', () => {
  it('lists both octets of an alert by name, and leaves out one of which only a length was seen', () => {
    const seen = { sender: 'server', level: 'fatal', code: 40, name: 'handshake_failure', how: 'clear' } as const
    const guessed = { sender: 'client', level: null, code: null, name: 'unknown', how: 'inferred' } as const
    const { messages, alerts } = listMessages({ serverHello: null, alerts: [seen, guessed] }, [])
    expect(messages).toEqual([])
    expect(alerts).toMatchObject([{ sender: 'server', octets: Buffer.from([2, 40]).toString('base64') }])
    expect(alerts[0]?.fields.map(({ name, text }) => `${name}: ${text}`)).toEqual([
      'level: fatal (2)',
      'description: handshake_failure (40)',
    ])
  })
})
