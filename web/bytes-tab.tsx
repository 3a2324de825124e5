/** The octets of the handshake messages and alerts: hex on the left, fields on the right, highlighted both ways; and the header of every record that passed. */
import { useEffect, useState } from 'preact/hooks'
import type { Alert, SeenRecord } from '../src/contract/handshake.ts'
import type { HandshakeDetail } from '../src/feed/protocol.ts'
import { fetchMessages, type ListedMessage, RequestFailed } from './api.ts'
import { FailureNote } from './failure-note.tsx'
import { HexView } from './hex-view.tsx'
import { layAlert, layMessageFields } from './message-fields.ts'
import { TabRow } from './tab-row.tsx'
import { count, counted, offset } from './time-words.ts'

interface BytesProps {
  readonly detail: HandshakeDetail
  /** "1" = record 1, "12-40" = octets of the message on show. */
  readonly place: string | null
}

type Loaded = readonly ListedMessage[] | RequestFailed | null

export function BytesTab({ detail, place }: BytesProps) {
  const { id, outcome } = detail.handshake
  const [loaded, load] = useState<Loaded>(null)
  const [picked, pick] = useState(0)
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
  const messages = loaded === null || loaded instanceof RequestFailed ? [] : loaded.filter((message) => message.octets)
  const isLoaded = loaded !== null && !(loaded instanceof RequestFailed)
  const alerts = isLoaded ? detail.handshake.alerts.filter((alert) => layAlert(alert) !== null) : []
  const at = Math.min(picked, messages.length + alerts.length - 1)
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
        <TabRow name="Messages" labels={labels.map((label, place) => `${place + 1}. ${label}`)} picked={at} onPick={pick} />
      )}
      {message !== undefined && <MessageBytes key={picked} message={message} detail={detail} place={place} />}
      {alert !== undefined && <AlertBytes key={picked} alert={alert} />}
      <Records records={detail.handshake.records} marked={place} />
    </>
  )
}

function emptyWords(loaded: Loaded, outcome: string): string {
  if (loaded === null) return 'Loading the messages …'
  return outcome === 'open' ? 'The octets are kept once the connection is over.' : 'No handshake message could be read on this connection.'
}

function MessageBytes({
  message,
  detail,
  place,
}: {
  readonly message: ListedMessage
  readonly detail: HandshakeDetail
  readonly place: string | null
}) {
  const octets = decodeBase64(message.octets ?? '')
  return (
    <>
      <p class="note first">
        {message.name}, {counted(octets.length, 'byte')}, {message.dir === 'client-to-server' ? 'from go' : 'from the server'} at{' '}
        {offset(message.atMs)}, in the record that begins at byte {count(message.recordOffset)}
        {message.source === 'decrypted' && ', decrypted from a probe'}. Pick a field on either side.
      </p>
      <HexView octets={octets} fields={layMessageFields(octets, message, detail.handshake)} place={place} />
    </>
  )
}

function AlertBytes({ alert }: { readonly alert: Alert }) {
  const laid = layAlert(alert)
  if (laid === null) return null
  return (
    <>
      <p class="note first">
        An alert from {alert.sender === 'client' ? 'go' : 'the server'}
        {alert.how === 'decrypted' && ', decrypted'}.
      </p>
      <HexView octets={laid.octets} fields={laid.fields} place={null} />
    </>
  )
}

function decodeBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
}

const CONTENT_TYPES: Readonly<Record<number, string>> = { 20: 'change_cipher_spec', 21: 'alert', 22: 'handshake', 23: 'application_data' }

function Records({ records, marked }: { readonly records: readonly SeenRecord[]; readonly marked: string | null }) {
  if (records.length === 0) return null
  return (
    <details class="more" open={records.length <= 24}>
      <summary>Records ({records.length})</summary>
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
