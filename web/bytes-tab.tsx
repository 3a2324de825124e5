/** The octets of the hello messages: hex on the left, fields on the right, highlighted both ways; and the header of every record that passed. */
import { useEffect, useState } from 'preact/hooks'
import type { ClientHello, SeenRecord, ServerHello } from '../src/contract/handshake.ts'
import type { HandshakeDetail } from '../src/feed/protocol.ts'
import { fetchMessages, type ListedMessage, RequestFailed } from './api.ts'
import { FailureNote } from './failure-note.tsx'
import { type Field, layHelloFields } from './hello-fields.ts'
import { HexView } from './hex-view.tsx'
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
  const message = messages[Math.min(picked, messages.length - 1)]
  return (
    <>
      {loaded instanceof RequestFailed && <FailureNote failure={loaded} />}
      {message === undefined && !(loaded instanceof RequestFailed) && <p class="note first">{emptyWords(loaded, outcome)}</p>}
      {messages.length > 1 && (
        <TabRow
          name="Messages"
          labels={messages.map((each, at) => `${at + 1}. ${each.name}`)}
          picked={messages.indexOf(message ?? messages[0] ?? EMPTY)}
          onPick={pick}
        />
      )}
      {message !== undefined && <MessageBytes key={picked} message={message} detail={detail} place={place} />}
      <Records records={detail.handshake.records} marked={place} />
    </>
  )
}

const EMPTY: ListedMessage = { dir: 'client-to-server', type: 0, name: '', lengthBytes: 0, atMs: 0, recordOffset: 0, source: 'wire' }

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
  const isHello = message.type === 1 || message.type === 2
  const fields: readonly Field[] = isHello
    ? layHelloFields(octets)
    : [{ offset: 0, lengthBytes: octets.length, name: message.name, extension: null }]
  const hello = message.type === 1 ? detail.handshake.clientHello : detail.handshake.serverHello
  return (
    <>
      <p class="note first">
        {message.name}, {counted(octets.length, 'byte')}, {message.dir === 'client-to-server' ? 'from go' : 'from the server'} at{' '}
        {offset(message.atMs)}, in the record that begins at byte {count(message.recordOffset)}
        {message.source === 'decrypted' && ', decrypted from a probe'}. Pick a field on either side.
      </p>
      <HexView octets={octets} fields={fields} place={place} explain={(field) => explainField(field, hello)} />
    </>
  )
}

/** What a field says, in words, from the parsed hello. */
function explainField(field: Field, hello: ClientHello | ServerHello | null): { readonly name: string; readonly words: string } {
  if (hello === null) return { name: field.name, words: counted(field.lengthBytes, 'byte') }
  if (field.extension !== null) return explainExtension(field, hello)
  if (field.name === 'cipher_suites' && 'cipherSuites' in hello)
    return { name: field.name, words: hello.cipherSuites.map((suite) => suite.name).join(', ') }
  if (field.name === 'cipher_suite' && 'cipherSuite' in hello) return { name: field.name, words: hello.cipherSuite.name }
  return { name: field.name, words: FIELD_WORDS[field.name] ?? counted(field.lengthBytes, 'byte') }
}

const FIELD_WORDS: Readonly<Record<string, string>> = {
  'Handshake header': 'type and length of the message',
  legacy_version: '03 03 always; the real version is in supported_versions',
  random: '32 bytes',
  legacy_session_id: 'kept for middleboxes, or a TLS 1.2 session',
  legacy_compression_methods: 'null only',
  legacy_compression_method: 'null',
}

function explainExtension(field: Field, hello: ClientHello | ServerHello): { readonly name: string; readonly words: string } {
  const name = hello.extensions.find((extension) => extension.id === field.extension)?.name ?? field.name
  const words = 'supportedGroups' in hello ? clientWords(field.extension, hello) : serverWords(field.extension, hello)
  return { name, words: words || counted(field.lengthBytes, 'byte') }
}

function clientWords(extension: number | null, hello: ClientHello): string {
  const list = (of: readonly { readonly name: string }[]): string => of.map((named) => named.name).join(', ')
  const words: Readonly<Record<number, string>> = {
    0: hello.serverName ?? '',
    10: list(hello.supportedGroups),
    11: list(hello.ecPointFormats),
    13: list(hello.signatureAlgorithms),
    16: hello.alpn.join(', '),
    43: list(hello.supportedVersions),
    45: list(hello.pskKeyExchangeModes),
    51: hello.keyShares.map((share) => `${share.group.name}, ${count(share.lengthBytes)} bytes`).join('; '),
  }
  return extension === null ? '' : (words[extension] ?? '')
}

function serverWords(extension: number | null, hello: ServerHello): string {
  if (extension === 43) return hello.selectedVersion.name
  if (extension === 51) return hello.keyShareGroup?.name ?? ''
  return extension === 16 ? (hello.alpn ?? '') : ''
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
