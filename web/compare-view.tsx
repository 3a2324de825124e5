/** Two handshakes beside each other: the verdict first, then field by field. */
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { ComparedRow, ComparedSection, ComparedSide, Comparison } from '../src/contract/comparison.ts'
import type { HandshakeRow } from '../src/store/store.ts'
import { fetchComparison, RequestFailed } from './api.ts'
import { CommandBox } from './command-box.tsx'
import { CopyButton } from './copy-button.tsx'
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
  if (comparison === null) return <h1 class="page hint">Loading …</h1>
  if (comparison instanceof RequestFailed)
    return (
      <div class="page">
        <FailureNote failure={comparison} isAll />
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
          <Section key={section.title} section={section} showsEqual={showsEqual.value} sides={[comparison.a, comparison.b]} />
        ))}
      </table>
      <div class="bar">
        <label class="check">
          <input type="checkbox" checked={showsEqual.value} onChange={(event) => (showsEqual.value = event.currentTarget.checked)} />
          Show equal fields
        </label>
        <span class="grow" />
        <CopyButton text={composeMarkdown(comparison)} label="Copy as Markdown" what="Comparison" />
        <a class="btn" href={linkToHandshake(a)}>
          Back to #{a}
        </a>
      </div>
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

interface SectionProps {
  readonly section: ComparedSection
  readonly showsEqual: boolean
  readonly sides: readonly [ComparedSide, ComparedSide]
}

function Section({ section, showsEqual, sides: [a, b] }: SectionProps) {
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
          {row.differs ? (
            <>
              <td>
                <Marked text={row.a} beside={row.b} outcome={a.outcome} />
              </td>
              <td>
                <Marked text={row.b} beside={row.a} outcome={b.outcome} />
              </td>
            </>
          ) : (
            <td colSpan={2} class="dim">
              {row.a}
            </td>
          )}
        </tr>
      ))}
    </tbody>
  )
}

/** A value with the words marked that the other side does not have. */
function Marked({ text, beside, outcome }: { readonly text: string; readonly beside: string; readonly outcome: ComparedSide['outcome'] }) {
  const others = new Set(beside.split(/\s+/))
  const runs: { readonly isOwn: boolean; words: string }[] = []
  for (const word of text.split(/(?<=\s)/)) {
    const isOwn = !others.has(word.trim())
    const last = runs.at(-1)
    if (last?.isOwn === isOwn) last.words += word
    else runs.push({ isOwn, words: word })
  }
  return runs.map(({ isOwn, words }, at) =>
    isOwn ? (
      <mark key={`${at}${words}`} class={outcome}>
        {words}
      </mark>
    ) : (
      words
    ),
  )
}

/** The comparison as a table of GitHub's Markdown. */
function composeMarkdown({ title, lead, a, b, sections }: Comparison): string {
  const cell = (text: string): string => text.replace(/[|\\`<>*_[\]]/g, '\\$&').replace(/\s+/g, ' ')
  const line = (...cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`
  const rows = sections.flatMap((section) => section.rows.filter(({ differs }) => differs))
  return [
    `**${cell(title)}** ${cell(lead)}`,
    '',
    line('Field', `#${a.id} ${a.outcome}`, `#${b.id} ${b.outcome}`),
    '| --- | --- | --- |',
    ...rows.map((row) => line(row.field, row.a, row.b)),
  ].join('\n')
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
