import type { Socket } from 'node:net'
import type { Direction } from '../contract/terms.ts'
import type { Ending } from '../diagnosis/observation.ts'
import type { ReadBuffer } from './read-buffer.ts'

/** Sees octets on their way, after they were passed on (or could not be, since the other side is gone). Returning false takes the tap off: from then on that direction is a bare pipe. */
export type Tap = (octets: Buffer) => boolean

/** Two sockets joined to one tunnel. */
export interface Relay {
  /** Octets passed on so far. */
  readonly bytes: Readonly<Record<Direction, number>>
  /** One side has ended. */
  readonly isOver: boolean
  /** Put a tap on a direction, in place of the one before. */
  tap(direction: Direction, tap: Tap): void
  /** Stop passing on what the client sends from here on. */
  muteClient(): void
  /** End both sides after what is queued. */
  finish(): void
  /** End both sides at once. */
  destroy(): void
  /** Let go of both sockets as they are: nothing more is passed on and nothing is told. The client is paused. */
  detach(): void
}

/** How a relay is made. */
export interface RelayOptions {
  /**
   * Called once, with the first thing that ended it: when both sockets are closed, or shortly after the client's end, since go never reads on
   * after its own FIN although the server may keep its side open for long.
   */
  readonly onClosed: (ending: RelayEnding) => void
  /** Called when both sockets are closed. */
  readonly onReleased?: () => void
  /** Where the server's octets come; absent when its socket emits `data`. */
  readonly serverOctets?: ReadBuffer | null
  /**
   * Keep what the server sends back until the client has sent something, or for 100 ms. Go throws octets away that arrive in one segment with
   * the answer to CONNECT; those of a server that speaks first (SSH, SMTP) would be lost.
   */
  readonly clientSpeaksFirst?: boolean
}

/** What ended a relay. */
export type RelayEnding = Pick<Ending, 'by' | 'how'>

/** How long a tunnel with one closed direction may stay silent in the other. */
const HALF_OPEN_IDLE_MS = 15 * 60_000
/** How long after the client's end the server's last octets still count as part of the session. */
const CLIENT_GONE_MS = 200
/** How long a server that speaks first is held back. */
const FIRST_WORD_MS = 100
/** How long a reset waits for octets that the other side does not take. */
const RESET_PATIENCE_MS = 5_000

/**
 * Join two connected sockets (both `allowHalfOpen`) so that each meets what the other does: octets with backpressure, FIN as FIN after all
 * octets, RST as RST once the write queue is empty. A server's socket that is destroyed already is one that was reset. Sets no time limit while
 * both directions are open.
 */
export function relay(client: Socket, server: Socket, options: RelayOptions): Relay {
  const end: End = { first: null, isOurs: false, isTold: false, isDetached: false }
  let openSockets = 2
  let clientGone: NodeJS.Timeout | undefined
  const close = () => {
    clearTimeout(clientGone)
    if (!end.isTold && !end.isDetached) options.onClosed(end.first ?? { by: 'us', how: 'fin' })
    end.isTold = true
  }
  for (const gone of ['end', 'close']) {
    client.once(gone, () => {
      clientGone ??= setTimeout(close, CLIENT_GONE_MS)
    })
  }
  const up = joinDirection(client, server, 'client', end)
  const down = joinDirection(server, client, 'server', end)
  client.on('data', up.passOn)
  // Whoever had a socket before may have left it paused.
  client.resume()
  if (server.destroyed) {
    noteEnd(end, { by: 'server', how: 'rst' })
    openSockets -= 1
    if (options.clientSpeaksFirst === true) onFirstWord(client, () => end.isDetached || client.resetAndDestroy())
    else client.resetAndDestroy()
  } else if (options.clientSpeaksFirst === true)
    onFirstWord(client, () => end.isDetached || startReading(server, options.serverOctets, down.passOn))
  else startReading(server, options.serverOctets, down.passOn)
  for (const socket of [client, server]) {
    socket.setNoDelay(true)
    socket.once('close', () => {
      openSockets -= 1
      if (openSockets > 0 || end.isDetached) return
      close()
      options.onReleased?.()
    })
  }
  return {
    get bytes() {
      return { 'client-to-server': up.bytes, 'server-to-client': down.bytes }
    },
    get isOver() {
      return end.first !== null
    },
    tap(direction, tap) {
      const pump = direction === 'client-to-server' ? up : down
      pump.tap = tap
    },
    muteClient() {
      up.isMuted = true
    },
    finish() {
      end.isOurs = true
      noteEnd(end, { by: 'us', how: 'fin' })
      for (const socket of [client, server]) socket.destroySoon()
    },
    destroy() {
      end.isOurs = true
      noteEnd(end, { by: 'us', how: 'fin' })
      for (const socket of [client, server]) socket.destroy()
    },
    detach() {
      end.isOurs = true
      end.isDetached = true
      clearTimeout(clientGone)
      client.off('data', up.passOn)
      client.pause()
    },
  }
}

