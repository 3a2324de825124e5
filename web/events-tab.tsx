/** What happened, line by line with times; and the whole record as JSON. */
import type { Handshake } from '../src/contract/handshake.ts'
import type { HandshakeDetail } from '../src/feed/protocol.ts'
import { offset } from './time-words.ts'
import { legWords, stageWords } from './words.ts'

interface Happening {
  readonly atMs: number | null
  readonly where: string
  readonly what: string
  readonly look: '' | 'bad'
}

export function EventsTab({ detail }: { readonly detail: HandshakeDetail; readonly place: string | null }) {
  return (
    <>
      <table class="events">
        <thead>
          <tr>
            <th class="num">At</th>
            <th>Where</th>
            <th>What</th>
          </tr>
        </thead>
        <tbody>
          {happeningsOf(detail.handshake).map((event, at) => (
            <tr key={`${at}${event.what}`}>
              <td class="num">{event.atMs === null ? '–' : offset(event.atMs)}</td>
              <td>{event.where}</td>
              <td class={event.look}>{event.what}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {detail.run !== null && detail.run.stderrTail !== '' && (
        <details class="more">
          <summary>What go printed (the end of its stderr)</summary>
          <pre class="plain">{detail.run.stderrTail}</pre>
        </details>
      )}
      <details class="more">
        <summary>JSON of this handshake</summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
        <pre class="plain" tabIndex={0}>
          {JSON.stringify(detail, null, 2)}
        </pre>
      </details>
    </>
  )
}

/** Stages, alerts, the parent proxy's answer and the end, in the order of their times; those without a time keep their place at the end. */
function happeningsOf(handshake: Handshake): readonly Happening[] {
  const all: readonly Happening[] = [
    ...stageHappenings(handshake),
    ...connectHappenings(handshake),
    ...alertHappenings(handshake),
    ...endHappenings(handshake),
  ]
  return [...all].sort((a, b) => (a.atMs ?? Number.POSITIVE_INFINITY) - (b.atMs ?? Number.POSITIVE_INFINITY) || 0)
}

function stageHappenings({ stages }: Handshake): readonly Happening[] {
  return stages
    .filter((state) => state.status === 'passed' || state.status === 'failed')
    .map((state) => ({
      atMs: state.atMs,
      where: legWords(state.leg),
      what: `${state.status === 'failed' ? '✕ ' : ''}${stageWords(state.stage)} ${state.status}${state.source === 'wire' ? '' : ` (${state.source})`}`,
      look: state.status === 'failed' ? 'bad' : '',
    }))
}

function connectHappenings({ proxyConnect }: Handshake): readonly Happening[] {
  if (proxyConnect === null) return []
  const headers = proxyConnect.headers.map(([name, value]) => `${name}: ${value}`).join(' · ')
  const what = [`CONNECT answered ${proxyConnect.status} ${proxyConnect.reason}`, headers, proxyConnect.body]
    .filter((part) => part !== '')
    .join(' · ')
  return [{ atMs: null, where: legWords('parent'), what, look: proxyConnect.status === 200 ? '' : 'bad' }]
}

function alertHappenings({ alerts }: Handshake): readonly Happening[] {
  return alerts.map((alert) => ({
    atMs: null,
    where: alert.sender === 'client' ? 'from go' : 'from the server',
    what: `alert ${alert.name}${alert.code === null ? '' : ` (${alert.code})`}, ${alert.how}`,
    look: alert.level === 'fatal' || alert.level === null ? 'bad' : '',
  }))
}

function endHappenings({ closed, bytes }: Handshake): readonly Happening[] {
  const counted = `${bytes.clientToServer.toLocaleString('en')} bytes from go, ${bytes.serverToClient.toLocaleString('en')} from the server`
  if (closed === null) return [{ atMs: null, where: '', what: `${counted} so far`, look: '' }]
  return [
    {
      atMs: closed.atMs,
      where: closed.by === 'client' ? 'by go' : `by ${closed.by}`,
      what: `closed (${closed.how}); ${counted}`,
      look: '',
    },
  ]
}
