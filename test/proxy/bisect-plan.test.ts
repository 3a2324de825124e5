import { describe, expect, it } from 'vitest'
import type { HelloTry } from '../../src/diagnosis/observation.ts'
import { HELLO_CHANGES, type HelloChange } from '../../src/handshake/hello-change.ts'
import { type GoEnd, MOST_TRIES, planNext } from '../../src/proxy/bisect-plan.ts'

const DIED: GoEnd = { how: 'died' }

interface World {
  /** Whether this change is answered at its nth try (from 0). */
  readonly passes: (change: HelloChange, nth: number) => boolean
  readonly go?: GoEnd
  readonly goTries?: number
  readonly cannot?: readonly HelloChange[]
  /** go's own hello was refused by all its tries, unless said. */
  readonly met?: HelloTry['met']
}

/** All tries of ours in the order in which they were planned, two at a time. */
function playOut({ passes, go = DIED, goTries = 1, cannot = [], met = 'rst' }: World): readonly HelloChange[] {
  const failed = (): HelloTry => ({ met, alert: null, afterMs: 5 })
  const tries = new Map<HelloChange, HelloTry[]>([['unchanged', Array.from({ length: goTries }, failed)]])
  const running: HelloChange[] = []
  const planned: HelloChange[] = []
  for (;;) {
    const next = planNext({
      go,
      running,
      begun: planned.length + goTries,
      canTry: (change) => !cannot.includes(change),
      triesOf: (change) => tries.get(change) ?? [],
    })
    if (next === 'done' || (next === 'wait' && running.length === 0)) return planned
    if (next !== 'wait') {
      planned.push(next)
      running.push(next)
    }
    const ended = next === 'wait' || running.length === 2 ? running.shift() : undefined
    if (ended === undefined) continue
    const known = tries.get(ended) ?? []
    const nth = known.length - (ended === 'unchanged' ? goTries : 0)
    tries.set(ended, [...known, passes(ended, nth) ? { met: 'server-hello', alert: null, afterMs: 5 } : failed()])
  }
}

function count(planned: readonly HelloChange[]): Readonly<Record<string, number>> {
  return Object.fromEntries(
    HELLO_CHANGES.map((change) => [change, planned.filter((one) => one === change).length]).filter(([, n]) => n !== 0),
  )
}

const small = (change: HelloChange) => change === 'no ML-KEM' || change.startsWith('TLS 1.2 only')
const nameless = (change: HelloChange) => change === 'another server name' || change === 'no server name'

