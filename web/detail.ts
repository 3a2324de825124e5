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

/** Why the last question for a handshake brought nothing; null when it did. */
const failed = signal<{ readonly id: number; readonly why: RequestFailed } | null>(null)

/** Raised by each question: an answer that was overtaken by a later one is old news. */
let round = 0

const openId = computed(() => (route.value.view === 'handshake' ? route.value.id : null))

/** Sequence number of the open row: another number, another fetch. */
const openSeq = computed(() => {
  revision.value
  return openId.value === null ? undefined : rowOf(openId.value)?.seq
})

const isLive = computed(() => live.value.kind === 'live')

/** Why the open handshake cannot be shown, null while it can. */
export const detailFailure = computed(() => (failed.value?.id === openId.value ? (failed.value?.why ?? null) : null))

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
  const mine = ++round
  try {
    const detail = await fetchDetail(id)
    if (mine !== round) return
    keep(id, detail)
    failed.value = null
  } catch (why) {
    if (!(why instanceof RequestFailed)) throw why
    if (mine === round) failed.value = { id, why }
  }
}

function keep(id: number, detail: HandshakeDetail): void {
  kept.delete(id)
  kept.set(id, detail)
  const oldest = kept.keys().next()
  if (kept.size > MOST_KEPT && !oldest.done) kept.delete(oldest.value)
  keptRevision.value++
}
