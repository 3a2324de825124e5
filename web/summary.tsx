/** The first line: how many runs failed and why the latest did, counts, and a chip per cause. */
import { computed } from '@preact/signals'
import { countCauses } from './count-causes.ts'
import { countedRows } from './listed.ts'
import { goTo, linkToHandshake, route } from './router.ts'
import { edge, newestFirst, newestRuns, total } from './rows.ts'
import { count, counted, took } from './time-words.ts'
import { causeWords } from './words.ts'

const MOST_CHIPS = 6

const tally = computed(() => {
  const rows = countedRows.value
  const times: number[] = []
  const hosts = new Set<string>()
  const counts = { failed: 0, passed: 0, open: 0 }
  for (const { outcome, durationMs, host } of rows) {
    hosts.add(host)
    if (outcome === 'failed') counts.failed++
    if (outcome === 'open') counts.open++
    if (outcome !== 'passed') continue
    counts.passed++
    if (durationMs !== null) times.push(durationMs)
  }
  return {
    ...counts,
    hosts: hosts.size,
    medianMs: Float64Array.from(times).sort()[Math.floor(times.length / 2)] ?? null,
    causes: countCauses(rows),
    latest: rows.find((row) => row.outcome === 'failed' && row.cause !== null) ?? rows.find((row) => row.outcome === 'failed'),
  }
})

export function Summary() {
  const { failed, passed, hosts, medianMs } = tally.value
  return (
    <section class="summary" aria-label="Summary">
      <Headline />
      <dl class="tally">
        <Figure of={count(failed)} noun="failed" look={failed > 0 ? 'bad' : ''} />
        <Figure of={count(passed)} noun="passed" look={passed > 0 ? 'good' : ''} />
        <Figure of={count(hosts)} noun={hosts === 1 ? 'host' : 'hosts'} look="" />
        <Figure of={took(medianMs)} noun="median" look="hide-narrow" />
      </dl>
      <Chips />
      {edge.value !== 'all' && edge.value !== null && (
        <p class="hint" data-testid="counted">
          Counted: the newest {count(newestFirst.value.length)} of {count(total.value)} handshakes. A filter searches all of them.
        </p>
      )}
    </section>
  )
}

function Figure({ of, noun, look }: { readonly of: string; readonly noun: string; readonly look: string }) {
  return (
    <div class={look}>
      <dt>{noun}</dt>
      <dd>{of}</dd>
    </div>
  )
}

function Headline() {
  const { latest, failed, passed, open } = tally.value
  const runs = newestRuns.value
  const failedRuns = runs.filter((run) => run.exitCode !== 0 && run.exitCode !== null).length
  if (latest === undefined) {
    return (
      <div>
        <h1>
          <span class="good">✓</span> Nothing failed
          {runs.length > 0 ? ` in ${runs.length === 1 ? 'the one run' : `${runs.length} runs`}` : ''}
          {open > 0 && ' so far'}.
        </h1>
        <p class="command-line">
          {counted(passed, 'handshake')} passed{open > 0 && `, ${count(open)} under way`}.
        </p>
      </div>
    )
  }
  const scope =
    failedRuns > 0
      ? `${failedRuns} of ${runs.length} ${runs.length === 1 ? 'run' : 'runs'} failed`
      : `${count(failed)} of ${count(countedRows.value.length)} handshakes failed`
  const why = latest.title ?? (latest.cause === null ? 'cause not known yet' : causeWords(latest.cause))
  return (
    <div>
      <h1>
        <span class="bad">✕</span> {scope}. Latest: {/[.!?]$/.test(why) ? why : `${why}.`}
      </h1>
      <p class="command-line">
        <RunLine runId={latest.runId} /> <a href={linkToHandshake(latest.id, null, 'fix')}>See the fix</a>
      </p>
    </div>
  )
}

function RunLine({ runId }: { readonly runId: number | null }) {
  const run = newestRuns.value.find((each) => each.id === runId)
  if (run === undefined) return null
  const end = run.exitCode === null ? 'running' : `exit ${run.exitCode} after ${took(run.durationMs)}`
  return (
    <>
      run {run.id}, {run.argv.join(' ')}, {end}.
    </>
  )
}

function Chips() {
  const { failed, causes } = tally.value
  const { q } = route.value
  const shown = causes.slice(0, MOST_CHIPS)
  const others = causes.slice(MOST_CHIPS)
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset has a border and a layout of its own
    <div class="chips" role="group" aria-label="Filter by cause">
      <Chip q="" label="All" now={q} />
      {failed > 0 && <Chip q="status:failed" label="✕ Failed" many={failed} now={q} />}
      {shown.map(([cause, many]) => (
        <Chip key={cause} q={`cause:${cause}`} label={causeWords(cause)} many={many} now={q} />
      ))}
      {others.length > 0 && (
        <Chip
          q={`status:failed ${shown.map(([cause]) => `-cause:${cause}`).join(' ')}`}
          label={`${counted(others.length, 'other cause')}`}
          many={others.reduce((sum, [, many]) => sum + many, 0)}
          now={q}
        />
      )}
    </div>
  )
}

interface ChipProps {
  readonly q: string
  readonly label: string
  readonly many?: number
  readonly now: string
}

function Chip({ q, label, many, now }: ChipProps) {
  return (
    <button type="button" class="chip" aria-pressed={now.trim() === q} onClick={() => goTo({ view: 'list', q }, true)}>
      {label}
      {many !== undefined && <b>{count(many)}</b>}
    </button>
  )
}
