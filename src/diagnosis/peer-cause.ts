/** Builds the causes of a session that died without a word: what the wire shows, and no more. */

import type { AlsoPossible, EvidenceLine, Fix } from '../contract/diagnosis.ts'
import type { Stage } from '../contract/terms.ts'
import { findFlightEnd } from '../handshake/flight-progress.ts'
import { shownHost } from './captured.ts'
import { type Cause, defineCause } from './cause.ts'
import { fix, NO_HELP_FOR_CONNECTIONS, networkFix } from './fixes.ts'
import type { Ending, Observation } from './observation.ts'
import { stageOfDeath } from './refusal.ts'
import { commandLine, isHost, targetWord } from './remedy.ts'
import { trialCommand } from './trial.ts'
import { fruitlessLines, isRefuted } from './trials.ts'
import { counted, inBytes, inCount, inTime } from './units.ts'
import { unreadProxyFixes, unreadProxyLines, unreadProxySentence } from './unread-proxy.ts'

export interface DeathEvidence {
  readonly ending: Ending
  readonly stage: Stage
  readonly waitingFor: string | null
  readonly sentBytes: number
  readonly receivedBytes: number
  readonly partialRecordBytes: number
  /** Size of the ClientHello with its record headers, 0 when none was seen. */
  readonly helloWireBytes: number
  /** The probe's session reached a ServerHello. */
  readonly probeWasAnswered: boolean
  readonly probeHelloWireBytes: number
}

export interface PeerCauseParts<Id extends string> {
  readonly id: Id
  readonly meaning: string
  readonly recognise: (ending: Ending, seen: Observation) => boolean
  readonly goText: (evidence: DeathEvidence, seen: Observation) => string | undefined
  /** "reset the connection" */
  readonly verb: string
  readonly why: (evidence: DeathEvidence, seen: Observation) => string
  readonly evidence: (evidence: DeathEvidence) => string
}

/** A cause that only says how the session died and where; certain, since the wire says so in clear. */
export function peerCause<const Id extends string>(parts: PeerCauseParts<Id>): Cause<Id> {
  return defineCause({
    id: parts.id,
    meaning: parts.meaning,
    fault: 'network',
    detect(seen) {
      const { ending } = seen
      if (!isTunnelDeath(seen) || ending === null || !parts.recognise(ending, seen)) return undefined
      return { evidence: deathEvidence(seen, ending), leg: 'upstream', stage: awaited(seen).stage, confidence: 'certain' }
    },
    goText: parts.goText,
    explain: (evidence, seen) => ({
      title: `${shownHost(seen.target.host, seen.target.port)} ${parts.verb} ${WHERE_WORDS[evidence.stage]}`,
      why: `${parts.why(evidence, seen)}${throughProxy(seen)}${isMute(evidence) ? unreadProxySentence(seen) : ''}`,
      evidence: [
        { text: parts.evidence(evidence), source: 'wire', ref: null },
        ...probeEvidence(evidence),
        ...fruitlessLines(seen),
        ...(isMute(evidence) ? unreadProxyLines(seen) : []),
      ],
      fixes: [...(isMute(evidence) ? unreadProxyFixes(seen) : []), ...deathFixes(seen)],
      willNotHelp: NO_HELP_FOR_CONNECTIONS,
      alsoPossible: alternatives(evidence, seen),
      notChecked: ['who on the path ended it'],
    }),
  })
}

function isTunnelDeath(seen: Observation): boolean {
  return seen.outcome === 'failed' && seen.dialFailure === null && isGranted(seen.connect) && seen.transcript.notTls === null
}

/** The way to the host is open: nothing was asked for it, or the parent proxy opened it (200 to CONNECT, reply 0 of SOCKS). */
function isGranted(connect: Observation['connect']): boolean {
  if (connect === null) return true
  return connect.kind === 'answered' ? connect.reply.status === 200 : connect.kind === 'socks' && connect.goText === ''
}

/** What did not come: read on the wire, or, where TLS 1.3 hides it, from the lengths of the records that the probe could open. */
function awaited(seen: Observation): Pick<DeathEvidence, 'stage' | 'waitingFor'> {
  const { transcript, probe } = seen
  const hidden = probe === null ? undefined : findFlightEnd(transcript, probe.transcript)
  return hidden ?? { stage: stageOfDeath(seen), waitingFor: transcript.waitingFor }
}

