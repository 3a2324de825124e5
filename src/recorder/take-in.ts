/** What one event of the proxy adds to a connection. Pure but for the connection itself. */
import type { ProxyEvent } from '../proxy/event.ts'
import type { Connection } from './connection.ts'

/** Note what the event says; an event that says nothing of this connection changes nothing. */
export function takeIn(connection: Connection, event: ProxyEvent): void {
  switch (event.type) {
    case 'routed':
      connection.route = event.route
      connection.resolvedBy = event.resolvedBy
      return
    case 'dialed':
      connection.dialed = event
      return
    case 'dial-failed':
      connection.dialFailure = event.failure
      connection.dialFailedAtMs = event.atMs
      return
    case 'connect-answered':
      connection.connect = {
        kind: 'answered',
        reply: event.reply,
        afterMs: event.atMs - (connection.parentTlsAtMs ?? connection.dialed?.atMs ?? 0),
      }
      connection.connectAtMs = event.atMs
      return
    case 'connect-failed':
      connection.connect = connectFailure(event, connection)
      connection.connectAtMs = event.atMs
      return
    case 'socks-answered':
      connection.connect = { kind: 'socks', afterMs: event.atMs - (connection.dialed?.atMs ?? 0), ...event.outcome }
      connection.connectAtMs = event.atMs
      return
    case 'parent-handshake':
      connection.parentTls = { ...UNFINISHED, transcript: event.transcript }
      return
    case 'parent-tls':
      connection.parentTls = event.session
      connection.parentTlsAtMs ??= event.atMs
      return
    case 'tunnel':
      connection.tunnelAtMs = event.atMs
      return
    case 'handshake':
      connection.transcript = event.transcript
      return
    case 'intercepted':
      connection.interception = event.how
      return
    case 'client-leg':
      connection.clientTranscript = event.transcript
      return
    case 'exchange':
      connection.exchanges.push(event.exchange)
      return
    case 'closed':
      connection.transcript = event.transcript ?? connection.transcript
      connection.ending = event.ending
      connection.closedAtMs = event.atMs
      connection.clientTranscript = event.legs?.client ?? connection.clientTranscript
      connection.legs = event.legs ?? null
      return
    case 'opened':
    case 'refused':
      return
    default:
      event satisfies never
  }
}

/** A session with a parent proxy that has not ended its handshake. */
const UNFINISHED = { judged: null, ending: null, goText: null, answersPlainHttp: null } as const

function connectFailure(event: Extract<ProxyEvent, { type: 'connect-failed' }>, connection: Connection): Connection['connect'] {
  const afterMs = event.atMs - (connection.parentTlsAtMs ?? connection.dialed?.atMs ?? 0)
  const words = event.goText === undefined ? {} : { goText: event.goText }
  if (event.kind === 'not-http') return { kind: 'not-http', afterMs, head: event.head, ...words }
  return { kind: event.kind, afterMs, receivedBytes: event.receivedBytes, ...words }
}
