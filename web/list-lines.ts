/** The lines of a list, laid out without an object for each: only the lines that are drawn are made. */
import type { Run } from '../src/contract/document.ts'
import type { HandshakeRow } from '../src/store/store.ts'
import { countCauses } from './count-causes.ts'

/** Rows that stand together, under a head where the list is grouped. */
export interface Section {
  readonly head: GroupHead | null
  /** All its rows, newest first. */
  readonly rows: readonly HandshakeRow[]
  /** The rows that have a line; [] while the group is closed. */
  readonly leads: readonly HandshakeRow[]
  /** Ids of the attempts that a row stands for, newest first, by its id; absent where it stands for itself alone. */
  readonly attempts: ReadonlyMap<number, readonly number[]>
}

export interface GroupHead {
  readonly key: string
  readonly run: Run | null
  /** The host when grouped by host, null otherwise. */
  readonly host: string | null
  readonly isOpen: boolean
}

export interface ListedGroup extends GroupHead {
  readonly kind: 'group'
  readonly rows: number
  readonly failed: number
  /** Distinct causes of its failed rows. */
  readonly causes: readonly string[]
}

export interface ListedRow {
  readonly kind: 'row'
  readonly key: string
  readonly row: HandshakeRow
  /** Ids of the attempts of the same run, host and cause that this row stands for, newest first. */
  readonly attempts: readonly number[]
}

export type ListItem = ListedGroup | ListedRow

/** Lines by their position, from 0. */
export class ListLines {
  readonly length: number
  readonly #sections: readonly Section[]
  /** Position of the first line of each section. */
  readonly #tops: readonly number[]
  readonly #groups = new Map<number, ListedGroup>()

  constructor(sections: readonly Section[]) {
    const tops: number[] = []
    let length = 0
    for (const { head, leads } of sections) {
      tops.push(length)
      length += leads.length + (head === null ? 0 : 1)
    }
    this.length = length
    this.#sections = sections
    this.#tops = tops
  }

  /** The line at a position. */
  at(position: number): ListItem | undefined {
    const found = this.#sectionAt(position)
    const section = this.#sections[found]
    if (section === undefined) return undefined
    const { head, leads, attempts } = section
    const line = position - (this.#tops[found] ?? 0) - (head === null ? 0 : 1)
    if (line < 0) return this.#groupAt(found, section)
    const row = leads[line]
    return row && { kind: 'row', key: `h${row.id}`, row, attempts: attempts.get(row.id) ?? [row.id] }
  }

  /** Position of the line that shows this handshake, itself or as an attempt; -1 where none does. */
  placeOf(id: number): number {
    return this.#find(({ leads, attempts }) => {
      const at = leads.findIndex((row) => row.id === id)
      if (at >= 0 || attempts.size === 0) return at
      return leads.findIndex((row) => attempts.get(row.id)?.includes(id))
    })
  }

  /** Position of the line with this key, -1 where none has it. */
  placeOfKey(key: string): number {
    const group = this.#sections.findIndex(({ head }) => head?.key === key)
    if (group >= 0) return this.#tops[group] ?? -1
    const id = /^h\d+$/.test(key) ? Number(key.slice(1)) : -1
    return this.#find(({ leads }) => leads.findIndex((row) => row.id === id))
  }

  /** The greatest id of a line. */
  newestId(): number {
    let most = 0
    for (const { leads } of this.#sections) for (const { id } of leads) most = Math.max(most, id)
    return most
  }

  /** How many lines have a greater id. */
  countNewer(newestId: number): number {
    let newer = 0
    for (const { leads } of this.#sections) for (const { id } of leads) if (id > newestId) newer++
    return newer
  }

  *[Symbol.iterator](): Generator<ListItem> {
    for (let position = 0; position < this.length; position++) {
      const item = this.at(position)
      if (item !== undefined) yield item
    }
  }

  /** Counted when first drawn. */
  #groupAt(found: number, { head, rows }: Section): ListedGroup | undefined {
    const known = this.#groups.get(found)
    if (known !== undefined || head === null) return known
    const failed = rows.filter((row) => row.outcome === 'failed').length
    const group = { kind: 'group', ...head, rows: rows.length, failed, causes: countCauses(rows).map(([cause]) => cause) } as const
    this.#groups.set(found, group)
    return group
  }

  #sectionAt(position: number): number {
    if (position < 0 || position >= this.length) return -1
    let low = 0
    let high = this.#tops.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((this.#tops[middle] ?? 0) <= position) low = middle
      else high = middle - 1
    }
    return low
  }

  #find(findIn: (section: Section) => number): number {
    for (const [at, section] of this.#sections.entries()) {
      const line = findIn(section)
      if (line >= 0) return (this.#tops[at] ?? 0) + line + (section.head === null ? 0 : 1)
    }
    return -1
  }
}
