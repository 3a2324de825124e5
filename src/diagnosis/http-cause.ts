/** Builds the causes behind a good handshake: they rest on go's own words, or on the HTTP that intercept mode saw. */
import type { AlsoPossible, EvidenceLine, Fix } from '../contract/diagnosis.ts'
import type { ModuleRequest } from '../contract/handshake.ts'
import type { Confidence } from '../contract/terms.ts'
import { shown, shownHost } from './captured.ts'
import { type Cause, defineCause, type Explanation, type Found } from './cause.ts'
import { findUnserved, type UnservedRequest } from './exchange-signs.ts'
import type { Observation, Witness } from './observation.ts'

export interface HttpEvidence {
  /** go's words, "" where they were not heard. */
  readonly text: string
  readonly url: string | null
  /** The HTTP status, where go named one. */
  readonly status: number | null
  /** The CertificateRequest of this session: some servers answer 400 when no client certificate came. */
  readonly askedForCertificate: boolean
  /** go does not name the status, but prints this for it alone; absent where it names it. */
  readonly isImplied?: true
  /** What was asked for, where the HTTP alone tells. */
  readonly unserved?: { readonly wanted: string; readonly failure: string | null }
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
  /** How the HTTP alone shows it; a status is recognised as in go's words. */
  readonly shownBy?: Exclude<UnservedRequest['met'], 'status'>
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
      if (!handshakeHeld(seen)) return undefined
      if (witness === null) return detectUnserved(parts, seen)
      const evidence = readWitness(witness, seen)
      return parts.recognise(evidence, witness)
        ? { evidence, leg: 'upstream', stage: 'application-data', confidence: confidence(parts, evidence) }
        : undefined
    },
    goText: () => undefined,
    explain(evidence, seen) {
      const words = parts.words(evidence, seen)
      return {
        ...words,
        evidence: [
          ...saidOrSeen(evidence),
          ...serverWords(evidence.url, seen),
          ...wentOn(evidence, seen),
          { text: `the TLS handshake with ${shownHost(seen.target.host, seen.target.port)} was complete`, source: 'wire', ref: null },
        ],
        willNotHelp: words.willNotHelp ?? NO_HELP_AFTER_TLS,
        ...(isDoubtful(parts, evidence) ? { alsoPossible: [...(words.alsoPossible ?? []), NO_CERTIFICATE] } : {}),
        ...(evidence.unserved === undefined ? {} : { notChecked: ["what go made of it: go's own words were not heard"] }),
      }
    },
  })
}

function isDoubtful(parts: Pick<HttpCauseParts<string>, 'mayMeanNoCertificate'>, evidence: HttpEvidence): boolean {
  return parts.mayMeanNoCertificate === true && evidence.askedForCertificate
}

/** A sentence without a URL is about the last connection that passed: most often the one that answered. */
function confidence(parts: Pick<HttpCauseParts<string>, 'mayMeanNoCertificate'>, evidence: HttpEvidence): Confidence {
  if (isDoubtful(parts, evidence)) return 'likely'
  return evidence.isImplied === true ? 'high' : 'certain'
}

const NO_CERTIFICATE: AlsoPossible = { cause: 'client-cert-required', confidence: 'likely', test: 'whytls show --full' }

/** No word of go: a request that it needed was not served, as far as this run shows. */
function detectUnserved<Id extends string>({ shownBy, recognise }: HttpCauseParts<Id>, seen: Observation): Found<HttpEvidence> | undefined {
  const found = findUnserved(seen)
  if (found === undefined) return undefined
  const { met, exchange, asks } = found
  const { url, status } = exchange
  const evidence: HttpEvidence = {
    text: '',
    url,
    status,
    askedForCertificate: seen.transcript.certificateRequest !== null,
    unserved: { wanted: describeRequest(asks), failure: exchange.failure ?? null },
  }
  const fits = met === 'status' ? recognise(evidence, { text: '', line: '', url }) : shownBy === met
  return fits ? { evidence, leg: 'upstream', stage: 'application-data', confidence: 'likely' } : undefined
}

