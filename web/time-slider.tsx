/** What go would say of the same chain at another moment: asked of whytls, whose verifier has go's rules and the roots. */
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { LaterVerdict } from '../src/feed/protocol.ts'
import { fetchVerdict, RequestFailed } from './api.ts'
import type { Axis } from './certificate-chain.ts'

interface SliderProps {
  readonly id: number
  readonly axis: Axis
  readonly chosen: number
  readonly onChoose: (ms: number) => void
}

const STEP_MS = 3_600_000
/** A slider that is dragged asks only where it rests. */
const REST_MS = 80

export function TimeSlider({ id, axis, chosen, onChoose }: SliderProps) {
  const found = useSignal<LaterVerdict | RequestFailed | null>(null)
  useEffect(() => {
    let isOld = false
    const timer = setTimeout(() => {
      fetchVerdict(id, new Date(chosen).toISOString()).then(
        (verdict) => {
          if (!isOld) found.value = verdict
        },
        (failure: unknown) => {
          if (!(failure instanceof RequestFailed)) throw failure
          if (!isOld) found.value = failure
        },
      )
    }, REST_MS)
    return () => {
      isOld = true
      clearTimeout(timer)
    }
  }, [id, chosen])
  return (
    <div class="later" data-testid="time-slider">
      <label for="later">Time at which the chain is judged</label>
      <input
        id="later"
        type="range"
        min={axis.fromMs}
        max={axis.toMs}
        step={STEP_MS}
        value={chosen}
        aria-valuetext={new Date(chosen).toISOString().slice(0, 16)}
        onInput={(event) => onChoose(Number(event.currentTarget.value))}
      />
      <output for="later">
        <b>{new Date(chosen).toISOString().slice(0, 16).replace('T', ' ')} UTC</b>: <Answer found={found.value} />
      </output>
    </div>
  )
}

function Answer({ found }: { readonly found: LaterVerdict | RequestFailed | null }) {
  if (found === null) return <span class="dim">asking …</span>
  if (found instanceof RequestFailed) return <span class="bad">{found.message}</span>
  const { verified, agrees } = found
  return (
    <>
      <span class={verified.ok ? 'good' : 'bad'}>{verified.ok ? '✓ go would accept this chain' : `✕ ${verified.goText}`}</span>
      <span class="dim">
        {' '}
        with {verified.roots}
        {agrees ? '' : '. go itself read other roots then: of this answer only what it says of dates is sure'}
      </span>
    </>
  )
}
