import type { AlsoPossible, EvidenceLine } from '../../contract/diagnosis.ts'
import { shown, shownHost } from '../captured.ts'
import { defineCause } from '../cause.ts'
import { networkFix } from '../fixes.ts'
import type { Observation } from '../observation.ts'
import { findPortal, type PortalSigns } from '../portal-signs.ts'
import { proxyName } from '../proxy-cause.ts'
import { probeCommand } from '../remedy.ts'
import { trialCommand } from '../trial.ts'
import { isRefuted } from '../trials.ts'

/** Somebody else's page answers where the host should. */
export const captivePortal = defineCause({
  id: 'captive-portal',
  meaning: 'A sign-in or block page of the network answers instead of the host',
  fault: 'network',
  detect(seen) {
    const signs = findPortal(seen)
    return signs && { evidence: signs, leg: signs.leg, stage: signs.stage, confidence: signs.confidence }
  },
  goText: goText,
  explain(signs, seen) {
    const host = shownHost(seen.target.host, seen.target.port)
    return {
      title: `a sign-in or block page of the network answers instead of ${host}`,
      why: `${whatCame(signs, seen)} That is how a network answers that wants a sign-in first, or that blocks the host: nothing is wrong with ${host} or with this machine's certificates.`,
      evidence: evidenceOf(signs),
      fixes: [
        networkFix(
          seen,
          `open any http:// page in a browser on this network, sign in, then try again${signs.portal === null ? '' : ` (the page is at ${shown(signs.portal)})`}; if it is a block page, ask for ${host} to be allowed`,
          { who: 'you', scope: 'this-machine', checkedHow: 'needs your sign-in; then this tests it' },
        ),
      ],
      willNotHelp: [
        { setting: 'SSL_CERT_FILE', because: "the page's certificate is not the host's, whoever signed it" },
        { setting: 'GOINSECURE', because: 'go would then be given the page instead of the module' },
      ],
      alsoPossible: others(signs, seen),
    }
  },
})

/** The words of go for a CONNECT that was refused; behind it they depend on the page. */
function goText(signs: PortalSigns, seen: Observation): string | undefined {
  if (signs.met === 'clear-http') return 'http: server gave HTTP response to HTTPS client'
  if (signs.met === 'certificate') return seen.judged?.verdict.tlsText || undefined
  if (signs.met !== 'connect' || seen.connect?.kind !== 'answered' || seen.connect.reply.status === 200) return undefined
  return seen.connect.reply.reason === '' ? undefined : seen.connect.reply.reason
}

function whatCame({ met, status, portal, sameFor }: PortalSigns, seen: Observation): string {
  const to = portal === null ? '' : ` to ${shown(portal)}`
  switch (met) {
    case 'connect':
      return status?.startsWith('200')
        ? `${proxyName(seen)} answered CONNECT with 200 and then with a web page instead of a tunnel.`
        : `${proxyName(seen)} answered CONNECT with ${shown(status ?? '')}${status?.startsWith('3') ? to : ''}.`
    case 'clear-http':
      return `The ClientHello was answered in clear with ${shown(status ?? 'HTTP')}${to}.`
    case 'certificate':
      return `The server showed a certificate for ${shown(portal ?? 'another name')}${sameFor.length === 0 ? '' : `, the very same that ${sameFor.slice(0, 3).map(shown).join(' and ')} got, which ${sameFor.length === 1 ? 'has' : 'have'} nothing to do with it`}.`
    case 'answer':
      return `TLS was fine, but ${portal === null ? `the answer was ${shown(status ?? '')}` : `go was sent${to}, and a page came instead of the module`}.`
    default:
      return met satisfies never
  }
}

function evidenceOf({ met, status, portal, sameFor, tells = [] }: PortalSigns): readonly EvidenceLine[] {
  const source = met === 'answer' ? ('stderr' as const) : met === 'certificate' ? ('verifier' as const) : ('wire' as const)
  return [
    ...(status === null ? [] : [{ text: `the answer: ${shown(status)}`, source, ref: null }]),
    ...(portal === null
      ? []
      : [{ text: met === 'certificate' ? `the certificate is for ${shown(portal)}` : `it leads to ${shown(portal)}`, source, ref: null }]),
    ...tells.map((text) => ({ text: shown(text), source, ref: null })),
    ...(sameFor.length === 0
      ? []
      : [
          {
            text: `the same ${met === 'certificate' ? 'certificate' : 'answer'} by the same route: ${sameFor.slice(0, 4).map(shown).join(', ')}`,
            source: met === 'certificate' ? ('probe' as const) : ('wire' as const),
            ref: null,
          },
        ]),
  ]
}

/** What else may look so, where the page did not name itself. */
function others({ met, confidence }: PortalSigns, seen: Observation): readonly AlsoPossible[] {
  if (confidence === 'certain' || (confidence === 'high' && met !== 'certificate')) return []
  const test = probeCommand(seen.target.host, seen.target.port)
  const byName: readonly AlsoPossible[] =
    met !== 'clear-http' || isRefuted('sni-filtered', seen)
      ? []
      : [{ cause: 'sni-filtered', confidence: 'possible', test: trialCommand('sni-filtered', seen) }]
  return [{ cause: SHALLOWER[met], confidence: 'possible', test }, ...byName]
}

const SHALLOWER: Readonly<Record<PortalSigns['met'], string>> = {
  connect: 'proxy-forbidden',
  'clear-http': 'plain-http-on-tls-port',
  certificate: 'cert-name-mismatch',
  answer: 'invalid-module-response',
}
