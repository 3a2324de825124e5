/** What a cause is and what it hands out. One cause = one file in `causes/`; `causes/index.ts` holds them in order of priority. */
import type { AlsoPossible, EvidenceLine, Fix } from '../contract/diagnosis.ts'
import type { Confidence, Fault, Leg, Stage } from '../contract/terms.ts'
import type { Observation } from './observation.ts'

/** Where a failure was met, found by `detect` beside its typed evidence. */
export interface Found<E> {
  readonly evidence: E
  readonly leg: Leg
  readonly stage: Stage
  readonly confidence: Confidence
}

/** The English of a cause, made last, from evidence alone. */
export interface Explanation {
  readonly title: string
  readonly why: string
  readonly evidence: readonly EvidenceLine[]
  readonly fixes: readonly Fix[]
  readonly willNotHelp?: readonly { readonly setting: string; readonly because: string }[]
  readonly alsoPossible?: readonly AlsoPossible[]
  readonly alsoTrue?: readonly string[]
  readonly notChecked?: readonly string[]
  /** The most that go's own words may raise the confidence to, where they cannot tell this cause from another; absent = certain. */
  readonly limit?: Confidence
}

export interface CauseDefinition<Id extends string, E> {
  readonly id: Id
  /** One sentence: the taxonomy's meaning. */
  readonly meaning: string
  readonly fault: Fault
  /** Pure and without text; undefined = this cause is not shown by what was seen. */
  readonly detect: (seen: Observation) => Found<E> | undefined
  /** Byte for byte what go prints after the URL, undefined where it varies. */
  readonly goText: (evidence: E, seen: Observation) => string | undefined
  readonly explain: (evidence: E, seen: Observation) => Explanation
  /** The member of a family of codes (`alert-*`) that was found; absent for all other causes. */
  readonly member?: (evidence: E) => FamilyMember
}

/** A code of the one family that the taxonomy has. */
export type FamilyMember = `alert-${string}`

/** A cause that examined an observation and found itself. */
export interface Finding<Id extends string = string> {
  /** The cause's id, or the member of the family `alert-*`. */
  readonly cause: Id | FamilyMember
  readonly leg: Leg
  readonly stage: Stage
  readonly fault: Fault
  readonly confidence: Confidence
  /** Predicted text; the witness's own words win where there are any. */
  readonly goText: string | undefined
  readonly explanation: Explanation
  /** Typed evidence as plain JSON, kept beside the text in the store. */
  readonly facts: unknown
}

export interface Cause<Id extends string = string> {
  readonly id: Id
  readonly meaning: string
  readonly fault: Fault
  readonly examine: (seen: Observation) => Finding<Id> | undefined
}

/** Wrap a definition so that its evidence type stays inside and all causes have one shape. */
export function defineCause<const Id extends string, E>(definition: CauseDefinition<Id, E>): Cause<Id> {
  return {
    id: definition.id,
    meaning: definition.meaning,
    fault: definition.fault,
    examine(seen) {
      const found = definition.detect(seen)
      if (found === undefined) return undefined
      return {
        cause: definition.member?.(found.evidence) ?? definition.id,
        leg: found.leg,
        stage: found.stage,
        fault: definition.fault,
        confidence: found.confidence,
        goText: definition.goText(found.evidence, seen),
        explanation: definition.explain(found.evidence, seen),
        facts: found.evidence,
      }
    },
  }
}
