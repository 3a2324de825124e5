/** Looks of whytls itself at the host of a handshake: start one, see that it runs, and open what it found. */
import { computed, signal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { Handshake } from '../src/contract/handshake.ts'
import type { ProbeKind, Problem } from '../src/feed/protocol.ts'
import type { HandshakeRow } from '../src/store/store.ts'
import { announce } from './announce.ts'
import { postProbe, postStop, RequestFailed } from './api.ts'
import { inlined } from './inlined.ts'
import { StatusMark } from './list-row.tsx'
import { Menu } from './menu.tsx'
import { meta } from './meta.ts'
import { linkToHandshake } from './router.ts'
import { newestFirst } from './rows.ts'
import { causeWords } from './words.ts'

/** Longer than the bounds of a bisect: 30 s, and 10 s for the first try. */
const LONGEST_MS = 60_000

interface Running {
  readonly kind: ProbeKind
  /** The newest look that was there before. */
  readonly after: number
}

/** By handshake: a look that was started here and whose row has not come. */
const started = signal<ReadonlyMap<number, Running>>(new Map())
/** By handshake: why none was started. */
const refused = signal<ReadonlyMap<number, RequestFailed>>(new Map())

/** Looks at a handshake by its id, newest first. */
const looksOf = computed<ReadonlyMap<number, readonly HandshakeRow[]>>(() => {
  const all = new Map<number, HandshakeRow[]>()
  for (const row of newestFirst.value) if (row.probeOf !== null) all.set(row.probeOf, [...(all.get(row.probeOf) ?? []), row])
  return all
})

export function LookMenu({ handshake }: { readonly handshake: Handshake }) {
  if (inlined !== null || handshake.mode === 'probe' || meta.value?.canProbe !== true) return null
  if (handshake.imported !== undefined) return <Menu label="Look again…" items={[]} refusal={OF_A_CAPTURE} testId="look" />
  const items = [
    { name: 'Probe', note: 'one handshake of our own, by the same route', act: () => void look(handshake.id, 'probe') },
    {
      name: 'Bisect',
      note: 'which change of go’s ClientHello is answered? Up to 30 s',
      act: () => void look(handshake.id, 'bisect'),
    },
  ]
  return <Menu label="Look again…" items={handshake.clientHello === null ? items.slice(0, 1) : items} testId="look" />
}

const OF_A_CAPTURE = 'From a capture: whytls goes only where go went'

async function look(id: number, kind: ProbeKind): Promise<void> {
  const running: Running = { kind, after: looksOf.value.get(id)?.[0]?.id ?? 0 }
  refused.value = without(refused.value, id)
  started.value = new Map(started.value).set(id, running)
  try {
    await postProbe(id, kind)
    announce(`${kind} started`)
    setTimeout(() => {
      if (started.value.get(id) !== running) return
      started.value = without(started.value, id)
      if (!hasCome(id, running)) refuse(id, new RequestFailed(0, NO_ROW, ''))
    }, LONGEST_MS)
  } catch (failure) {
    if (!(failure instanceof RequestFailed)) throw failure
    started.value = without(started.value, id)
    refuse(id, failure)
  }
}

/** Its row comes all the same, and says what was seen until then. */
async function stop(id: number): Promise<void> {
  try {
    await postStop(id)
  } catch (failure) {
    if (!(failure instanceof RequestFailed)) throw failure
    refuse(id, failure)
  }
}

function refuse(id: number, why: RequestFailed): void {
  refused.value = new Map(refused.value).set(id, why)
}

function hasCome(id: number, { after }: Running): boolean {
  return (looksOf.value.get(id) ?? []).some((row) => row.id > after)
}

function without<T>(map: ReadonlyMap<number, T>, id: number): ReadonlyMap<number, T> {
  const rest = new Map(map)
  rest.delete(id)
  return rest
}

/** Links to the looks, the one that runs, and why one was refused. */
export function Looks({ of }: { readonly of: number }) {
  const looks = looksOf.value.get(of) ?? []
  const running = started.value.get(of)
  const failure = refused.value.get(of)
  const isRunning = running !== undefined && !hasCome(of, running)
  const wasRunning = useRef(false)
  useEffect(() => {
    if (wasRunning.current && !isRunning && failure === undefined) announce(`${running?.kind} ended: ${nameLook(looks[0])}`)
    wasRunning.current = isRunning
  }, [isRunning])
  if (looks.length === 0 && !isRunning && failure === undefined) return null
  return (
    <nav class="relatives looks" aria-label="Looks of whytls" data-testid="looks">
      {isRunning && (
        <span class="hint" role="status">
          <i class="ring" aria-hidden="true" /> {running.kind === 'bisect' ? 'Bisecting: changed copies of go’s ClientHello' : 'Probing'} …{' '}
          <button type="button" class="link" onClick={() => void stop(of)} data-testid="stop-look">
            Stop
          </button>
        </span>
      )}
      {looks.slice(0, MOST_SHOWN).map((row) => (
        <a key={row.id} href={linkToHandshake(row.id)}>
          <StatusMark outcome={row.outcome} /> {nameLook(row)}
        </a>
      ))}
      {failure !== undefined && (
        <span class="bad" role="alert">
          {failure.message}; {failure.hint}
        </span>
      )}
    </nav>
  )
}

/** "probe #12: ClientHello dropped" */
function nameLook(row: HandshakeRow | undefined): string {
  if (row === undefined) return ''
  return `${row.mode === 'intercept' ? 'leg to go' : 'probe'} #${row.id}${row.cause === null ? '' : `: ${causeWords(row.cause)}`}`
}

const MOST_SHOWN = 6

const NO_ROW: Problem = {
  code: 'no-row',
  detail: 'the look ended without a result',
  hint: 'whytls may have been stopped; look again',
}
