/** Two handshakes beside each other: the verdict first, then field by field. */
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { ComparedRow, ComparedSection, ComparedSide, Comparison } from '../src/contract/comparison.ts'
import type { HandshakeRow } from '../src/store/store.ts'
import { fetchComparison, RequestFailed } from './api.ts'
import { CommandBox } from './command-box.tsx'
import { FailureNote } from './failure-note.tsx'
import { StatusMark } from './list-row.tsx'
import { linkToHandshake } from './router.ts'
import { newestFirst } from './rows.ts'
import { exactTime } from './time-words.ts'

export function CompareView({ a, b }: { readonly a: number; readonly b: number }) {
  const found = useSignal<Comparison | RequestFailed | null>(null)
  const showsEqual = useSignal(true)
  useEffect(() => {
    found.value = null
    fetchComparison(a, b).then(
      (comparison) => {
        found.value = comparison
      },
      (failure: unknown) => {
        if (!(failure instanceof RequestFailed)) throw failure
        found.value = failure
      },
    )
  }, [a, b])
  const comparison = found.value
  if (comparison === null) return <p class="page hint">Loading …</p>
  if (comparison instanceof RequestFailed)
    return (
      <div class="page">
        <FailureNote failure={comparison} />
      </div>
    )
  return (
    <section class="page compare" aria-label={`Handshakes ${a} and ${b}`} data-testid="compare">
      <h1>{comparison.title}</h1>
      <p class="lead">{comparison.lead}</p>
      {comparison.command !== null && <CommandBox commands={[comparison.command]} what="Command" />}
      <table class="compared">
        <thead>
          <tr>
            <th>Field</th>
            <Side side={comparison.a} />
            <Side side={comparison.b} />
          </tr>
        </thead>
        {comparison.sections.map((section) => (
          <Section key={section.title} section={section} showsEqual={showsEqual.value} />
        ))}
      </table>
      <label>
        <input type="checkbox" checked={showsEqual.value} onChange={(event) => (showsEqual.value = event.currentTarget.checked)} /> Show
        equal fields
      </label>
    </section>
  )
}

function Side({ side }: { readonly side: ComparedSide }) {
  return (
    <th>
      <StatusMark outcome={side.outcome} /> <a href={linkToHandshake(side.id)}>#{side.id}</a>, {exactTime(side.startedAt)}
    </th>
  )
}

function Section({ section, showsEqual }: { readonly section: ComparedSection; readonly showsEqual: boolean }) {
  const rows = section.rows.filter(({ differs }) => differs || showsEqual)
  if (rows.length === 0) return null
  return (
    <tbody>
      <tr class="part">
        <th colSpan={3} scope="rowgroup">
          {section.title}
        </th>
      </tr>
      {rows.map((row) => (
        <tr key={row.field} class={lookOf(row)}>
          <th scope="row">
            {row.field}
            {row.differs && <span class="sr"> differs</span>}
          </th>
          <td>{row.a}</td>
          <td>{row.b}</td>
        </tr>
      ))}
    </tbody>
  )
}

function lookOf({ differs, isInput, matters }: ComparedRow): string {
  if (matters) return 'differs hot'
  return differs && isInput ? 'differs' : ''
}

/** The nearest passing handshake to the same host: same route first, then the same run, then the newest. */
export function nearestPassing(of: HandshakeRow): HandshakeRow | undefined {
  const passing = newestFirst.value.filter(
    (row) => row.outcome === 'passed' && row.host === of.host && row.port === of.port && row.id !== of.id,
  )
  const closeness = (row: HandshakeRow) =>
    Number(row.route === of.route) * 4 + Number(row.runId === of.runId) * 2 + Number(row.probeOf === null)
  return [...passing].sort((x, y) => closeness(y) - closeness(x))[0]
}
