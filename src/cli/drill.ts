/** Which world a drill raises, and between which causes the user chooses: the same for the same seed. */
import { CAUSES } from '../diagnosis/causes/index.ts'
import type { LabCase } from '../lab/case.ts'
import { LAB_VARIANTS } from '../lab/cases/variants.ts'
import { CASES } from './lab-world.ts'

/** A cause to choose. */
export interface Choice {
  readonly id: string
  readonly meaning: string
}

export interface Drill {
  readonly labCase: LabCase
  /** The code of the cause. */
  readonly answer: string
  /** The right one among others, most of them of the same stage. */
  readonly choices: readonly Choice[]
}

const MOST_CHOICES = 6
/** go's own limit for TLS is 10 s; who drills waits no longer. */
const PATIENCE_MS = 15_000

/**
 * Choose a broken world that every go of today refuses, and the causes to choose from.
 * @param seed any whole number
 */
export function chooseDrill(seed: number): Drill {
  const next = numbersFrom(seed)
  const worlds = [...CASES, ...LAB_VARIANTS].filter(isFit)
  const labCase = worlds[Math.floor(next() * worlds.length)]
  if (labCase === undefined) throw new RangeError('the lab has no case for a drill')
  const answer = labCase.expect.cause
  const others = shuffle(
    CAUSES.filter(({ id }) => id !== answer && id !== 'alert-*'),
    next,
  )
  const near = others.filter(({ id }) => stageOf(id) === labCase.expect.stage)
  const far = others.filter((cause) => !near.includes(cause))
  const right = CAUSES.filter(({ id }) => id === answer)
  const choices = shuffle([...right, ...[...near, ...far].slice(0, MOST_CHOICES - right.length)], next)
  return { labCase, answer, choices: choices.map(({ id, meaning }) => ({ id, meaning })) }
}

function isFit({ needsNamespace, refusedSince, takesMs, expect }: LabCase): boolean {
  const isCause = CAUSES.some(({ id }) => id === expect.cause)
  return isCause && needsNamespace !== true && refusedSince === undefined && (takesMs ?? 0) <= PATIENCE_MS
}

function stageOf(id: string): string | null | undefined {
  return CASES.find((labCase) => labCase.id === id)?.expect.stage
}

/** Fisher and Yates. */
function shuffle<T>(items: readonly T[], next: () => number): readonly T[] {
  const left = [...items]
  const mixed: T[] = []
  while (left.length > 0) mixed.push(...left.splice(Math.floor(next() * left.length), 1))
  return mixed
}

/** Numbers from 0 up to 1, the same for the same seed (a linear congruential generator modulo 2^32, upper bits used). */
function numbersFrom(seed: number): () => number {
  let state = (Math.trunc(seed) * 2_654_435_761) % 2 ** 32
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
