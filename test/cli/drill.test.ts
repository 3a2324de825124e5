import { describe, expect, it } from 'vitest'
import { chooseDrill } from '../../src/cli/drill.ts'
import { CAUSES } from '../../src/diagnosis/causes/index.ts'

const SEEDS = Array.from({ length: 200 }, (_, index) => index + 1)

describe('a drill', () => {
  it('is the same for the same seed', () => {
    for (const seed of SEEDS.slice(0, 20)) expect(chooseDrill(seed)).toEqual(chooseDrill(seed))
  })
  it('offers six different causes, the right one among them', () => {
    for (const seed of SEEDS) {
      const { answer, choices } = chooseDrill(seed)
      expect(new Set(choices.map(({ id }) => id)).size).toBe(6)
      expect(choices.map(({ id }) => id)).toContain(answer)
    }
  })
  it('puts the right one at every place', () => {
    const places = new Set(
      SEEDS.map((seed) => chooseDrill(seed)).map(({ answer, choices }) => choices.findIndex(({ id }) => id === answer)),
    )
    expect([...places].sort()).toEqual([0, 1, 2, 3, 4, 5])
  })
  it('reaches most of what can be raised anywhere', () => {
    const reached = new Set(SEEDS.map((seed) => chooseDrill(seed).answer))
    expect(reached.size).toBeGreaterThan(CAUSES.length / 2)
  })
})
