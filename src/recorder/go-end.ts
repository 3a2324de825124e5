/** How go's own connection ended, as far as other ClientHellos could tell why. Pure. */
import type { HelloTry } from '../diagnosis/observation.ts'
import type { GoEnd } from '../proxy/bisect-plan.ts'
import type { Connection } from './connection.ts'

/** How it ended before any ServerHello; null where one came, or where the ClientHello is not what was refused. */
export function goEnd(connection: Connection): Exclude<GoEnd, { readonly how: 'open' }> | null {
  const { transcript, ending } = connection
  if (connection.outcome !== 'failed' || connection.tunnelAtMs === null || transcript === null) return null
  if (transcript.clientHellos.length === 0 || transcript.serverHellos.length > 0) return null
  if (transcript.notTls !== null) return { how: 'not-tls' }
  const alert = transcript.alerts.find(({ sender, level }) => sender === 'server' && level !== 'warning')
  if (alert !== undefined) return { how: 'alert', code: alert.code }
  const isCut = transcript.stoppedAt['server-to-client'] !== null || transcript.partialRecordBytes['server-to-client'] > 0
  return ending === null || isCut ? null : { how: 'died' }
}

/** go's connection as one try of its own hello; null where it tells nothing (the client left early, or never spoke). */
export function goTry(connection: Connection): HelloTry | null {
  const { transcript, ending } = connection
  if (transcript === null || transcript.clientHellos.length === 0) return null
  const afterMs = ending?.afterHelloMs ?? 0
  if (transcript.serverHellos.length > 0) return { met: 'server-hello', alert: null, afterMs, byGo: true }
  const end = goEnd(connection)
  if (end === null) return null
  if (end.how === 'not-tls') return { met: 'not-tls', alert: null, afterMs, byGo: true }
  const name = transcript.alerts.find(({ sender }) => sender === 'server')?.name ?? null
  if (end.how === 'alert') return { met: 'alert', alert: name, afterMs, byGo: true }
  const met = ending?.by === 'server' ? (ending.how === 'rst' ? 'rst' : 'fin') : 'silence'
  return { met, alert: name, afterMs, byGo: true }
}
