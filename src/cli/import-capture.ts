/** Reads one capture file into rows of the store. */
import { basename } from 'node:path'
import { CaptureError } from '../capture/capture-error.ts'
import { CaptureReader } from '../capture/capture-reader.ts'
import type { CaptureItem } from '../capture/item.ts'
import { LINK_TYPES } from '../capture/link.ts'
import { type CaptureSummary, StreamReader } from '../capture/stream-reader.ts'
import type { StreamListener, TcpStream } from '../capture/tcp-stream.ts'
import type { Store } from '../store/store.ts'
import { readCaptureBlocks } from './import-file.ts'
import { type ImportRules, recordCaptured } from './import-record.ts'
import { SecretBook } from './import-secrets.ts'
import { type HeldOctets, ImportSession } from './import-session.ts'

/** What came of one file. */
export interface ImportedFile {
  readonly name: string
  /** Keys of the rows, in the order in which the connections began. */
  readonly keys: readonly string[]
  /** By key: why a connection was not judged. */
  readonly unjudged: ReadonlyMap<string, string>
  /** What was not read and why, for people. */
  readonly notes: readonly string[]
  /** What made the rest of the file unreadable; null when all of it was read. */
  readonly error: CaptureError | null
}

/** Import a file. Rows that were read before an error stay. @param prefix makes keys unique in this process. @throws Problem where the file cannot be opened */
export async function importCapture(file: string, prefix: string, store: Store, rules: ImportRules): Promise<ImportedFile> {
  const rows = new RowWriter(basename(file), prefix, store, rules)
  const streams = new StreamReader(rows)
  const reader = new CaptureReader()
  const notes: string[] = []
  let error: CaptureError | null = null
  const emit = (item: CaptureItem) => (item.type === 'packet' ? streams.accept(item) : rows.secrets.add(item.keyLog))
  try {
    for await (const block of readCaptureBlocks(file)) reader.feed(block, emit)
    const cut = reader.end()
    if (cut !== null) notes.push(`the file ends inside a packet, ${cut.lengthBytes} octets after octet ${cut.offset}`)
  } catch (thrown) {
    if (!(thrown instanceof CaptureError)) throw thrown
    error = thrown
  }
  notes.push(...describeLosses(streams.end(), rows.otherStreams))
  return { name: rows.name, keys: rows.keysInOrder(), unjudged: rows.unjudged, notes, error }
}

/** Turns streams into rows as they end. */
class RowWriter implements StreamListener {
  readonly name: string
  readonly secrets = new SecretBook()
  readonly unjudged = new Map<string, string>()
  otherStreams = 0
  readonly #prefix: string
  readonly #store: Store
  readonly #rules: ImportRules
  readonly #sessions = new Map<TcpStream, ImportSession>()
  readonly #numbers: number[] = []
  readonly #held: HeldOctets = { bytes: 0 }

  constructor(name: string, prefix: string, store: Store, rules: ImportRules) {
    this.name = name
    this.#prefix = prefix
    this.#store = store
    this.#rules = rules
  }

  onOctets(stream: TcpStream, from: 0 | 1, octets: Uint8Array, atMs: number): void {
    let session = this.#sessions.get(stream)
    if (session === undefined) {
      session = new ImportSession(stream, this.secrets, this.#held)
      this.#sessions.set(stream, session)
    }
    session.accept(from, octets, atMs)
  }

  onClosed(stream: TcpStream): void {
    const result = this.#sessions.get(stream)?.finish() ?? null
    this.#sessions.delete(stream)
    if (result === null) {
      this.otherStreams += 1
      return
    }
    const key = this.#keyOf(stream.number)
    const { draft, unjudged } = recordCaptured(stream, result, this.name, key, this.#rules)
    if (unjudged !== null) this.unjudged.set(key, unjudged)
    this.#numbers.push(stream.number)
    this.#store.put(draft)
    if (this.#numbers.length % ROWS_A_WRITE === 0) this.#store.flush()
  }

  keysInOrder(): readonly string[] {
    return this.#numbers.toSorted((left, right) => left - right).map((number) => this.#keyOf(number))
  }

  #keyOf(number: number): string {
    return `${this.#prefix} ${number}`
  }
}

const ROWS_A_WRITE = 64

function describeLosses(seen: CaptureSummary, otherStreams: number): string[] {
  const notes: string[] = []
  const say = (count: number, text: string) => void (count > 0 && notes.push(`${count} ${text}`))
  say(otherStreams, 'TCP streams without a TLS hello: not TLS, or joined in its middle')
  say(seen.dtls, 'DTLS datagrams: whytls reads TLS over TCP only')
  say(seen.quic, 'QUIC datagrams: whytls reads TLS over TCP only')
  for (const [linkType, count] of seen.unreadLinkTypes) {
    say(count, `packets of link type ${linkType}, which is not read (read are: ${[...new Set(LINK_TYPES.values())].join(', ')})`)
  }
  say(seen.fragments, 'fragments of IP packets with TCP: they are not joined')
  say(seen.cutPackets, 'packets were cut by the snapshot length')
  say(seen.unreadable, 'TCP packets have an unreadable header')
  say(seen.packetsOverLimit, 'packets belong to streams beyond the 10,000 that are followed at one time')
  say(seen.streamsGivenUp, 'streams have holes and were not awaited further: more than 16 MiB waited')
  return notes
}