function describeRequest({ kind, module, version }: ModuleRequest): string {
  const name = module === null ? '' : ` of ${module}${version === null ? '' : `@${version}`}`
  return `${kind}${name}`
}

function saidOrSeen({ text, url, status, unserved }: HttpEvidence): readonly EvidenceLine[] {
  if (unserved !== undefined) {
    const { wanted, failure } = unserved
    const what = status === null ? 'no answer came' : `the server answered ${status}`
    const answer = `asked for ${shown(wanted)} at ${shown(url ?? '')}, ${what}`
    const rest = failure === null ? '' : `; ${shown(failure)}`
    return [{ text: `${answer}${rest}, and nothing later served it`, source: 'decrypted', ref: null }]
  }
  return [
    { text: `go: ${shown(text)}`, source: 'stderr', ref: null },
    ...(url === null ? [] : [{ text: `asked for ${shown(url)}`, source: 'stderr' as const, ref: null }]),
  ]
}

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

/** go names the URL that it asked for, also where a host that it was redirected to gave the status. */
function wentOn({ status, unserved }: HttpEvidence, { wentTo = [] }: Observation): Explanation['evidence'] {
  if (status === null || unserved !== undefined || wentTo.length === 0) return []
  const hosts = wentTo.slice(0, 3).map(shown).join(', ')
  return [
    {
      text: `go went on to ${hosts}: where that was a redirect, the ${status} is that host's, though go names this one`,
      source: 'wire',
      ref: null,
    },
  ]
}

/** Whether go's words can be about what came after the handshake at all. */
export function handshakeHeld(seen: Observation): boolean {
  return seen.dialFailure === null && (seen.outcome === 'passed' || (seen.outcome === 'failed' && seen.transcript.isComplete))
}

function readWitness(witness: Witness, seen: Observation): HttpEvidence {
  const status = STATUS.exec(witness.text) ?? STATUS_AFTER_URL.exec(witness.line) ?? GIT_STATUS.exec(witness.text)
  return {
    text: witness.text,
    url: witness.url,
    status: status?.[1] === undefined ? impliedStatus(witness.text) : Number(status[1]),
    askedForCertificate: seen.transcript.certificateRequest !== null,
    ...(NO_TOOLCHAIN.test(witness.text) ? { isImplied: true as const } : {}),
  }
}

function impliedStatus(text: string): number | null {
  return NO_TOOLCHAIN.test(text) ? 404 : statusOfGit(text)
}

/** cmd/go prints it where every mirror answered 404 or 410 (internal/toolchain); a failure of TLS has its own words there. */
export const NO_TOOLCHAIN = /^download (go[0-9][\w.-]*) for ([a-z0-9]+\/[a-z0-9]+): toolchain not available$/

/** "404 Not Found", alone or after `reading URL: `. */
const STATUS = /^(\d{3})(?: |$)/
const STATUS_AFTER_URL = /\breading \S+: (\d{3})(?: |$)/
/** remote-curl.c of git. */
const GIT_STATUS = /^The requested URL returned error: (\d{3})\b/

/** git does not name the numbers 401 and 404: it asks for a login, or says that there is no such repository. */
function statusOfGit(text: string): number | null {
  if (/^fatal: (?:could not read (?:Username|Password) for 'https?:|Authentication failed for 'https?:)/.test(text)) return 401
  return /^fatal: repository 'https?:[^']*' not found$/.test(text) ? 404 : null
}

/** Certificates and CA stores have nothing to do with it. */
export const NO_HELP_AFTER_TLS = [
  { setting: 'SSL_CERT_FILE', because: 'the certificate was accepted' },
  { setting: 'GOINSECURE', because: 'TLS did not fail' },
] as const
