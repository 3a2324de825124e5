/** How a connection ended, from its bytes and its ending alone. Pure. */
import type { SeenRecord } from '../contract/handshake.ts'
import type { Outcome } from '../contract/terms.ts'
import type { ConnectOutcome, Ending } from '../diagnosis/observation.ts'
import { clientPatienceMs } from '../diagnosis/refusal.ts'
import { findRenegotiation, leftBehindFinished, mayRefuseFinished, refusedBehindFinished } from '../handshake/late-signs.ts'
import type { Transcript } from '../handshake/transcript.ts'
import type { Connection } from './connection.ts'
import { callsItselfGit } from './git-client.ts'

/** Judge a connection that is over; `open` is never returned. */
export function judgeOutcome(connection: Connection): Exclude<Outcome, 'open'> {
  if (connection.dialFailure !== null) return 'failed'
  if (connection.parentTls !== null && connection.parentTls.ending !== null) return 'failed'
  if (connection.connect !== null && !isTunnelGranted(connection.connect)) return 'failed'
  if (connection.tunnelAtMs === null) return 'aborted'
  const { transcript, ending, clientTranscript } = connection
  if (clientTranscript !== null && !clientTranscript.isComplete) return withClient(clientTranscript)
  if (transcript === null || ending === null) return 'passed'
  return transcript.isComplete ? afterHandshake(transcript, ending, mayBeGits(connection)) : duringHandshake(transcript, ending)
}

/** Intercept mode: the client did not finish the handshake with us. */
function withClient({ clientAnswer, alerts }: Transcript): 'failed' | 'aborted' {
  return clientAnswer === 'alert' || alerts.length > 0 ? 'failed' : 'aborted'
}

/** The parent proxy opened the tunnel: 200 to CONNECT, reply 0 of SOCKS. */
export function isTunnelGranted(connect: ConnectOutcome): boolean {
  return connect.kind === 'answered' ? connect.reply.status === 200 : connect.kind === 'socks' && connect.goText === ''
}

/** In a run, or where it told the proxy its name; and it meets the origin itself. */
function mayBeGits({ runId, start, interception }: Connection): boolean {
  return (runId !== null || callsItselfGit(start)) && interception?.kind !== 'decrypted'
}

function afterHandshake(transcript: Transcript, ending: Ending, isPerhapsGits: boolean): 'passed' | 'failed' {
  if (transcript.notTls !== null || (isPerhapsGits && hasGitLeft(transcript, ending))) return 'failed'
  const answered = transcript.applicationRecords['server-to-client']
  if (transcript.serverAlertAfterFinished && answered === 1 && isAnswerToData(transcript)) return 'failed'
  if (transcript.certificateRequest !== null && transcript.serverAlertAfterFinished) return 'failed'
  if (transcript.alerts.some((alert) => alert.level === 'fatal' && alert.sender === 'server' && alert.code !== 0)) return 'failed'
  if (findRenegotiation(transcript)?.isRefused === true || refusedBehindFinished(transcript)) return 'failed'
  const serverLeftAtOnce = answered === 0 && (ending.by === 'server' || ending.how === 'rst')
  return serverLeftAtOnce && transcript.applicationRecords['client-to-server'] > 0 ? 'failed' : 'passed'
}

/**
 * git dials no spare connections: one that it leaves by an alert, before any request, it has refused. It looks at the certificate only then. Only in a run, or
 * where it told the proxy its name: others speak as GnuTLS does, too.
 */
function hasGitLeft(transcript: Transcript, { by, how }: Ending): boolean {
  const isGits = transcript.clientHellos[0]?.looksLike === 'git (GnuTLS)'
  const isLeft = mayRefuseFinished(transcript) || (leftBehindFinished(transcript) && hasSaidGoodbye(transcript))
  return isGits && isLeft && by !== 'us' && how !== 'timeout'
}

/** Behind Finished came one more record of the client. */
function hasSaidGoodbye({ records }: Transcript): boolean {
  return records.filter(({ dir, contentType }) => dir === 'client-to-server' && contentType === APPLICATION_DATA).length === 2
}

/** The client had sent more than Finished when the server's alert came, and had not said goodbye itself: to that a server answers by an alert, too. */
function isAnswerToData({ records, clientAnswer }: Transcript): boolean {
  const at = records.findLastIndex(({ dir }) => dir === 'server-to-client')
  const alertBytes = records[at]?.lengthBytes
  const isHidden = ({ dir, contentType }: SeenRecord) => dir === 'client-to-server' && contentType !== CHANGE_CIPHER_SPEC
  const hello = records.findIndex(({ dir }) => dir === 'server-to-client')
  const sent = records.slice(hello + 1, at).filter(isHidden)
  const ofHandshake = clientAnswer === 'empty-certificate-and-finished' ? 2 : 1
  const behind = sent.slice(ofHandshake)
  return behind.length > 0 && behind.every(({ contentType, lengthBytes }) => contentType === APPLICATION_DATA && lengthBytes !== alertBytes)
}

const CHANGE_CIPHER_SPEC = 20
const APPLICATION_DATA = 23

function duringHandshake(transcript: Transcript, ending: Ending): 'passed' | 'failed' | 'aborted' {
  if (transcript.clientHellos.length === 0) return withoutClientHello(transcript, ending)
  if (ending.by !== 'client') return 'failed'
  if (transcript.notTls !== null || transcript.stoppedAt['server-to-client'] !== null) return 'failed'
  if (transcript.clientAnswer === 'alert' || transcript.alerts.length > 0) return 'failed'
  if ((ending.afterHelloMs ?? 0) >= clientPatienceMs(transcript)) return 'failed'
  return 'aborted'
}

/** No ClientHello: the tunnel carried another protocol, or nothing; a reset from the server may come before go has spoken. */
function withoutClientHello(transcript: Transcript, ending: Ending): 'passed' | 'failed' | 'aborted' {
  if (transcript.bytes['client-to-server'] === 0) return ending.by === 'server' && ending.how === 'rst' ? 'failed' : 'aborted'
  return ending.how === 'rst' ? 'aborted' : 'passed'
}
