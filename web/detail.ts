/** The handshake that is open: fetched when opened, again whenever its row changes, and kept for a quick return. */
import { computed, effect, signal } from '@preact/signals'
import type { HandshakeDetail } from '../src/feed/protocol.ts'
import { fetchDetail, RequestFailed } from './api.ts'
import { live } from './feed-client.ts'
import { route } from './router.ts'
import { revision, rowOf } from './rows.ts'

const MOST_KEPT = 50
const kept = new Map<number, HandshakeDetail>()
const keptRevision = signal(0)

/** Why the open handshake cannot be shown, null while it can. */
export const detailFailure = signal<RequestFailed | null>(null)

const openId = computed(() => (route.value.view === 'handshake' ? route.value.id : null))

/** Sequence number of the open row: another number, another fetch. */
const openSeq = computed(() => {
  revision.value
  return openId.value === null ? undefined : rowOf(openId.value)?.seq
})

const isLive = computed(() => live.value.kind === 'live')

/** What is known of the open handshake; null while none is open or its answer is awaited. */
export const shownDetail = computed<HandshakeDetail | null>(() => {
  keptRevision.value
  return openId.value === null ? null : (kept.get(openId.value) ?? null)
})

/** Fetch the open handshake now and whenever it changes. Returns how to stop. */
export function followOpenHandshake(): () => void {
  return effect(() => {
    const id = openId.value
    openSeq.value
    isLive.value
    if (id !== null) void refresh(id)
  })
}

async function refresh(id: number): Promise<void> {
  try {
    keep(id, await fetchDetail(id))
    if (openId.peek() === id) detailFailure.value = null
  } catch (failure) {
    if (!(failure instanceof RequestFailed)) throw failure
    if (openId.peek() === id) detailFailure.value = failure
  }
}

function keep(id: number, detail: HandshakeDetail): void {
  kept.delete(id)
  kept.set(id, detail)
  const oldest = kept.keys().next()
  if (kept.size > MOST_KEPT && !oldest.done) kept.delete(oldest.value)
  keptRevision.value++
}
