/** Octets behind the gate come in order, once, and only when they may. */
import { describe, expect, it } from 'vitest'
import { makeServerGate } from '../../src/proxy/intercept/server-gate.ts'
import type { ReadBuffer } from '../../src/proxy/read-buffer.ts'

function setUp(onTold: (open: () => void) => void = () => undefined) {
  const seen = { passed: '', resumed: 0, first: null as boolean | null }
  let push: (octets: Buffer) => boolean = () => expect.fail('nobody reads')
  const below: ReadBuffer = {
    onread: { buffer: Buffer.alloc(0), callback: () => true },
    attach(consume) {
      push = consume
    },
  }
  const gate = makeServerGate(below, () => {
    seen.resumed += 1
  })
  gate.buffer.attach((octets) => {
    seen.passed += octets.toString('hex')
    return true
  })
  gate.hold((isServerHello) => {
    seen.first = isServerHello
    onTold(() => gate.open())
  })
  return { seen, gate, push: (hex: string) => push(Buffer.from(hex, 'hex')) }
}

describe('a server gate', () => {
  it('holds a ServerHello back, however it is cut, and reads no further', () => {
    const { seen, push } = setUp()
    expect([push('16'), push('0303'), push('007a02')]).toEqual([true, true, false])
    expect(seen).toEqual({ passed: '', resumed: 0, first: true })
  })

  it('lets what was held pass in order when it opens, and reads on', () => {
    const { seen, push, gate } = setUp()
    push('160303007a02')
    gate.open()
    push('ffff')
    expect(seen).toEqual({ passed: '160303007a02ffff', resumed: 1, first: true })
  })

  it('reads on where whoever is told opens it at once', () => {
    const { seen, push } = setUp((open) => open())
    expect(push('160303007a02')).toBe(true)
    expect(seen).toMatchObject({ passed: '160303007a02', resumed: 1 })
  })

  it.each(['15030300020228', '485454502f312e31', '16030300280b'])('lets %s pass at once', (hex) => {
    const { seen, push } = setUp()
    expect(push(hex)).toBe(true)
    expect(seen).toEqual({ passed: hex, resumed: 1, first: false })
  })
})
