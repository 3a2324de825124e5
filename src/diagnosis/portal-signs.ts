/** Signs of a sign-in or block page that answers in a host's place, by where it was met. Pure. */
import type { Confidence, Leg, Stage } from '../contract/terms.ts'
import { summarizeCertificate } from '../x509/summary.ts'
import { findUnserved } from './exchange-signs.ts'
import { handshakeHeld } from './http-cause.ts'
import { isInspectionProduct } from './inspection-signs.ts'
import type { Observation } from './observation.ts'
import { clientRefusal } from './refusal.ts'
import { isRefuted, tallyOf } from './trials.ts'
import { isPublicLooking, mayBelongTogether } from './unrelated.ts'

/** What a portal showed of itself; plain JSON. */
export interface PortalSigns {
  readonly met: 'connect' | 'clear-http' | 'certificate' | 'answer'
  /** What else the answer in clear tells of its maker, in words; absent where nothing does. */
  readonly tells?: readonly string[]
  readonly leg: Leg
  readonly stage: Stage
  readonly confidence: Confidence
  /** "302 Found", where there was a status. */
  readonly status: string | null
  /** Where it sends, or whose certificate it shows. */
  readonly portal: string | null
  /** Hosts with nothing in common that got the very same. */
  readonly sameFor: readonly string[]
}

/** The first place that shows a portal; undefined where none does. */
export function findPortal(seen: Observation): PortalSigns | undefined {
  return atConnect(seen) ?? inClear(seen) ?? byCertificate(seen) ?? byAnswer(seen)
}

/** CONNECT was answered with 511, with a redirect, or with 200 and a page instead of a tunnel. */
function atConnect(seen: Observation): PortalSigns | undefined {
  if (seen.connect?.kind !== 'answered') return undefined
  const { status, reason, headers, body } = seen.connect.reply
  const header = (name: string) => headers.find(([key]) => key.toLowerCase() === name)?.[1] ?? null
  const portal = originOf(header('location'))
  const found = (confidence: Confidence): PortalSigns => ({
    met: 'connect',
    leg: 'parent',
    stage: 'proxy-connect',
    confidence,
    status: `${status} ${reason}`.trim(),
    portal,
    sameFor: [],
  })
  if (status === 511) return found('certain')
  if (status === 200) return seen.transcript.notTls !== null && isPage(header('content-type'), seen) ? found('high') : undefined
  if (status < 300 || status > 399) return undefined
  const namesSignIn = NETWORK_WORDS.test(portal ?? '') || SIGN_IN_WORDS.test(portal ?? '') || PAGE_WORDS.test(body)
  return found(namesSignIn ? 'high' : 'likely')
}

function isPage(contentType: string | null, { transcript }: Observation): boolean {
  const head = new TextDecoder('latin1').decode(transcript.notTls?.head ?? new Uint8Array())
  return /^text\/html\b/i.test(contentType ?? '') || /^\s*<(?:!doctype html|html|head|body|meta|script)\b/i.test(head)
}

/** HTTP in clear on the TLS port: 511, or a redirect to another host's sign-in. */
function inClear(seen: Observation): PortalSigns | undefined {
  const { notTls } = seen.transcript
  if (notTls?.kind !== 'http') return undefined
  const status = /^HTTP\/\d(?:\.\d)? (\d{3}(?: .*)?)$/.exec(notTls.statusLine ?? '')?.[1]?.trim() ?? ''
  const portal = originOf(notTls.location ?? null)
  const found = { met: 'clear-http', leg: 'upstream', stage: 'server-hello', status, portal, sameFor: [] } as const
  if (status.startsWith('511')) return { ...found, confidence: 'certain' }
  if (/^30[12378]/.test(status) && portal !== null && isElsewhere(portal, seen))
    return { ...found, confidence: NETWORK_WORDS.test(portal) || SIGN_IN_WORDS.test(portal) ? 'high' : 'likely' }
  const page = readPage(notTls, status, seen)
  return page && { ...found, ...page }
}

/**
 * A box answers whatever comes with the same page; a web server cannot read a ClientHello and says so by 400 or the like. Its page must say whose it is, too:
 * an odd web server may greet everybody. Two signs of different kinds make it likely enough only once another name in the ClientHello got no better answer.
 */
function readPage(
  { page }: NonNullable<Observation['transcript']['notTls']>,
  status: string,
  seen: Observation,
): Pick<PortalSigns, 'confidence' | 'sameFor' | 'tells'> | undefined {
  if (MISREADS.test(status) || tallyOf(seen, 'another server name').passed > 0) return undefined
  const says = page?.says ?? null
  const maker = [page?.server ?? '', page?.via ?? ''].find((field) => isInspectionProduct(field))
  const sameFor = seen.sameAnswerFor ?? []
  const signs = [says !== null, maker !== undefined, sameFor.length > 0].filter(Boolean).length
  if (signs === 0) return undefined
  const isPhraseAlone = says !== null && signs === 1
  if (isPhraseAlone && !SHOWS_A_PAGE.test(status)) return undefined
  const tells = [
    ...(says === null ? [] : [`its page says "${says}"`]),
    ...(maker === undefined ? [] : [`it is made by "${maker}"`]),
    'a web server that gets a ClientHello cannot read it and answers 400',
  ]
  const confidence = isPhraseAlone && !OF_NETWORKS.test(says) ? 'possible' : 'likely'
  return { confidence: signs > 1 && isRefuted('sni-filtered', seen) ? 'high' : confidence, sameFor, tells }
}

