import type { Outcome } from './terms.ts'

/** Two handshakes beside each other, field by field, with what the differences mean: `whytls diff A B`, the page's compare view. */
export interface Comparison {
  /** The verdict: how many inputs differ, and which one matters where that was shown. */
  readonly title: string
  /** One or two sentences: what is alike, and how the verdict was found or can be found. */
  readonly lead: string
  readonly a: ComparedSide
  readonly b: ComparedSide
  readonly sections: readonly ComparedSection[]
  /** The command that finds out which input matters; null where that is known, or where nothing failed. */
  readonly command: string | null
}

export interface ComparedSide {
  readonly id: number
  readonly outcome: Outcome
  readonly startedAt: string
}

export interface ComparedSection {
  readonly title: string
  readonly rows: readonly ComparedRow[]
}

export interface ComparedRow {
  readonly field: string
  readonly a: string
  readonly b: string
  readonly differs: boolean
  /** Something that the client's side chose, as opposed to what came back. */
  readonly isInput: boolean
  /** It was shown that this one decides between passing and failing. */
  readonly matters: boolean
}
