/** The tunnel behind CONNECT: both sockets joined, both directions read, its end told. */
import type { Socket } from 'node:net'
import type { Direction } from '../contract/terms.ts'
import type { Connection, ProxyContext } from './context.ts'
import type { Dialed } from './dial.ts'
import { type SessionTap, tapSession } from './observe.ts'
import { type Relay, type RelayEnding, relay } from './relay.ts'

/** Relay, and tell the end. */
export function joinTunnel(
  context: ProxyContext,
  connection: Connection,
  client: Socket,
  dialed: Dialed,
  currentTap: () => SessionTap | null,
  beforeClosed?: (ending: RelayEnding) => void,
): Relay {
  const { key, atMs } = connection
  const tellClosed = (end: RelayEnding) => {
    beforeClosed?.(end)
    const tap = currentTap()
    const at = atMs()
    const ending = { ...end, atMs: at, afterHelloMs: tap?.helloAtMs == null ? null : at - tap.helloAtMs }
    context.emit({ type: 'closed', key, atMs: at, ending, transcript: tap?.observer.transcript() ?? null, bytes: link.bytes })
  }
  const link = relay(client, dialed.socket, {
    onClosed: tellClosed,
    onReleased: () => context.relays.delete(link),
    serverOctets: dialed.readBuffer,
    // A parent proxy's answer passes unchanged, and in the segments that it came in.
    clientSpeaksFirst: beforeClosed === undefined,
  })
  context.relays.add(link)
  return link
}

/** The tunnel stands: from here on both directions are read until the reader has seen enough. */
export function observe(context: ProxyContext, connection: Connection, link: Relay): SessionTap | null {
  const { key, atMs } = connection
  context.emit({ type: 'tunnel', key, atMs: atMs() })
  return attachReader(context, connection, link)
}

/** Read both directions of a tunnel that was told before. */
export function attachReader(context: ProxyContext, connection: Connection, link: Relay): SessionTap | null {
  const { key, atMs } = connection
  if (context.createObserver === null) return null
  const observer = context.createObserver({ leg: 'upstream', limitBytes: context.limitBytes })
  const tap = tapSession(
    observer,
    atMs,
    (event, transcript) => context.emit({ type: 'handshake', key, event, transcript: transcript() }),
    context.limitBytes,
  )
  for (const direction of DIRECTIONS) link.tap(direction, (octets) => tap.feed(direction, octets))
  return tap
}

const DIRECTIONS: readonly Direction[] = ['client-to-server', 'server-to-client']
