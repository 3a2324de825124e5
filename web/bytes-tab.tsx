/** The octets of the handshake messages and alerts: hex on the left, fields on the right, highlighted both ways; and the header of every record that passed. */
import { useEffect, useState } from 'preact/hooks'
import type { SeenRecord } from '../src/contract/handshake.ts'
import type { HandshakeDetail, ListedAlert, ListedMessage, MessageList } from '../src/feed/protocol.ts'
import type { Field } from '../src/handshake/fields.ts'
import { fetchMessages, RequestFailed } from './api.ts'
import { save } from './export-menu.tsx'
import { FailureNote } from './failure-note.tsx'
import { HexView } from './hex-view.tsx'
import { inlined } from './inlined.ts'
import { findSegmentEdge, isReason } from './reason-bytes.ts'
import { goTo, route } from './router.ts'
import { TabRow } from './tab-row.tsx'
import { count, counted, offset } from './time-words.ts'

interface BytesProps {
  readonly detail: HandshakeDetail
  /** "1" = record 1, "12-40" = octets of the message on show. */
  readonly place: string | null
}

type Loaded = MessageList | RequestFailed | null

export function BytesTab({ detail, place }: BytesProps) {
  const { id, outcome } = detail.handshake
  const [loaded, load] = useState<Loaded>(null)
  useEffect(() => {
    let isGone = false
    fetchMessages(id).then(
      (messages) => isGone || load(messages),
      (failure) => isGone || load(failure instanceof RequestFailed ? failure : null),
    )
    return () => {
      isGone = true
    }
  }, [id, outcome])
  const list = loaded === null || loaded instanceof RequestFailed ? NOTHING : loaded
  const messages = list.messages.filter(({ octets }) => octets)
  const { alerts } = list
  const { number, octets } = readPlace(place)
  const at = Math.min(number, messages.length + alerts.length - 1)
  const goToPlace = (next: string): void => {
    if (route.value.view === 'handshake') goTo({ ...route.value, tab: 'bytes', place: next }, true)
  }
  const message = messages[at]
  const alert = alerts[at - messages.length]
  const labels = [...messages.map(({ name }) => name), ...alerts.map(({ name }) => `Alert ${name}`)]
  return (
    <>
      {loaded instanceof RequestFailed && <FailureNote failure={loaded} />}
      {message === undefined && alert === undefined && !(loaded instanceof RequestFailed) && (
        <p class="note first">{emptyWords(loaded, outcome)}</p>
      )}
      {labels.length > 1 && (
        <TabRow
          name="Messages"
          labels={labels.map((label, place) => `${place + 1}. ${label}`)}
          picked={at}
          onPick={(to) => goToPlace(`m${to + 1}`)}
        />
      )}
      {message !== undefined && (
        <MessageBytes
          key={at}
          message={message}
          detail={detail}
          place={octets}
          onPick={({ offset: from, length }) => goToPlace(`m${at + 1}/${from}-${from + length - 1}`)}
        />
      )}
      {alert !== undefined && <AlertBytes key={at} alert={alert} />}
      <Records title="Records" records={detail.handshake.records} marked={place} />
      <Records title="Records with the proxy" records={detail.handshake.parentTls?.records ?? []} marked={null} />
    </>
  )
}

const NOTHING: MessageList = { messages: [], alerts: [] }

/** "m2/12-40" = octets of the second message, "12-40" of the first, "9" = a record. */
function readPlace(place: string | null): { readonly number: number; readonly octets: string | null } {
  const [, number, octets] = /^(?:m(\d{1,4})\/?)?(\d+-\d+)?$/.exec(place ?? '') ?? []
  return { number: Math.max(0, Number(number ?? 1) - 1), octets: octets ?? null }
}

function emptyWords(loaded: Loaded, outcome: string): string {
  if (loaded === null) return 'Loading the messages …'
  return outcome === 'open' ? 'The octets are kept once the connection is over.' : 'No handshake message could be read on this connection.'
}

interface MessageProps {
  readonly message: ListedMessage
  readonly detail: HandshakeDetail
  readonly place: string | null
  readonly onPick: (field: Field) => void
}

function MessageBytes({ message, detail, place, onPick }: MessageProps) {
  const octets = decodeBase64(message.octets ?? '')
  return (
    <>
      <p class="note first">
        {inlined === null && <PcapngButton id={detail.handshake.id} />}
        {message.name}, {counted(octets.length, 'byte')}, {message.dir === 'client-to-server' ? 'from go' : 'from the server'} at{' '}
        {offset(message.atMs)}, in the record that begins at byte {count(message.recordOffset)}
        {message.source === 'decrypted' && ', decrypted from a probe'}. Pick a field on either side.
      </p>
      <HexView
        octets={octets}
        fields={message.fields}
        place={place}
        isReason={(field) => isReason(field, message, detail)}
        edge={findSegmentEdge(octets, message, detail)}
        onPick={onPick}
      />
    </>
  )
}

function PcapngButton({ id }: { readonly id: number }) {
  return (
    <button type="button" class="btn small float" onClick={() => void save(id, 'pcapng', 'export.pcapng', '.pcapng')}>
      Download pcapng
    </button>
  )
}

function AlertBytes({ alert }: { readonly alert: ListedAlert }) {
  return (
    <>
      <p class="note first">
        An alert from {alert.sender === 'client' ? 'go' : 'the server'}
        {alert.how === 'decrypted' && ', decrypted'}.
      </p>
      <HexView octets={decodeBase64(alert.octets)} fields={alert.fields} place={null} isReason={() => alert.level !== 'warning'} />
    </>
  )
}

function decodeBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
}

const CONTENT_TYPES: Readonly<Record<number, string>> = { 20: 'change_cipher_spec', 21: 'alert', 22: 'handshake', 23: 'application_data' }

interface RecordsProps {
  readonly title: string
  readonly records: readonly SeenRecord[]
  readonly marked: string | null
}

function Records({ title, records, marked }: RecordsProps) {
  if (records.length === 0) return null
  return (
    <details class="more" open={records.length <= 24}>
      <summary>
        {title} ({records.length})
      </summary>
      <table class="records">
        <thead>
          <tr>
            <th>n</th>
            <th>Direction</th>
            <th>At</th>
            <th>Content type</th>
            <th>Version</th>
            <th class="num">Length</th>
          </tr>
        </thead>
        <tbody>
          {records.map((record) => (
            <tr key={`${record.dir}${record.n}`} class={String(record.n) === marked ? 'marked' : ''}>
              <td>{record.n}</td>
              <td>{record.dir === 'client-to-server' ? 'go →' : '← server'}</td>
              <td class="num">{offset(record.atMs)}</td>
              <td>
                {CONTENT_TYPES[record.contentType] ?? 'unknown'} ({record.contentType})
              </td>
              <td class="num">{record.version}</td>
              <td class="num">{counted(record.lengthBytes, 'byte')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  )
}
