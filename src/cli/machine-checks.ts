/** What of this machine bears on every handshake: its clock, the roots that go reads, the parent proxy. For the set-up screen. Pure. */
import type { Check } from '../contract/document.ts'
import type { ClockFacts } from '../diagnosis/observation.ts'
import type { Setup } from '../feed/protocol.ts'
import { checkClockOffline } from '../host/settings/clock.ts'
import { formatNumber } from '../report/units.ts'
import type { HandshakeRow } from '../store/store.ts'

export interface MachineFacts {
  readonly now: Date
  /** null: no time service could be asked. */
  readonly ntp: ClockFacts['ntp']
  /** When the newest handshake that whytls saw itself began (ISO 8601), null where there is none. */
  readonly newestAt: string | null
  /** How many roots go reads here; null where they cannot be counted (macOS, Windows). */
  readonly roots: number | null
  /** host:port of the proxy that was set before, null when there is none. */
  readonly parent: string | null
}

/** Three lines: clock, roots, parent proxy. */
export function checkMachine({ now, ntp, newestAt, roots, parent }: MachineFacts): Setup['checks'] {
  const past = newestAt === null ? [] : [{ at: new Date(newestAt), what: 'a handshake in the database' }]
  return [
    checkClock(checkClockOffline(now, ntp, past)),
    checkRoots(roots),
    { name: 'parent proxy', ok: true, text: parent === null ? 'none: whytls goes out directly' : `whytls forwards to ${parent}` },
  ]
}

/** When the newest of these rows began, newest first; a capture that was imported tells another machine's time. Null where there is none. */
export function findNewestOwn(rows: readonly Pick<HandshakeRow, 'startedAt' | 'imported'>[]): string | null {
  return rows.find(({ imported }) => imported === undefined)?.startedAt ?? null
}

/** The clock itself only where it is wrong; else what its time service says. */
function checkClock(found: readonly Check[]): Setup['checks'][number] {
  const wrong = found.find(({ status }) => status === 'problem')
  if (wrong !== undefined) return { name: 'clock', ok: false, text: wrong.text }
  const service = found.find(({ subject }) => subject === 'time service')
  if (service === undefined || service.status === 'note')
    return { name: 'clock', ok: null, text: 'not checked: no time service could be asked' }
  return { name: 'clock', ok: service.status === 'fine' ? true : null, text: service.text }
}

function checkRoots(count: number | null): Setup['checks'][number] {
  if (count === null) return { name: 'roots', ok: null, text: 'go asks the store of this system, which whytls cannot count' }
  if (count === 0) return { name: 'roots', ok: false, text: 'go finds none here: no certificate can be trusted' }
  return { name: 'roots', ok: true, text: `${formatNumber(count)} in the stores that go reads` }
}
