/** Reads one capture file into rows of the store. */
import { basename } from 'node:path'
import { CaptureError } from '../capture/capture-error.ts'
import { CaptureReader } from '../capture/capture-reader.ts'
import type { CaptureItem } from '../capture/item.ts'
import { LINK_TYPES } from '../capture/link.ts'
import { type CaptureSummary, StreamReader } from '../capture/stream-reader.ts'
import type { StreamListener, TcpStream } from '../capture/tcp-stream.ts'
import type { Transcript } from '../handshake/transcript.ts'
import { summarise } from '../store/row.ts'
import type { HandshakeRow, Store } from '../store/store.ts'
import { readCaptureBlocks } from './import-file.ts'
import { type ImportRules, type Kin, recordCaptured } from './import-record.ts'
import { SecretBook } from './import-secrets.ts'
import { type HeldOctets, ImportSession } from './import-session.ts'
import { type Captured, findOwner, findWitness, isHidden, isProbe, isWitness } from './import-witness.ts'

/** What came of one file. */
export interface ImportedFile {
  readonly name: string
  /** In the order in which they began. */
  readonly connections: readonly ImportedConnection[]
  /** What was not read and why, for people. */
  readonly notes: readonly string[]
  /** What made the rest of the file unreadable; null when all of it was read. */
  readonly error: CaptureError | null
}

/** One connection as it is listed. */
export interface ImportedConnection {
  /** Of its row in the store. */
  readonly key: string
  readonly row: Omit<HandshakeRow, 'id' | 'seq' | 'runId' | 'probeOf'>
  readonly looksLike: string | null
  /** Why nothing was judged; null when it was. */
  readonly unjudged: string | null
}

/** Import a file. Rows that were read before an error stay. @param prefix makes keys unique in this process @param keyLog secrets besides those that the file brings. @throws Problem where the file cannot be opened */
export async function importCapture(
  file: string,
  prefix: string,
  store: Store,
  rules: ImportRules,
  keyLog: Uint8Array | null = null,
): Promise<ImportedFile> {
  const rows = new RowWriter(file === '-' ? 'stdin' : basename(file), prefix, store, rules)
  if (keyLog !== null) rows.secrets.add(keyLog)
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
  const seen = streams.end()
  rows.end()
  notes.push(...describeLosses(seen, rows.otherStreams), ...describePacked(rows.packedCertificates))
  return { name: rows.name, connections: rows.inOrder(), notes, error }
}

/** Turns streams into rows as they end. */
class RowWriter implements StreamListener {
  readonly name: string
  readonly secrets = new SecretBook()
  otherStreams = 0
  /** Certificate messages that could not be unpacked, by algorithm. */
  readonly packedCertificates = new Map<string, number>()
  readonly #prefix: string
  readonly #store: Store
  readonly #rules: ImportRules
  readonly #sessions = new Map<TcpStream, ImportSession>()
  readonly #connections: { readonly number: number; readonly connection: ImportedConnection }[] = []
  readonly #witnesses: Captured[] = []
  readonly #hidden: Captured[] = []
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
    this.#countPacked(result.transcript)
    const captured = { stream, result }
    const isKept = isWitness(captured) && this.#witnesses.length < MAX_WITNESSES
    if (isKept) this.#witnesses.push(captured)
    if (isHidden(captured) && this.#hidden.length < MAX_HIDDEN) this.#hidden.push(captured)
    else if (!(isKept && isProbe(captured))) this.#record(captured)
  }

  /** The capture is over: what waited for a session that shows its chain is judged. */
  end(): void {
    for (const hidden of this.#hidden) this.#record(hidden, { witness: findWitness(hidden, this.#witnesses) })
    for (const probe of this.#witnesses.filter(isProbe)) {
      const owner = findOwner(probe, this.#hidden)
      this.#record(probe, { probeOfKey: owner === null ? null : this.#keyOf(owner) })
    }
    this.#hidden.length = 0
    this.#witnesses.length = 0
  }

  #countPacked({ compressedCertificate: packed }: Transcript): void {
    if (packed === undefined || packed.isUnpacked) return
    const { id, name } = packed.algorithm
    const shown = name === 'unknown' ? `algorithm ${id}` : name
    this.packedCertificates.set(shown, (this.packedCertificates.get(shown) ?? 0) + 1)
  }

  #keyOf({ stream }: Captured): string {
    return `${this.#prefix} ${stream.number}`
  }

  #record(captured: Captured, kin: Kin = {}): void {
    const { stream } = captured
    const key = this.#keyOf(captured)
    const { draft, unjudged } = recordCaptured(captured, { file: this.name, key, rules: this.#rules }, kin)
    const connection = { key, row: { ...summarise(draft), stages: [] }, looksLike: draft.clientHello?.looksLike ?? null, unjudged }
    this.#connections.push({ number: stream.number, connection })
    this.#store.put(draft)
    if (this.#connections.length % ROWS_A_WRITE === 0) this.#store.flush()
  }

  inOrder(): readonly ImportedConnection[] {
    return this.#connections.toSorted((left, right) => left.number - right.number).map(({ connection }) => connection)
  }
}

const ROWS_A_WRITE = 8
const MAX_WITNESSES = 64
const MAX_HIDDEN = 1000

function describePacked(packed: ReadonlyMap<string, number>): string[] {
  return [...packed].map(([name, count]) => {
    const hint = name === 'zstd' ? ': Node can from 22.15 on' : ''
    return `${count} compressed Certificate messages could not be unpacked (${name}${hint}); their chains are not shown`
  })
}

function describeLosses(seen: CaptureSummary, otherStreams: number): string[] {
  const notes: string[] = []
  const say = (count: number, text: string) => void (count > 0 && notes.push(`${count} ${text}`))
  say(otherStreams, 'TCP streams without a TLS hello: not TLS, or joined in its middle')
  say(seen.dtls, 'DTLS datagrams: whytls reads TLS over TCP only')
  say(seen.quic, 'QUIC datagrams: whytls reads TLS over TCP only')
  for (const [linkType, count] of seen.unreadLinkTypes) {
    say(count, `packets of link type ${linkType}, which is not read (read are: ${[...new Set(LINK_TYPES.values())].join(', ')})`)
  }
  say(seen.fragments, 'fragments of IP packets could not be joined: other parts of their packets are missing')
  say(seen.cutPackets, 'packets were cut by the snapshot length')
  say(seen.unreadable, 'TCP packets have an unreadable header')
  say(seen.packetsOverLimit, 'packets belong to streams beyond the 10,000 that are followed at one time')
  say(seen.streamsGivenUp, 'streams have holes and were not awaited further: more than 16 MiB waited')
  return notes
}
