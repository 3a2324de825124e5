/** Builds the causes of a name that was not resolved or a TCP connection that was not made to the origin. */
import type { AlsoPossible, EvidenceLine, Fix } from '../contract/diagnosis.ts'
import type { Fault } from '../contract/terms.ts'
import { shown } from './captured.ts'
import { type Cause, defineCause } from './cause.ts'
import { NO_HELP_FOR_CONNECTIONS } from './fixes.ts'
import type { DialFailure, Observation } from './observation.ts'
import { inTime } from './units.ts'
import { unreadProxyFixes, unreadProxyLines, unreadProxySentence } from './unread-proxy.ts'

export interface DialWords {
  readonly title: string
  readonly why: string
  readonly fixes: readonly Fix[]
  readonly alsoPossible?: readonly AlsoPossible[]
}

export interface DialCauseParts<Id extends string> {
  readonly id: Id
  readonly kind: DialFailure['kind']
  readonly meaning: string
  readonly fault: Fault
  readonly words: (failure: DialFailure, seen: Observation) => DialWords
}

/** A cause that is one kind of dial failure on the way to the origin; what the resolver or the kernel said is certain. */
export function dialCause<const Id extends string>(parts: DialCauseParts<Id>): Cause<Id> {
  return defineCause({
    id: parts.id,
    meaning: parts.meaning,
    fault: parts.fault,
    detect({ dialFailure }) {
      if (dialFailure === null || dialFailure.leg !== 'upstream' || dialFailure.kind !== parts.kind) return undefined
      return { evidence: dialFailure, leg: 'upstream', stage: dialFailure.stage, confidence: 'certain' }
    },
    goText: (failure) => failure.goText,
    explain: (failure, seen) => ({
      ...withUnreadProxy(parts.words(failure, seen), seen),
      evidence: [...dialEvidence(failure), ...unreadProxyLines(seen)],
      willNotHelp: NO_HELP_FOR_CONNECTIONS,
    }),
  })
}

/** A proxy that was meant and not used comes first: the direct way is often closed. */
function withUnreadProxy(words: DialWords, seen: Observation): DialWords {
  return { ...words, why: `${words.why}${unreadProxySentence(seen)}`, fixes: [...unreadProxyFixes(seen), ...words.fixes] }
}

/** What was asked or tried, and how long it took. */
export function dialEvidence(failure: DialFailure): readonly EvidenceLine[] {
  const asked = failure.resolver === null ? 'the hosts file and the resolver' : `resolver ${shown(failure.resolver)}`
  const where =
    failure.stage === 'dns'
      ? `${asked}, asked for ${shown(failure.host)}`
      : `tried ${failure.tried.map(shown).join(', ') || shown(failure.host)}`
  return [
    { text: `${where}: ${KIND_WORDS[failure.kind]} after ${inTime(failure.afterMs)}`, source: 'wire', ref: null },
    { text: `go's dialler says: ${shown(failure.goText)}`, source: 'verifier', ref: null },
  ]
}

const KIND_WORDS: Readonly<Record<DialFailure['kind'], string>> = {
  nxdomain: 'no such name',
  servfail: 'server failure',
  'no-address': 'no address of this name',
  'dns-timeout': 'no answer',
  refused: 'connection refused',
  'tcp-timeout': 'no answer',
  unreachable: 'no route',
  'invalid-port': 'ports go from 1 to 65535',
}
