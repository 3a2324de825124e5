/** One of the two TLS sessions of an intercepted connection: its octets are read like those of any other handshake, and opened by our own keys. */
import { randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { Direction, Leg as LegName } from '../../contract/terms.ts'
import type { HandshakeEvent } from '../../handshake/event.ts'
import { type Flight, FlightTape } from '../../handshake/flight.ts'
import { HandshakeObserver } from '../../handshake/observer.ts'
import type { Transcript } from '../../handshake/transcript.ts'
import { tapSession } from '../observe.ts'
import type { ReadBuffer } from '../read-buffer.ts'
import { guardShutdown, type TappedSocket, tapSocket } from '../tapped-socket.ts'
import { type LateRecord, LateRecords } from './late-records.ts'

/** A TLS session that is ours to read and write. */
export interface Leg {
  readonly session: TLSSocket
  /** The TCP socket below. */
  readonly socket: Socket
  readonly reading: LegReading
  /** Close in order: what was written is flushed, then close_notify and FIN. Nothing that comes later is read. */
  end(): void
  /** Close by RST, once what was written is flushed. */
  reset(): void
  /**
   * Write octets that are no sound record behind what was written, then close: the peer meets them as if the path had made them.
   * @param octets what came in their place on the other leg; absent: a record that no key opens
   */
  damage(octets?: Buffer): void
  /** For the client's leg: write a record of the session behind what was written, then close; by a reset where it cannot be written. */
  endWith(record: LateRecord): void
  /** For the client's leg, in TLS 1.2: ask for a new handshake, as the origin did. */
  renegotiate(): void
}

/** What is read of a leg. */
export interface LegReading {
  readonly tapped: TappedSocket
  /** When its ClientHello was complete. */
  readonly helloAtMs: number | null
  /** A record header that the server may not send, and what followed it; null so far. */
  readonly malformed: Buffer | null
  /** Call back when the server asks for a new handshake (TLS 1.2). */
  onHelloRequest(callback: () => void): void
  /** Call back once, when the server has sent more records behind a handshake of TLS 1.3 than some clients take without data. */
  onManyRecords(callback: () => void): void
  /** @returns the next record under the server's keys, null where they are not known */
  seal(record: LateRecord): Buffer | null
  /** Call back once the next octets have come in and gone through TLS. */
  whenHeard(callback: () => void): void
  transcript(): Transcript
  /** Octets and handshake secrets up to both Finished. */
  flight(): Flight
  /** Give it the session that runs on it, so that its key log opens what is read. */
  open(session: TLSSocket): void
}

/** A handshake is read until both sides are done with it; go itself takes 256 KiB of certificates. */
const LIMIT_BYTES = 1 << 20

export interface LegOptions {
  readonly leg: LegName
  readonly socket: Socket
  readonly readBuffer: ReadBuffer | null
  readonly atMs: () => number
  readonly onEvent: (event: HandshakeEvent, transcript: () => Transcript) => void
}

/** Read a socket on which a TLS session of ours is about to run. */
export function readLeg({ leg, socket, readBuffer, atMs, onEvent }: LegOptions): LegReading {
  const observer = new HandshakeObserver({ leg, limitBytes: LIMIT_BYTES })
  const tape = new FlightTape()
  const tap = tapSession(observer, atMs, onEvent, LIMIT_BYTES)
  let isTaping = true
  const inbound = leg === 'client' ? 'client-to-server' : 'server-to-client'
  const waiting: (() => void)[] = []
  const late = new LateRecords()
  const onOctets = (direction: Direction, octets: Buffer) => {
    late.feed(direction, octets)
    if (direction === inbound) for (const callback of waiting.splice(0)) setImmediate(callback)
    if (isTaping) tape.addOctets(direction, octets)
    tap.feed(direction, octets)
    if (observer.isDone) isTaping = false
  }
  const tapped = tapSocket(socket, onOctets, { readBuffer, inbound })
  socket.on('close', () => tapped.stream.destroy())
  return {
    tapped,
    get helloAtMs() {
      return tap.helloAtMs
    },
    get malformed() {
      return late.malformed
    },
    onHelloRequest: (callback) => late.onHelloRequest(callback),
    onManyRecords: (callback) => late.onManyRecords(callback),
    seal: (record) => late.seal(record, observer.transcript()),
    whenHeard: (callback) => void waiting.push(callback),
    transcript: () => observer.transcript(),
    flight: () => tape.cut(observer.transcript()),
    open(session) {
      for (const event of ['secure', 'secureConnect'])
        session.once(event, () => late.agree(session.getProtocol() === 'TLSv1.3' ? '1.3' : '1.2'))
      session.on('keylog', (line: Buffer) => {
        const secret = line.toString('latin1').trim()
        tape.addSecret(secret)
        late.addSecret(secret)
        for (const event of observer.addSecret(secret)) onEvent(event, () => observer.transcript())
      })
    },
  }
}

/** Join a session with what is read of it. */
export function makeLeg(session: TLSSocket, socket: Socket, reading: LegReading): Leg {
  guardShutdown(session, reading.tapped)
  let isDamaged = false
  let isResetting = false
  /** @param make the last octets; null: a reset */
  const finish = (make: () => Buffer | null) => {
    if (isDamaged) return
    reading.tapped.seal()
    if (session.destroyed || session.writableEnded) return resetWhenFlushed(session, socket)
    isDamaged = true
    session.write('', () => {
      const octets = make()
      if (octets === null) socket.resetAndDestroy()
      else socket.end(octets)
    })
  }
  return {
    session,
    socket,
    reading,
    end() {
      if (!isDamaged && !session.destroyed && !session.writableEnded) session.end()
    },
    reset() {
      if (isDamaged || isResetting) return
      isResetting = true
      reading.tapped.seal()
      resetWhenFlushed(session, socket)
    },
    damage: (octets = unreadableRecord()) => finish(() => octets),
    endWith: (record) => finish(() => reading.seal(record)),
    renegotiate() {
      if (isDamaged || session.destroyed || session.writableEnded || session.getProtocol() === 'TLSv1.3') return
      // What was decrypted before the request has to go first.
      setImmediate(() => session.write('', () => void session.renegotiate({}, () => {})))
    },
  }
}

/** Protected application data (RFC 8446 section 5.2) of the right form and of random content. */
function unreadableRecord(): Buffer {
  const content = randomBytes(64)
  return Buffer.concat([Buffer.from([23, 3, 3, 0, content.length]), content])
}

/** How long a reset waits for octets that the other side does not take. */
const RESET_PATIENCE_MS = 5_000

function resetWhenFlushed(session: TLSSocket, socket: Socket): void {
  const reset = (): void => {
    // Beside a shutdown that is under way libuv refuses (EINVAL), and Node then never closes the socket.
    if (socket.writableEnded) socket.destroy()
    else socket.resetAndDestroy()
  }
  if (socket.destroyed) return
  if (session.destroyed || (session.writableLength === 0 && socket.writableLength === 0)) {
    reset()
    return
  }
  const patience = setTimeout(reset, RESET_PATIENCE_MS)
  socket.once('close', () => clearTimeout(patience))
  session.write('', () => socket.write('', reset))
}
