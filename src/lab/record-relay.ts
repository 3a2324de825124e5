/** A box on the path that looks at TLS records and changes some of them: it stands in front of a sound TLS origin. */
import { connect, createServer, type Socket } from 'node:net'
import { type Listening, listenOnLoopback } from './listener.ts'

export type Way = 'to-server' | 'to-client'

/** One record on its way, with its header. */
export interface PassingRecord {
  readonly way: Way
  readonly octets: Buffer
  /** 0 for the first record of this way. */
  readonly index: number
  /** How many protected records went this way before; -1 where this one is in clear. */
  readonly protectedIndex: number
}

/** What goes on instead of a record, or a TCP reset; made anew for each connection. */
export type RecordEdit = (record: PassingRecord) => Buffer | 'reset'

/** Bring the box up in front of an origin on the same machine; closing it closes the origin. */
export async function startRecordRelay(origin: Listening, makeEdit: () => RecordEdit, port: number): Promise<Listening> {
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const upstream = connect({ host: '127.0.0.1', port: origin.port, allowHalfOpen: true, noDelay: true })
    const edit = makeEdit()
    pass(client, upstream, 'to-server', edit)
    pass(upstream, client, 'to-client', edit)
  })
  const front = await listenOnLoopback(server, port)
  return {
    port: front.port,
    async close() {
      await front.close()
      await origin.close()
    },
  }
}

function pass(from: Socket, to: Socket, way: Way, edit: RecordEdit): void {
  const cutter = new RecordCutter(way)
  from.on('data', (octets: Buffer) => {
    for (const record of cutter.cut(octets)) {
      const passed = edit(record)
      if (passed === 'reset') to.resetAndDestroy()
      else if (!to.destroyed) to.write(passed)
    }
  })
  from.on('end', () => to.end())
  from.on('error', () => to.destroy())
  from.on('close', () => {
    if (from.errored !== null) to.destroy()
  })
}

/** Cuts one way into records and counts the protected ones. */
class RecordCutter {
  private readonly way: Way
  private waiting = Buffer.alloc(0)
  private index = 0
  private protectedCount = 0
  private hasChangedCipher = false

  constructor(way: Way) {
    this.way = way
  }

  cut(octets: Buffer): readonly PassingRecord[] {
    this.waiting = Buffer.concat([this.waiting, octets])
    const records: PassingRecord[] = []
    while (this.waiting.length >= HEADER_BYTES) {
      const end = HEADER_BYTES + this.waiting.readUInt16BE(3)
      if (this.waiting.length < end) break
      records.push(this.count(Buffer.from(this.waiting.subarray(0, end))))
      this.waiting = this.waiting.subarray(end)
    }
    return records
  }

  /** Protected: application_data, and in TLS 1.2 whatever comes behind ChangeCipherSpec; a second ClientHello of TLS 1.3 is longer than any Finished. */
  private count(octets: Buffer): PassingRecord {
    const type = octets[0]
    const isHello = type === HANDSHAKE && octets.length > LONGEST_FINISHED
    const isProtected = type === APPLICATION_DATA || (this.hasChangedCipher && type !== CHANGE_CIPHER_SPEC && !isHello)
    this.hasChangedCipher ||= type === CHANGE_CIPHER_SPEC
    const protectedIndex = isProtected ? this.protectedCount++ : -1
    return { way: this.way, octets, index: this.index++, protectedIndex }
  }
}

const HEADER_BYTES = 5
const CHANGE_CIPHER_SPEC = 20
const HANDSHAKE = 22
const APPLICATION_DATA = 23
const LONGEST_FINISHED = 120
