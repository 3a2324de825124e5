/** The stages of one connection as the contract and the track show them. Pure. */
import type { StageState } from '../contract/handshake.ts'
import { type Leg, type Source, STAGES, type Stage } from '../contract/terms.ts'
import type { Connection } from './connection.ts'
import { isTunnelGranted } from './outcome.ts'

const TLS_STAGES: readonly Stage[] = STAGES.slice(STAGES.indexOf('client-hello'))

/** All rows of the track: go ⇄ whytls, whytls ⇄ proxy where there is one, and the way to the origin. */
export function stageStates(connection: Connection, failing: { readonly stage: Stage; readonly leg: Leg } | null): readonly StageState[] {
  const rows = [...clientRows(connection), ...dialRows(connection), ...tlsRows(connection)]
  return failing === null ? rows : markFailing(rows, failing)
}

function clientRows(connection: Connection): StageState[] {
  return [row('tcp', 'client', 'passed', 'wire', 0, null), answeredRow(connection)]
}

function answeredRow(connection: Connection): StageState {
  const granted = connection.tunnelAtMs
  return granted === null
    ? row('proxy-connect', 'client', connection.outcome === 'open' ? 'not-reached' : 'passed', 'wire', null, null)
    : row('proxy-connect', 'client', 'passed', 'wire', granted, granted)
}

function dialRows(connection: Connection): StageState[] {
  const leg: Leg = connection.route.length > 0 ? 'parent' : 'upstream'
  const rows = connection.dialed === null ? undialedRows(connection, leg) : dialedRows(connection.dialed, leg)
  return connection.route.length > 0 ? [...rows, ...parentTlsRows(connection), parentConnectRow(connection)] : rows
}

/** TLS with an https proxy, on its own row of the track; CONNECT goes inside it. */
function parentTlsRows({ parentTls }: Connection): StageState[] {
  if (parentTls === null) return []
  const reached = new Map(parentTls.transcript.stages.map((stage) => [stage.stage, stage]))
  const stages = TLS_STAGES.filter((stage) => stage !== 'application-data')
  return stages.map((stage) => {
    const seen = reached.get(stage)
    return row(stage, 'parent', seen?.atMs != null ? 'passed' : 'not-reached', seen?.source ?? 'wire', seen?.atMs ?? null, null)
  })
}

function dialedRows(dialed: NonNullable<Connection['dialed']>, leg: Leg): StageState[] {
  const dnsAtMs = dialed.atMs - dialed.tcpMs
  return [row('dns', leg, 'passed', 'wire', dnsAtMs, dialed.dnsMs), row('tcp', leg, 'passed', 'wire', dialed.atMs, dialed.tcpMs)]
}

function undialedRows(connection: Connection, leg: Leg): StageState[] {
  const failure = connection.dialFailure
  const dns = failure === null ? 'not-reached' : failure.stage === 'dns' ? 'failed' : 'passed'
  const tcp = failure?.stage === 'tcp' ? 'failed' : 'not-reached'
  const atMs = connection.dialFailedAtMs
  return [
    row('dns', leg, dns, 'wire', failure?.stage === 'dns' ? atMs : null, failure?.stage === 'dns' ? failure.afterMs : null),
    row('tcp', leg, tcp, 'wire', failure?.stage === 'tcp' ? atMs : null, failure?.stage === 'tcp' ? failure.afterMs : null),
  ]
}

function parentConnectRow(connection: Connection): StageState {
  const { connect } = connection
  if (connect === null) return row('proxy-connect', 'parent', 'not-reached', 'wire', null, null)
  const granted = isTunnelGranted(connect)
  return row('proxy-connect', 'parent', granted ? 'passed' : 'failed', 'wire', connection.connectAtMs, connect.afterMs)
}

function tlsRows(connection: Connection): StageState[] {
  const reached = new Map(connection.transcript?.stages.map((stage) => [stage.stage, stage]))
  return TLS_STAGES.map((stage) => {
    const seen = reached.get(stage)
    const passed = seen?.atMs != null || (stage === 'application-data' && carriedData(connection))
    return row(stage, 'upstream', passed ? 'passed' : 'not-reached', seen?.source ?? 'wire', seen?.atMs ?? null, null)
  })
}

/** Both sides sent records after the handshake, and nothing failed. */
function carriedData({ outcome, transcript }: Connection): boolean {
  const records = transcript?.applicationRecords
  return outcome === 'passed' && records !== undefined && records['client-to-server'] > 0 && records['server-to-client'] > 0
}

/** The failing stage, and nothing after it on its leg, has passed. */
function markFailing(rows: readonly StageState[], failing: { readonly stage: Stage; readonly leg: Leg }): StageState[] {
  const failingIndex = STAGES.indexOf(failing.stage)
  return rows.map((state) => {
    if (state.leg !== failing.leg && state.leg === 'client') return state
    if (state.leg === 'parent' && isBeforeOnParent(state.stage, failing)) return state
    const index = STAGES.indexOf(state.stage)
    if (state.stage === failing.stage && state.leg === failing.leg) return { ...state, status: 'failed' }
    if (state.leg === failing.leg && index < failingIndex && state.status === 'not-reached') return { ...state, status: 'not-seen' }
    return index > failingIndex && state.status === 'passed' ? { ...state, status: 'not-reached' } : state
  })
}

/** TLS with a proxy comes before CONNECT, and all of it before the origin. */
function isBeforeOnParent(stage: Stage, failing: { readonly stage: Stage; readonly leg: Leg }): boolean {
  if (failing.leg !== 'parent') return true
  return failing.stage === 'proxy-connect' ? stage !== 'proxy-connect' : stage === 'proxy-connect'
}

function row(
  stage: Stage,
  leg: Leg,
  status: StageState['status'],
  source: Source,
  atMs: number | null,
  durationMs: number | null,
): StageState {
  return { stage, leg, status, source, atMs, durationMs }
}
