import type { Socket } from 'node:net'

/** Whether a client is still there while it waits for us. */
export interface ClientWatch {
  /** Aborted when the client has left. */
  readonly signal: AbortSignal
  /** Watch no more; what the client sent meanwhile is put back. */
  stop(): void
}

/** Watch a client that has nothing to say yet: only a socket that is read from tells of its end. */
export function watchClient(client: Socket): ClientWatch {
  const left = new AbortController()
  const early: Buffer[] = []
  const onData = (octets: Buffer) => {
    early.push(octets)
    client.pause()
  }
  const onGone = () => left.abort(new Error('the client has left'))
  const stop = () => {
    client.off('data', onData)
    for (const event of ['end', 'close']) client.off(event, onGone)
    client.pause()
    if (early.length > 0 && !client.destroyed) client.unshift(Buffer.concat(early.splice(0)))
  }
  if (client.destroyed) onGone()
  client.on('data', onData)
  for (const event of ['end', 'close']) client.once(event, onGone)
  return { signal: left.signal, stop }
}
