/** Whether this page is live, in one word, with Retry while it is not. */
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { type LiveState, live } from './feed-client.ts'
import { meta } from './meta.ts'
import { count } from './time-words.ts'

export function LivePill({ retry }: { readonly retry: () => void }) {
  const state = live.value
  const nowMs = useSignal(Date.now())
  useEffect(() => {
    if (state.kind !== 'reconnecting') return undefined
    nowMs.value = Date.now()
    const timer = setInterval(() => {
      nowMs.value = Date.now()
    }, 250)
    return () => clearInterval(timer)
  }, [state, nowMs])
  const isDown = state.kind === 'reconnecting' || state.kind === 'stopped'
  return (
    <span
      class={`pill live is-${state.kind}`}
      data-testid="live"
      data-state={state.kind}
      title={state.kind === 'stopped' ? state.reason : undefined}
    >
      <i class="dot" aria-hidden="true" />
      <span class="state">{stateWords(state, nowMs.value)}</span>
      {isDown ? (
        <button type="button" class="link" onClick={retry}>
          Retry
        </button>
      ) : (
        meta.value !== null && <span class="num hide-narrow">{meta.value.proxyUrl.replace(/^https?:\/\//, '')}</span>
      )}
    </span>
  )
}

function stateWords(state: LiveState, nowMs: number): string {
  switch (state.kind) {
    case 'connecting':
      return 'Connecting'
    case 'file':
      return 'Read-only file'
    case 'live':
      return 'Live'
    case 'catching-up':
      return `Catching up (${count(state.left)})`
    case 'reconnecting':
      return `Reconnecting in ${Math.max(0, Math.ceil((state.atMs - nowMs) / 1000))} s`
    case 'stopped':
      return 'Stopped'
  }
}
