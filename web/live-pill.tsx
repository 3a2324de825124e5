/** Whether this page is live, in one word, with Retry while it is not. */
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { VERSION } from '../src/contract/version.ts'
import { type LiveState, live } from './feed-client.ts'
import { addressOf, meta } from './meta.ts'
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
  const server = meta.value?.tool.version ?? VERSION
  if (server !== VERSION) return <OtherVersion server={server} />
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
        meta.value !== null && <span class="num hide-narrow">{addressOf(meta.value.proxyUrl)}</span>
      )}
    </span>
  )
}

/** The server was replaced behind this page: its code is of another version than what it talks to. */
function OtherVersion({ server }: { readonly server: string }) {
  return (
    <span class="pill live is-stopped" data-testid="live" data-state="other-version" title={`this page is of whytls ${VERSION}`}>
      <i class="dot" aria-hidden="true" />
      <span class="state">whytls is {server} now</span>
      <button type="button" class="link" onClick={() => location.reload()}>
        Reload
      </button>
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
