import type { Stage } from '../contract/terms.ts'
import { usesEcdhe } from '../tls/server-key-exchange.ts'
import { findServerHello, isComplete, isTls13, type Mark, type SessionFacts } from './facts.ts'
import { findRefusedStage } from './refusal.ts'
import type { ReachedStage } from './transcript.ts'

/** How far a session came. */
export interface Progress {
  readonly stages: readonly ReachedStage[]
  /** The first stage that is not passed, null when the handshake is complete. */
  readonly pending: Stage | null
  /** The awaited message, null when complete. */
  readonly waitingFor: string | null
}

/**
 * Map what was seen to stages (taxonomy): EncryptedExtensions counts to server-hello, CertificateVerify to key-exchange.
 * A stage that the client refused by an alert is pending again although its message came.
 */
export function traceProgress(facts: SessionFacts): Progress {
  // Behind octets that are no TLS the client's alert answers those, not the message before them.
  const refused = isComplete(facts) || facts.notTls !== null ? null : findRefusedStage(facts)
  const stages: ReachedStage[] = []
  for (const [stage, mark] of listStages(facts)) {
    if (mark === undefined || stage === refused) {
      stages.push({ stage, atMs: null, source: 'wire' })
      return { stages, pending: stage, waitingFor: nameAwaited(stage, facts) }
    }
    stages.push({ stage, atMs: mark.atMs, source: mark.source })
  }
  return { stages, pending: null, waitingFor: null }
}

type StageMark = readonly [Stage, Mark | undefined]

function listStages(facts: SessionFacts): readonly StageMark[] {
  const { answer, serverHello, clientFinished, serverFinished } = facts.marks
  const finished = clientFinished === undefined || serverFinished === undefined ? undefined : later(clientFinished, serverFinished)
  const [certificate, keyExchange] = isTls13(facts) ? listProof13(facts) : listProof12(facts)
  return [
    ['client-hello', answer],
    ['server-hello', isTls13(facts) ? wholeHello13(facts) : serverHello],
    ['certificate', certificate],
    ['key-exchange', keyExchange],
    ['finished', finished],
  ]
}

/** TLS 1.3: EncryptedExtensions belong to it, which stand in the first record that is encrypted. A client that spoke on has read them. */
function wholeHello13({ marks }: SessionFacts): Mark | undefined {
  const { serverHello, encryptedAnswer, clientFinished } = marks
  if (serverHello === undefined) return undefined
  if (encryptedAnswer !== undefined) return { atMs: encryptedAnswer.atMs, source: serverHello.source }
  return clientFinished === undefined ? undefined : serverHello
}

/** Certificate and key exchange of TLS 1.3: read where decrypted, else passed once the client's Finished was seen; a PSK needs neither. */
function listProof13(facts: SessionFacts): readonly [Mark | undefined, Mark | undefined] {
  const { certificate, certificateVerify, clientFinished, serverHello } = facts.marks
  const isResumed = findServerHello(facts)?.pskSelectedIdentity != null
  const implied = isResumed ? serverHello : inferredFrom(clientFinished)
  return [certificate ?? implied, certificateVerify ?? implied]
}

/** Certificate and key exchange of TLS 1.2: a resumed session goes straight to ChangeCipherSpec. */
function listProof12(facts: SessionFacts): readonly [Mark | undefined, Mark | undefined] {
  const { certificate, serverKeyExchange, serverHelloDone, clientKeyExchange, serverFinished, clientFinished } = facts.marks
  const resumed = serverFinished ?? clientFinished
  return [certificate ?? serverKeyExchange ?? serverHelloDone ?? clientKeyExchange ?? resumed, clientKeyExchange ?? resumed]
}

function inferredFrom(mark: Mark | undefined): Mark | undefined {
  return mark === undefined ? undefined : { atMs: mark.atMs, source: 'inferred' }
}

function later(left: Mark, right: Mark): Mark {
  return right.atMs > left.atMs ? right : left
}

function nameAwaited(stage: Stage, facts: SessionFacts): string {
  if (stage === 'client-hello') return hasHello(facts) ? 'ServerHello' : 'ClientHello'
  if (stage === 'server-hello') return nameAwaitedHello(facts)
  if (stage === 'certificate') return 'Certificate'
  if (stage === 'finished') return 'Finished'
  return isTls13(facts) ? 'CertificateVerify' : nameAwaitedKeyExchange(facts)
}

function hasHello(facts: SessionFacts): boolean {
  return facts.clientHellos.length > 0 || facts.sslv2ClientHello !== null
}

function nameAwaitedHello(facts: SessionFacts): string {
  if (facts.marks.serverHello !== undefined) return 'EncryptedExtensions'
  return awaitsSecondHello(facts) ? 'ClientHello' : 'ServerHello'
}

function awaitsSecondHello(facts: SessionFacts): boolean {
  return facts.serverHellos.length >= facts.clientHellos.length && facts.serverHellos.some((hello) => hello.helloRetryRequest)
}

function nameAwaitedKeyExchange(facts: SessionFacts): string {
  const { serverKeyExchange, serverHelloDone } = facts.marks
  if (serverHelloDone !== undefined) return 'ClientKeyExchange'
  const suite = findServerHello(facts)?.cipherSuite.name ?? ''
  return serverKeyExchange === undefined && usesEcdhe(suite) ? 'ServerKeyExchange' : 'ServerHelloDone'
}
