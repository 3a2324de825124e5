/** What changed copies of go's own ClientHello met; the change that passes where go's own does not is marked. */
import type { Trial } from '../src/contract/handshake.ts'
import { firstThatHelps, nameChange, nameEnd } from '../src/report/trial-words.ts'
import { counted, took } from './time-words.ts'

export function TrialsCard({ trials }: { readonly trials: readonly Trial[] }) {
  if (trials.length === 0) return null
  const helps = firstThatHelps(trials)
  const tries = trials.reduce((sum, { results }) => sum + results.length, 0)
  return (
    <section class="card trials" id="trials" aria-labelledby="trials-title" data-testid="trials">
      <div class="bar">
        <h2 class="h4" id="trials-title">
          Bisect: which ClientHello is answered?
        </h2>
        <span class="grow" />
        <span class="hint">{tries === 1 ? '1 try' : `${tries} tries`}, by the route that go takes</span>
      </div>
      <table>
        <thead>
          <tr>
            <th>ClientHello</th>
            <th class="num">Size</th>
            <th>Tries</th>
            <th>Met</th>
            <th class="num">After</th>
          </tr>
        </thead>
        <tbody>
          {trials.map((trial) => (
            <TrialRow key={trial.change} trial={trial} isFirst={trial === helps} />
          ))}
        </tbody>
      </table>
    </section>
  )
}

function TrialRow({ trial, isFirst }: { readonly trial: Trial; readonly isFirst: boolean }) {
  const passed = trial.results.filter((result) => result === 'passed').length
  const isFine = passed === trial.results.length
  const met = (trial.met ?? '').split(', ').map(nameEnd).join(', ')
  return (
    <tr class={isFirst ? 'pick' : ''} data-testid={isFirst ? 'trial-helps' : 'trial'}>
      <th scope="row">
        {nameChange(trial.change)}
        {isFirst && <span class="badge ok">✓ first change that works</span>}
      </th>
      <td class="num">{counted(trial.wireBytes, 'byte')}</td>
      <td class={isFine ? 'good' : passed === 0 ? 'bad' : ''}>
        {isFine ? '✓' : '✕'} {passed} of {trial.results.length} passed
      </td>
      <td>{met}</td>
      <td class="num">{trial.medianMs === null ? '–' : took(trial.medianMs)}</td>
    </tr>
  )
}
