import type { Fix } from '../../contract/diagnosis.ts'
import type { Named } from '../../contract/terms.ts'
import { shownHost } from '../captured.ts'
import { defineCause } from '../cause.ts'
import { serverFix, variableFixes } from '../fixes.ts'
import { refusedEarlier } from '../negotiation.ts'
import type { Observation } from '../observation.ts'
import { extendGodebug } from '../remedy.ts'
import { trialCommand } from '../trial.ts'

const HANDSHAKE_FAILURE = 40
const INSUFFICIENT_SECURITY = 71

interface Evidence {
  readonly offered: number
  /** The suite that the server took: from this session's ServerHello, or from the probe's. */
  readonly chosen: Named | null
  readonly by: 'server-hello' | 'probe' | 'alert'
  readonly alert: number | null
  readonly isTls13: boolean
}

/**
 * The server takes a suite that go did not offer. An alert 40 alone says nothing of suites, so it counts only with a probe that offered more and got one of
 * those; alert 71 speaks of too weak an offer, which is likely the same.
 */
export const noCommonCipher = defineCause({
  id: 'no-common-cipher',
  meaning: 'The server accepts no cipher suite that the client offers',
  fault: 'upstream',
  detect: (seen) => chosenUnoffered(seen) ?? refusedByAlert(seen),
  goText: ({ by, alert }: Evidence) =>
    by === 'server-hello'
      ? 'tls: server chose an unconfigured cipher suite'
      : `remote error: tls: ${alert === INSUFFICIENT_SECURITY ? 'insufficient security level' : 'handshake failure'}`,
  explain: (evidence: Evidence, seen) => ({
    title: `${shownHost(seen.target.host, seen.target.port)} accepts no cipher suite that go offers`,
    why: `${REASONS[evidence.by](evidence)} Offer and demand have nothing in common.`,
    evidence: [
      { text: `${evidence.offered} cipher suites offered`, source: 'wire', ref: null },
      ...(evidence.alert === null ? [] : [{ text: `answer: alert ${evidence.alert}, no ServerHello`, source: 'wire' as const, ref: null }]),
      ...(evidence.chosen === null ? [] : [chosenLine(evidence.chosen, evidence.by)]),
    ],
    fixes: [serverFix(seen, 'enable TLS 1.3, or an ECDHE suite with AES-GCM or ChaCha20 in TLS 1.2'), ...keyExchangeFixes(evidence, seen)],
    willNotHelp: [{ setting: 'GOFLAGS', because: 'no flag of go changes the cipher suites' }],
    alsoPossible:
      evidence.by === 'alert'
        ? [
            {
              cause: 'alert-insufficient-security',
              confidence: 'possible',
              test: trialCommand('no-common-cipher', seen),
            },
          ]
        : [],
  }),
})

function chosenUnoffered(seen: Observation) {
  const hello = seen.transcript.serverHellos[0]
  const offered = offeredIds(seen)
  if (refusedEarlier(seen, 'suite')) return undefined
  if (hello === undefined || offered.size === 0 || offered.has(hello.cipherSuite.id) || hello.selectedVersion.id < 0x0303) return undefined
  const evidence = evidenceOf(offered, {
    chosen: hello.cipherSuite,
    by: 'server-hello',
    alert: null,
    isTls13: hello.selectedVersion.id > 0x0303,
  })
  return { evidence, leg: 'upstream' as const, stage: 'server-hello' as const, confidence: 'certain' as const }
}

function refusedByAlert(seen: Observation) {
  const code = refusingAlert(seen)
  if (code === undefined) return undefined
  const offered = offeredIds(seen)
  const met = seen.probe?.transcript.serverHellos.find((one) => !one.helloRetryRequest)
  const at = { leg: 'upstream', stage: 'client-hello' } as const
  if (met !== undefined && !offered.has(met.cipherSuite.id)) {
    const isTls13 = met.selectedVersion.id > 0x0303
    return {
      ...at,
      evidence: evidenceOf(offered, { chosen: met.cipherSuite, by: 'probe', alert: code, isTls13 }),
      confidence: 'high' as const,
    }
  }
  if (code !== INSUFFICIENT_SECURITY || met !== undefined) return undefined
  return { ...at, evidence: evidenceOf(offered, { chosen: null, by: 'alert', alert: code, isTls13: false }), confidence: 'likely' as const }
}

function refusingAlert(seen: Observation): number | undefined {
  const { transcript } = seen
  if (transcript.serverHellos.length > 0) return undefined
  const alert = transcript.alerts.find(
    ({ sender, code }) => sender === 'server' && (code === HANDSHAKE_FAILURE || code === INSUFFICIENT_SECURITY),
  )
  return alert?.code ?? undefined
}

function evidenceOf(offered: ReadonlySet<number>, parts: Omit<Evidence, 'offered'>): Evidence {
  return { offered: offered.size, ...parts }
}

function offeredIds(seen: Observation): ReadonlySet<number> {
  return new Set(seen.transcript.clientHellos[0]?.cipherSuites.map(({ id }) => id))
}

function chosenLine(chosen: Named, by: Evidence['by']) {
  const id = `0x${chosen.id.toString(16).padStart(4, '0')}`
  return by === 'probe'
    ? ({ text: `the probe offered more and the server took ${chosen.name} (${id})`, source: 'probe', ref: null } as const)
    : ({ text: `ServerHello: ${chosen.name} (${id}), which was not offered`, source: 'wire', ref: null } as const)
}

/** RSA key exchange is the one missing suite that a setting brings back without weakening what is checked. */
function keyExchangeFixes({ chosen }: Evidence, seen: Observation): readonly Fix[] {
  if (chosen === null || !RSA_KEY_EXCHANGE.has(chosen.id)) return []
  return variableFixes('GODEBUG', extendGodebug(seen.go.godebug, 'tlsrsakex=1'), {
    title: 'until then: let go offer RSA key exchange in this shell',
    checkedHow: 'needs a second try with this setting',
    risk: "no forward secrecy: who gets the server's key later can read this traffic",
  })
}

/** 009c 009d 002f 0035: what go offered up to 1.23. */
const RSA_KEY_EXCHANGE: ReadonlySet<number> = new Set([0x009c, 0x009d, 0x002f, 0x0035])

const REASONS: Readonly<Record<Evidence['by'], (evidence: Evidence) => string>> = {
  'server-hello': ({ chosen }) => `Its ServerHello names ${chosen?.name ?? 'a suite'}, which go did not offer.`,
  probe: ({ chosen, alert }) =>
    `It refused go's ClientHello with alert ${alert ?? ''}; to a wider offer it answered with ${chosen?.name ?? 'a suite'}.`,
  alert: () => 'It refused the ClientHello with alert 71: the offer is below its security level.',
}