interface Pump {
  /** False when not all was taken: then nothing more is read, since the octets may lie in a buffer that the next read fills. */
  readonly passOn: (octets: Buffer) => boolean
  bytes: number
  tap: Tap | null
  isMuted: boolean
}

interface End {
  first: RelayEnding | null
  /** We end both sides ourselves: nothing is passed on any more. */
  isOurs: boolean
  isTold: boolean
  /** The sockets are somebody else's from now on. */
  isDetached: boolean
}

function noteEnd(end: End, ending: RelayEnding): void {
  end.first ??= ending
}

function joinDirection(from: Socket, to: Socket, by: 'client' | 'server', end: End): Pump {
  const resume = () => {
    if (to.writableLength === 0 && from.isPaused() && !end.isDetached) from.resume()
  }
  const passOn = (octets: Buffer): boolean => {
    if (pump.isMuted || end.isDetached) return true
    const isTaken = to.writable ? write(octets) : true
    const { tap } = pump
    // The tap may have put another in its place meanwhile.
    if (tap !== null && !tap(octets) && pump.tap === tap) pump.tap = null
    return isTaken
  }
  const write = (octets: Buffer): boolean => {
    pump.bytes += octets.length
    to.write(octets, resume)
    const isTaken = to.writableLength === 0
    if (!isTaken) from.pause()
    return isTaken
  }
  const pump: Pump = { passOn, bytes: 0, tap: null, isMuted: false }
  from.once('end', () => {
    ifStillStanding(from, () => {
      if (end.isDetached) return
      noteEnd(end, { by, how: 'fin' })
      to.end()
      watchHalfOpen(from, to)
    })
  })
  from.once('error', (error: NodeJS.ErrnoException) => {
    noteEnd(end, { by, how: error.code === 'ETIMEDOUT' ? 'timeout' : 'rst' })
  })
  from.once('close', () => {
    const isOrderly = from.errored === null && from.readableEnded && from.writableFinished
    if (!isOrderly && !end.isOurs && !to.destroyed) resetWhenFlushed(to)
  })
  return pump
}

function startReading(from: Socket, octets: ReadBuffer | null | undefined, passOn: (octets: Buffer) => boolean): void {
  if (octets == null) {
    from.on('data', passOn)
    from.resume()
    return
  }
  octets.attach(passOn)
  if (!from.isPaused()) from.resume()
}

/** Wait for the client's first octets, its end, or a moment. */
function onFirstWord(client: Socket, begin: () => unknown): void {
  const timer = setTimeout(() => release(), FIRST_WORD_MS)
  const release = () => {
    clearTimeout(timer)
    for (const event of FIRST_WORDS) client.off(event, release)
    begin()
  }
  for (const event of FIRST_WORDS) client.on(event, release)
}

const FIRST_WORDS = ['data', 'end', 'close'] as const

/**
 * Tell a FIN from a RST that looks like one: libuv reports the end of file when data and a reset arrive together (POLLHUP after a short read).
 * An empty write sends nothing, but fails on a connection that was reset; that error then takes its ordinary way.
 */
function ifStillStanding(socket: Socket, proceed: () => void): void {
  if (socket.destroyed || socket.writableEnded) {
    proceed()
    return
  }
  socket.write('', (error) => {
    if (error == null) proceed()
  })
}

/** Pass on a reset once all that was received before it has been written, or after some patience. */
function resetWhenFlushed(to: Socket): void {
  const reset = () => {
    to.resetAndDestroy()
  }
  if (to.writableLength === 0) {
    reset()
    return
  }
  const patience = setTimeout(reset, RESET_PATIENCE_MS)
  to.once('close', () => clearTimeout(patience))
  if (to.writableEnded) to.once('finish', reset)
  else to.write('', reset)
}

function watchHalfOpen(from: Socket, to: Socket): void {
  for (const socket of [from, to]) {
    socket.setTimeout(HALF_OPEN_IDLE_MS, () => {
      from.destroy()
      to.destroy()
    })
  }
}