function deathEvidence(seen: Observation, ending: Ending): DeathEvidence {
  const { transcript, probe } = seen
  return {
    ending,
    ...awaited(seen),
    sentBytes: transcript.bytes['client-to-server'],
    receivedBytes: transcript.bytes['server-to-client'],
    partialRecordBytes: transcript.partialRecordBytes['server-to-client'],
    helloWireBytes: transcript.clientHellos[0]?.wireBytes ?? 0,
    probeWasAnswered: (probe?.transcript.serverHellos.length ?? 0) > 0,
    probeHelloWireBytes: probe?.transcript.clientHellos[0]?.wireBytes ?? 0,
  }
}

function probeEvidence(evidence: DeathEvidence): readonly EvidenceLine[] {
  if (!evidence.probeWasAnswered) return []
  const size = evidence.probeHelloWireBytes > 0 ? ` of ${inBytes(evidence.probeHelloWireBytes)}` : ''
  return [{ text: `a probe with another ClientHello${size} got a ServerHello`, source: 'probe', ref: null }]
}

/** Nothing came back at all, as where a firewall lets the proxy through alone. */
function isMute({ receivedBytes, probeWasAnswered }: DeathEvidence): boolean {
  return receivedBytes === 0 && !probeWasAnswered
}

function throughProxy(seen: Observation): string {
  return seen.route.length > 0 ? " The proxy had opened the tunnel; go's message may show the proxy's address, not the host's." : ''
}

function deathFixes(seen: Observation): readonly Fix[] {
  return [...familyFix(seen), networkFix(seen, 'find out who ends the connection, from the time, the host and the bytes sent')]
}

/** Over IPv6 nothing came: the same over IPv4 tells whether that is why. */
function familyFix({ target, ending, transcript }: Observation): readonly Fix[] {
  const isSilent = ending?.how === 'timeout' || ending?.by === 'client'
  if (target.address?.includes(':') !== true || !isSilent || transcript.bytes['server-to-client'] > 0 || !isHost(target.host)) return []
  const url = `https://${targetWord(target.host, target.port)}/`
  return [
    fix({
      title: 'compare both address families: if only the first answers, IPv6 to this host is broken here',
      commands: [commandLine(['curl', '-4', '-m', '5', '-sI', url]), commandLine(['curl', '-6', '-m', '5', '-sI', url])],
      checkedHow: 'nothing is changed by it',
    }),
  ]
}

/** What one changed try could show, where the first message got no ServerHello. */
function alternatives(evidence: DeathEvidence, seen: Observation): readonly AlsoPossible[] {
  if (evidence.stage !== 'client-hello') return []
  const large: AlsoPossible[] =
    evidence.helloWireBytes > LARGE_HELLO
      ? [
          {
            cause: 'client-hello-too-large',
            confidence: evidence.probeWasAnswered ? 'likely' : 'possible',
            test: trialCommand('client-hello-too-large', seen),
          },
        ]
      : []
  const filtered: AlsoPossible = { cause: 'sni-filtered', confidence: 'possible', test: trialCommand('sni-filtered', seen) }
  return [
    ...(isRefuted('client-hello-too-large', seen) ? [] : large),
    ...(isRefuted('sni-filtered', seen) || evidence.helloWireBytes === 0 ? [] : [filtered]),
  ]
}

/** A TCP segment over Ethernet carries 1,460 bytes. */
const LARGE_HELLO = 1_400

/** "1,526 bytes sent, 0 bytes received" */
export function traffic(evidence: DeathEvidence): string {
  return `${counted(evidence.sentBytes, 'byte')} sent, ${inCount(evidence.receivedBytes)} received`
}

/** How long after the ClientHello it ended, where that is known. */
export function afterHello(ending: Ending): string {
  return ending.afterHelloMs === null ? '' : `, ${inTime(ending.afterHelloMs)} after the ClientHello`
}

const WHERE_WORDS: Readonly<Record<Stage, string>> = {
  dns: 'before TLS',
  tcp: 'before TLS',
  'proxy-connect': 'before TLS',
  'client-hello': 'when it got the ClientHello',
  'server-hello': 'in the middle of its ServerHello',
  certificate: 'before its certificate was whole',
  'key-exchange': 'after its certificate',
  finished: 'before Finished',
  'application-data': 'right after the handshake',
}