/** The statuses of a page that is meant to be read. */
const SHOWS_A_PAGE = /^(?:200|203|30\d|401|403|451)\b/
/** Every web application has a log-in and terms of use, and many deny access; only networks speak of these. */
const OF_NETWORKS = /block|filter|captive|hot-?spot|wi-?fi|accept the terms/

/** How web servers answer what is no request: bad request, method, time-out, length, URI, header fields, misdirected, not implemented, version. */
const MISREADS = /^(?:400|405|408|411|414|421|426|431|497|501|505)\b/

/** A certificate for another name: a portal's where unrelated hosts get the same one, or where it says so itself. */
function byCertificate(seen: Observation): PortalSigns | undefined {
  const verdict = seen.judged?.verdict
  const first = verdict?.defects[0]?.code
  if (verdict?.ok !== false || seen.outcome !== 'failed' || clientRefusal(seen) === undefined) return undefined
  if (first !== 'cert-name-mismatch' && first !== 'cert-no-san') return undefined
  const sameFor = seen.resigning?.sameLeafFor ?? []
  const names = namesOf(seen)
  // Of one's own domain it is the default host of a server; and where such a name is one of many, the certificate is not a page's.
  const speaking = names.filter((name) => NETWORK_WORDS.test(name) && isElsewhere(hostIn(name), seen))
  const says = speaking.length * 2 < names.length ? undefined : speaking[0]
  if (sameFor.length === 0 && says === undefined) return undefined
  const portal = says ?? names[0] ?? null
  const confidence = sameFor.length === 0 ? 'likely' : 'high'
  return { met: 'certificate', leg: 'upstream', stage: 'certificate', confidence, status: null, portal, sameFor }
}

/** `*.a.example` gives a.example, `CN=a.example,O=…` too. */
function hostIn(name: string): string {
  return (/(?:^|,)CN=([^,]*)/.exec(name)?.[1] ?? name).replace(/^\*\./, '')
}

function namesOf({ judged }: Observation): readonly string[] {
  const [leaf] = judged?.chain ?? []
  if (leaf === undefined) return []
  const { dnsNames, subject } = summarizeCertificate(leaf)
  return [...dnsNames, subject].filter((name) => name !== '')
}

/** Behind a good handshake: go tells of 511, of a redirect to a sign-in, or of a page after a visit there. */
function byAnswer(seen: Observation): PortalSigns | undefined {
  const { witness } = seen
  if (!handshakeHeld(seen)) return undefined
  const found = { met: 'answer', leg: 'upstream', stage: 'application-data', sameFor: [] } as const
  if (witness === null) {
    if (findUnserved(seen)?.exchange.status !== 511) return undefined
    return { ...found, confidence: 'high', status: '511 Network Authentication Required', portal: null }
  }
  if (/\b511 Network Authentication Required\b/.test(witness.line))
    return { ...found, confidence: 'certain', status: '511 Network Authentication Required', portal: null }
  const insecure = originOf(/to insecure URL (http:\S+)/.exec(witness.text)?.[1] ?? null)
  if (insecure !== null && isElsewhere(insecure, seen) && (NETWORK_WORDS.test(insecure) || SIGN_IN_WORDS.test(insecure)))
    return { ...found, confidence: 'high', status: null, portal: insecure }
  const portal = (seen.wentTo ?? []).find((host) => isElsewhere(host, seen) && (NETWORK_WORDS.test(host) || SIGN_IN_WORDS.test(host)))
  if (portal === undefined || !/invalid character '<'|invalid response from proxy|not a valid zip file/.test(witness.line)) return undefined
  return { ...found, confidence: NETWORK_WORDS.test(portal) ? 'high' : 'likely', status: '200', portal }
}

/** `http://login.example:8080/…` gives `login.example:8080`. */
function originOf(location: string | null): string | null {
  const url = location === null || !URL.canParse(location) ? null : new URL(location)
  return url === null || url.host === '' ? null : url.host
}

/** Perhaps not of the failing host's own people; an address always is elsewhere. */
function isElsewhere(portal: string, { target }: Observation): boolean {
  const host = portal.replace(/:\d+$/, '').toLowerCase()
  const isOfOneDomain = isPublicLooking(host) && isPublicLooking(target.host) && mayBelongTogether(host, target.host)
  return host !== target.host.toLowerCase() && !isOfOneDomain
}

/** What networks call the page that lets one in, or keeps one out. */
const NETWORK_WORDS = /(?:^|[^a-z])(?:captive|portal|hot-?spot|wi-?fi|wlan|guest|splash|webauth|block(?:ed|page)?|denied|deny)(?:[^a-z]|$)/i
const SIGN_IN_WORDS = /(?:^|[^a-z])(?:log-?in|log-?on|sign-?in|auth|sso|welcome)(?:[^a-z]|$)/i
const PAGE_WORDS = /sign[- ]?in|log[- ]?in|captive|portal|hotspot|guest|accept the terms|terms of (?:use|service)|wi-?fi|splash/i
