import { describeConnectReply, HEAD_LIMIT_BYTES, readConnectReply } from './connect-reply.ts'
import type { Connection, ProxyContext } from './context.ts'
import type { Relay, RelayEnding } from './relay.ts'

/** Watches a parent proxy's answer to CONNECT while its octets pass to the client unchanged. */
export interface ReplyWatch {
  /** The relay is closed: tell what is not told yet. */
  close(ending: RelayEnding): void
}

/** How long the body of a refusal may take before the refusal is told without it. */
const BODY_PATIENCE_MS = 250
const BODY_WANTED_BYTES = 4096
/** A client that gave up this close to go's limit met silence. */
const SILENT_SHARE = 0.9
/** So does a person who lost patience after so long; no proxy that works takes it. */
const LONG_WAIT_MS = 9_000

/**
 * Watch the answer to a CONNECT that was just sent. Nothing is added to what the parent proxy does, so that go meets its words, its FIN, its
 * RST or its silence as it would alone; a refusal ends the connection once its body has passed.
 * @param onTunnel called with the octets that follow the header of a 200
 */
export function watchReply(context: ProxyContext, connection: Connection, link: Relay, onTunnel: (rest: Buffer) => void): ReplyWatch {
  const { key, atMs } = connection
  const sentAt = atMs()
  let octets = Buffer.alloc(0)
  let told = false
  const tell = (send: () => void) => {
    clearTimeout(silence)
    if (!told) send()
    told = true
  }
  const tellFailure = (kind: 'closed' | 'reset' | 'silent' | 'not-http') =>
    tell(() => {
      const head = octets.subarray(0, 256).toString('latin1')
      context.emit({ type: 'connect-failed', key, atMs: atMs(), kind, receivedBytes: octets.length, head })
    })
  const tellAnswer = (bodyAt: number) =>
    tell(() => context.emit({ type: 'connect-answered', key, atMs: atMs(), reply: describeConnectReply(octets, bodyAt) }))
  const silence = setTimeout(() => tellFailure('silent'), context.connectTimeoutMs)

  const onRefusal = (bodyAt: number, bodyLength: number | null) => {
    link.muteClient()
    const wanted = Math.min(bodyLength ?? BODY_WANTED_BYTES, BODY_WANTED_BYTES)
    if (octets.length - bodyAt >= wanted) tellAnswer(bodyAt)
    else setTimeout(() => tellAnswer(bodyAt), BODY_PATIENCE_MS)
    if (bodyLength !== null && octets.length - bodyAt >= bodyLength) link.finish()
  }
  link.tap('server-to-client', (part) => {
    octets = octets.length < HEAD_LIMIT_BYTES ? Buffer.concat([octets, part]) : octets
    const state = readConnectReply(octets)
    if (state.kind === 'not-http') tellFailure('not-http')
    if (state.kind !== 'head') return state.kind === 'incomplete'
    if (state.status !== 200) onRefusal(state.bodyAt, state.bodyLength)
    if (state.status !== 200) return true
    const rest = octets.subarray(state.bodyAt)
    octets = octets.subarray(0, state.bodyAt)
    tellAnswer(state.bodyAt)
    onTunnel(rest)
    return false
  })
  return {
    close(ending) {
      const state = readConnectReply(octets)
      if (state.kind === 'head') tellAnswer(state.bodyAt)
      if (state.kind === 'head' && state.status !== 200) link.finish()
      if (state.kind === 'head') return
      if (ending.by === 'server') tellFailure(ending.how === 'rst' ? 'reset' : 'closed')
      else if (hasMetSilence(context, atMs() - sentAt)) tellFailure('silent')
      clearTimeout(silence)
    },
  }
}

/** Whether a client that leaves after such a wait for a proxy's answer has met silence. */
export function hasMetSilence({ connectTimeoutMs }: Pick<ProxyContext, 'connectTimeoutMs'>, waitedMs: number): boolean {
  return waitedMs >= Math.min(LONG_WAIT_MS, connectTimeoutMs * SILENT_SHARE)
}
