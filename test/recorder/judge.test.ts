import { describe, expect, it } from 'vitest'
import { type Connection, openConnection } from '../../src/recorder/connection.ts'
import { describeChain, type JudgeInput, judgeChain, presentedChain } from '../../src/recorder/judge.ts'
import { transcript } from '../diagnosis/observation-builders.ts'
import { EXPIRED, ISSUING, LEAF, probed, ROOT, rootsWith, startOf } from './session.ts'

function connection(more: Partial<Connection>): Connection {
  return Object.assign(openConnection(startOf('c1'), null), more)
}

const input = (more: Partial<JudgeInput> = {}): JudgeInput => ({
  roots: rootsWith(ROOT),
  goVersion: '1.26.8',
  godebug: '',
  timeZoneOffsetMinutes: 0,
  knownIntermediates: () => [],
  ...more,
})

const onTheWire = (...chain: readonly { readonly der: Buffer }[]) =>
  connection({ transcript: transcript({ chain: chain.map(({ der }) => der), chainSource: 'wire' }) })

describe('the presented chain', () => {
  it('is the wire’s own before the probe’s', () => {
    const both = connection({ transcript: transcript({ chain: [LEAF.der], chainSource: 'wire' }), probe: probed(EXPIRED) })
    expect(presentedChain(both)).toEqual({ source: 'wire', chain: [LEAF.der] })
  })
  it('is the probe’s where the wire hides it, and none where nobody saw one', () => {
    expect(presentedChain(connection({ transcript: transcript(), probe: probed(LEAF) }))?.source).toBe('probe')
    expect(presentedChain(connection({ transcript: transcript() }))).toBeNull()
    expect(judgeChain(connection({}), input())).toBeNull()
  })
})

describe('the verdict', () => {
  it('is go’s at the time of the connection, for its host, with the client’s roots', () => {
    expect(judgeChain(onTheWire(LEAF, ISSUING), input())?.verdict).toMatchObject({ ok: true, goText: '' })
    expect(judgeChain(onTheWire(EXPIRED, ISSUING), input())?.verdict.defects[0]?.code).toBe('cert-expired')
    expect(judgeChain(onTheWire(LEAF, ISSUING), input({ roots: rootsWith(EXPIRED) }))?.verdict.ok).toBe(false)
  })
  it('has the client’s time zone in its text', () => {
    const text = judgeChain(onTheWire(EXPIRED, ISSUING), input({ timeZoneOffsetMinutes: 60 }))?.verdict.goText
    expect(text).toContain('current time 2026-11-22T14:44:02+01:00 is after 2026-11-19T00:00:00Z')
  })
  it('names the known intermediate that completes the chain, and still refuses as go does', () => {
    const asked: (readonly Uint8Array[])[] = []
    const judged = judgeChain(
      onTheWire(LEAF),
      input({
        knownIntermediates: (presented) => {
          asked.push(presented)
          return [ISSUING.der]
        },
      }),
    )
    expect(asked).toEqual([[LEAF.der]])
    expect(judged?.verdict).toMatchObject({ ok: false, completedBy: [expect.stringMatching(/^[0-9a-f]{64}$/)] })
  })
  it('finds an intermediate in the files of this machine, and then asks no further whose root is missing', () => {
    const names: string[] = []
    const roots = {
      ...rootsWith(ROOT),
      intermediatesHere: (name: Uint8Array) => {
        names.push(Buffer.from(name).toString('latin1'))
        return [ISSUING.der]
      },
      othersWith: () => expect.fail('asked'),
    }
    const judged = judgeChain(onTheWire(LEAF), input({ roots }))
    expect(names[0]).toContain('Lab Issuing CA')
    expect(judged).toMatchObject({ missing: [ISSUING.der], heldBy: [], verdict: { ok: false } })
    expect(
      judgeChain(onTheWire(LEAF), input({ roots: { ...rootsWith(EXPIRED), intermediatesHere: () => [ISSUING.der] } }))?.missing,
    ).toBeUndefined()
  })
  it('says why no roots could be loaded, in go’s words', () => {
    const roots = { ...rootsWith(), systemRootsError: 'open /no/roots.pem: permission denied' }
    expect(judgeChain(onTheWire(LEAF), input({ roots }))?.verdict.goText).toContain('permission denied')
  })
})

describe('the chain in the contract', () => {
  it('says where it was seen and whether go saw the same', () => {
    const hidden = connection({ transcript: transcript(), probe: { ...probed(LEAF, ISSUING), sameAsGoSaw: false } })
    expect(describeChain(hidden, '1.26.8')).toMatchObject({ source: 'probe', sameAsGoSaw: false, verified: null })
    expect(describeChain(onTheWire(LEAF), '1.26.8')).toMatchObject({ source: 'wire', sameAsGoSaw: true })
    expect(describeChain(connection({}), '1.26.8')).toBeNull()
  })
  it('has the verdict by minor version, with whose roots and at what time', () => {
    const seen = onTheWire(EXPIRED, ISSUING)
    const roots = rootsWith(ROOT)
    Object.assign(seen, { judged: judgeChain(seen, input({ roots })), roots: roots.facts })
    expect(describeChain(seen, '1.26.8')?.verified).toEqual({
      ok: false,
      goText: expect.stringContaining('certificate has expired'),
      byGoVersion: expect.objectContaining({ '1.26': expect.stringContaining('certificate has expired') }),
      roots: '1 root of its own environment',
      at: '2026-11-22T13:44:02.000Z',
    })
  })
})