describe('what is tried', () => {
  it('of a drop by size: three small ones against three whole ones, then three filled up, then steps', () => {
    expect(count(playOut({ passes: (change) => small(change) || change.endsWith('bytes') }))).toEqual({
      unchanged: 2,
      'no ML-KEM': 3,
      'no ML-KEM, padded': 3,
      'no ML-KEM, 1,448 bytes': 1,
      'no ML-KEM, 1,024 bytes': 1,
      'another server name': 1,
    })
  })

  it('of a refused name: four of another name, since nothing as long stands against it, and one without', () => {
    const expected = { unchanged: 3, 'no ML-KEM': 1, 'another server name': 4, 'no server name': 1, 'TLS 1.2 only': 1 }
    expect(count(playOut({ passes: nameless }))).toEqual(expected)
  })

  it('of a change that fails once: five against five', () => {
    const planned = count(playOut({ passes: (change, nth) => change === 'no ML-KEM' && nth !== 1 }))
    expect(planned).toMatchObject({ unchanged: 4, 'no ML-KEM': 5 })
  })

  it('of a refused version: three of TLS 1.2, and three as long as a hello of TLS 1.3', () => {
    const planned = count(playOut({ passes: (change) => change.startsWith('TLS 1.2 only') }))
    expect(planned).toMatchObject({ unchanged: 2, 'TLS 1.2 only': 3, 'TLS 1.2 only, padded': 3 })
  })

  it('of a server that answers nothing: each change once, and no more', () => {
    expect(count(playOut({ passes: () => false }))).toEqual({
      'no ML-KEM': 1,
      'another server name': 1,
      'TLS 1.2 only': 1,
      'no server name': 1,
      'no ALPN': 1,
      'split over two records': 1,
      'every cipher suite': 1,
    })
  })

  it('ends once the unchanged hello passes', () => {
    const planned = playOut({ passes: () => true })
    expect(planned.filter((change) => change === 'unchanged')).toHaveLength(1)
    expect(planned.length).toBeLessThanOrEqual(5)
  })

  it('counts what go tried itself', () => {
    expect(count(playOut({ passes: small, goTries: 3 }))).not.toHaveProperty('unchanged')
  })

  it('leaves out what cannot be changed', () => {
    const cannot: HelloChange[] = ['no ML-KEM', 'no ML-KEM, padded', 'another server name', 'no server name']
    expect(Object.keys(count(playOut({ passes: () => false, cannot })))).toEqual([
      'TLS 1.2 only',
      'no ALPN',
      'split over two records',
      'every cipher suite',
    ])
  })

  it('of a page in place of TLS is the name first, then what a box cannot read', () => {
    const asked = count(playOut({ passes: () => false, go: { how: 'not-tls' } }))
    expect(asked).toEqual({ 'another server name': 1, 'no server name': 1, 'no ML-KEM': 1, 'TLS 1.2 only': 1 })
  })

  it('of alert 120 is ALPN alone, of alert 112 the name alone', () => {
    expect(Object.keys(count(playOut({ passes: () => false, go: { how: 'alert', code: 120 } })))).toEqual(['no ALPN', 'ALPN http/1.1 only'])
    expect(Object.keys(count(playOut({ passes: () => false, go: { how: 'alert', code: 112 } })))).toEqual([
      'another server name',
      'no server name',
    ])
  })

  it('of an alert that a server without anything in common sends: every suite, then every group', () => {
    const asked = (passes: World['passes']) => count(playOut({ passes, go: { how: 'alert', code: 40 } }))
    expect(asked((change) => change === 'every cipher suite')).toMatchObject({ unchanged: 2, 'every cipher suite': 3 })
    expect(asked((change) => change === 'every group')).toMatchObject({ unchanged: 2, 'every group': 3 })
    expect(asked(() => false)).not.toHaveProperty('split over two records')
  })

  it('while go still waits is smaller than what go sent, until one is answered', () => {
    const whole: HelloChange[] = ['unchanged', 'another server name', 'split over two records', 'no ML-KEM, padded']
    const silent = playOut({ passes: () => false, go: { how: 'open' } })
    expect(silent.filter((change) => whole.includes(change))).toEqual([])
    expect(count(playOut({ passes: small, go: { how: 'open' } }))).toMatchObject({ 'no ML-KEM': 3, unchanged: 2 })
  })

  it('gives up a host that cannot be reached', () => {
    expect(playOut({ passes: () => false, met: 'dial-failure', goTries: 0 }).length).toBeLessThanOrEqual(3)
  })
})

it('never takes more than twelve tries, whatever happens', () => {
  const worlds = Array.from({ length: 3_000 }, (_, seed): World => {
    const isYes = (change: HelloChange, nth: number) =>
      ((seed * 2_654_435_761 + HELLO_CHANGES.indexOf(change) * 40_503 + nth * 97) >>> 7) % 3 > 0
    const ends: readonly GoEnd[] = [DIED, { how: 'open' }, { how: 'not-tls' }, { how: 'alert', code: 40 }]
    return { passes: isYes, goTries: seed % 4, go: ends[seed % 4] ?? DIED }
  })
  for (const world of worlds) expect(playOut(world).length + (world.goTries ?? 0)).toBeLessThanOrEqual(MOST_TRIES)
})
