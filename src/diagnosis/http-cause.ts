/** Builds the causes behind a good handshake. Observe mode sees no HTTP, so these, and only these, rest on go's own words. */
import type { AlsoPossible, Fix } from '../contract/diagnosis.ts'
import { shown, shownHost } from './captured.ts'
import { type Cause, defineCause, type Explanation } from './cause.ts'
import type { Observation, Witness } from './observation.ts'

export interface HttpEvidence {
  /** go's words. */
  readonly text: string
  readonly url: string | null
  /** The HTTP status, where go named one. */
  readonly status: number | null
  /** The CertificateRequest of this session: some servers answer 400 when no client certificate came. */
  readonly askedForCertificate: boolean
}

export interface HttpWords {
  readonly title: string
  readonly why: string
  readonly fixes: readonly Fix[]
  readonly willNotHelp?: Explanation['willNotHelp']
  readonly alsoPossible?: readonly AlsoPossible[]
}

export interface HttpCauseParts<Id extends string> {
  readonly id: Id
  readonly meaning: string
  readonly fault?: 'upstream'
  readonly recognise: (evidence: HttpEvidence, witness: Witness) => boolean
  /** A server that asked for a client certificate may say with this status that none came. */
  readonly mayMeanNoCertificate?: true
  readonly words: (evidence: HttpEvidence, seen: Observation) => HttpWords
}

/** A cause that go's own sentence names, on a connection whose handshake was complete. */
export function httpCause<const Id extends string>(parts: HttpCauseParts<Id>): Cause<Id> {
  return defineCause({
    id: parts.id,
    meaning: parts.meaning,
    fault: 'upstream',
    detect(seen) {
      const { witness } = seen
      if (witness === null || !handshakeHeld(seen)) return undefined
      const evidence = readWitness(witness, seen)
      return parts.recognise(evidence, witness)
        ? { evidence, leg: 'upstream', stage: 'application-data', confidence: isDoubtful(parts, evidence) ? 'likely' : 'certain' }
        : undefined
    },
    goText: () => undefined,
    explain(evidence, seen) {
      const words = parts.words(evidence, seen)
      return {
        ...words,
        evidence: [
          { text: `go: ${shown(evidence.text)}`, source: 'stderr', ref: null },
          ...(evidence.url === null ? [] : [{ text: `asked for ${shown(evidence.url)}`, source: 'stderr' as const, ref: null }]),
          ...serverWords(evidence.url, seen),
          { text: `the TLS handshake with ${shownHost(seen.target.host, seen.target.port)} was complete`, source: 'wire', ref: null },
        ],
        willNotHelp: words.willNotHelp ?? NO_HELP_AFTER_TLS,
        ...(isDoubtful(parts, evidence) ? { alsoPossible: [...(words.alsoPossible ?? []), NO_CERTIFICATE] } : {}),
      }
    },
  })
}

function isDoubtful(parts: Pick<HttpCauseParts<string>, 'mayMeanNoCertificate'>, evidence: HttpEvidence): boolean {
  return parts.mayMeanNoCertificate === true && evidence.askedForCertificate
}

const NO_CERTIFICATE: AlsoPossible = { cause: 'client-cert-required', confidence: 'likely', test: 'whytls show --full' }

/** What the answer itself says, where intercept mode saw it: a gateway explains itself there, and go shows none of it. */
function serverWords(url: string | null, { exchanges = [] }: Observation): Explanation['evidence'] {
  const answer = exchanges.findLast((each) => url !== null && each.url === url && each.responseBody !== undefined)
  const text =
    answer?.responseBody
      ?.replace(/<(style|script)\b[\s\S]*?<\/\1>|<[^>]*>/gi, ' ')
      .replace(/\s+/g, ' ')
      .trim() ?? ''
  return text === '' ? [] : [{ text: `the answer says: ${shown(text)}`, source: 'decrypted', ref: null }]
}

/** Whether go's words can be about what came after the handshake at all. */
export function handshakeHeld(seen: Observation): boolean {
  return seen.dialFailure === null && (seen.outcome === 'passed' || (seen.outcome === 'failed' && seen.transcript.isComplete))
}

function readWitness(witness: Witness, seen: Observation): HttpEvidence {
  const status = STATUS.exec(witness.text) ?? STATUS_AFTER_URL.exec(witness.line)
  return {
    text: witness.text,
    url: witness.url,
    status: status?.[1] === undefined ? null : Number(status[1]),
    askedForCertificate: seen.transcript.certificateRequest !== null,
  }
}

/** "404 Not Found", alone or after `reading URL: `. */
const STATUS = /^(\d{3})(?: |$)/
const STATUS_AFTER_URL = /\breading \S+: (\d{3})(?: |$)/

/** Certificates and CA stores have nothing to do with it. */
export const NO_HELP_AFTER_TLS = [
  { setting: 'SSL_CERT_FILE', because: 'the certificate was accepted' },
  { setting: 'GOINSECURE', because: 'TLS did not fail' },
] as const
