import type { Fix } from '../../contract/diagnosis.ts'
import type { Named } from '../../contract/terms.ts'
import { shownHost } from '../captured.ts'
import { defineCause } from '../cause.ts'
import { serverFix, variableFixes } from '../fixes.ts'
import { refusedEarlier } from '../negotiation.ts'
import type { Observation } from '../observation.ts'
import { extendGodebug } from '../remedy.ts'
import { hasOldExchanges, trialCommand } from '../trial.ts'
import { chosenBy, goTextOfDeath, type Proof, proofLine, proveChange } from '../trials.ts'

const HANDSHAKE_FAILURE = 40
const INSUFFICIENT_SECURITY = 71

interface Evidence {
  readonly offered: number
  /** The suite that the server took: from this session's ServerHello, or from the probe's. */
  readonly chosen: Named | null
  readonly by: 'server-hello' | 'probe' | 'trial' | 'alert'
  readonly alert: number | null
  readonly isTls13: boolean
  /** A copy of go's ClientHello with every suite passed. */
  readonly proof?: Proof
}

/**
 * The server takes a suite that go did not offer. An alert 40 alone says nothing of suites, so it counts only with a probe that offered more and got one of
 * those, or with a copy of go's own hello that passes once it
 * offers every suite; alert 71 speaks of too weak an offer, which is likely the same.
 */
export const noCommonCipher = defineCause({
  id: 'no-common-cipher',
  meaning: 'The server accepts no cipher suite that the client offers',
  fault: 'upstream',
  detect: (seen) => chosenUnoffered(seen) ?? takenByProbe(seen) ?? shownByTrial(seen) ?? tooWeak(seen),
  goText: ({ by }: Evidence, seen) => (by === 'server-hello' ? 'tls: server chose an unconfigured cipher suite' : goTextOfDeath(seen)),
  explain: (evidence: Evidence, seen) => ({
    title: `${shownHost(seen.target.host, seen.target.port)} accepts no cipher suite that go offers`,
    why: `${REASONS[evidence.by](evidence)} Offer and demand have nothing in common.`,
    evidence: [
      { text: `${evidence.offered} cipher suites offered`, source: 'wire', ref: null },
      ...(evidence.alert === null ? [] : [{ text: `answer: alert ${evidence.alert}, no ServerHello`, source: 'wire' as const, ref: null }]),
      ...(evidence.chosen === null ? [] : [chosenLine(evidence.chosen, evidence.by)]),
      ...(evidence.proof === undefined ? [] : [proofLine(evidence.proof)]),
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

function takenByProbe(seen: Observation) {
  const code = refusingAlert(seen)
  if (code === undefined) return undefined
  const offered = offeredIds(seen)
  const met = seen.probe?.transcript.serverHellos.find((one) => !one.helloRetryRequest)
  if (met === undefined || offered.has(met.cipherSuite.id)) return undefined
  const isTls13 = met.selectedVersion.id > 0x0303
  return {
    ...AT_HELLO,
    evidence: evidenceOf(offered, { chosen: met.cipherSuite, by: 'probe', alert: code, isTls13 }),
    confidence: 'high' as const,
  }
}

const AT_HELLO = { leg: 'upstream', stage: 'client-hello' } as const

/** Go's own hello with every suite is answered each time, with one that go does not offer, and go's own never is. */
function shownByTrial(seen: Observation) {
  const proof = proveChange(seen, 'every cipher suite')
  const chosen = chosenBy(seen, 'every cipher suite')?.cipherSuite
  const offered = offeredIds(seen)
  if (proof === undefined || chosen === undefined || offered.has(chosen.id)) return undefined
  const evidence = evidenceOf(offered, { chosen, by: 'trial', alert: refusingAlert(seen) ?? null, isTls13: chosen.id >> 8 === 0x13, proof })
  return { ...AT_HELLO, evidence, confidence: proof.confidence }
}

function tooWeak(seen: Observation) {
  const isAnswered = seen.probe?.transcript.serverHellos.some((one) => !one.helloRetryRequest) ?? false
  if (refusingAlert(seen) !== INSUFFICIENT_SECURITY || isAnswered) return undefined
  const parts = { chosen: null, by: 'alert', alert: INSUFFICIENT_SECURITY, isTls13: false } as const
  return { ...AT_HELLO, evidence: evidenceOf(offeredIds(seen), parts), confidence: 'likely' as const }
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
  if (by === 'probe')
    return { text: `the probe offered more and the server took ${chosen.name} (${id})`, source: 'probe', ref: null } as const
  return by === 'trial'
    ? ({ text: `of every suite the server took ${chosen.name} (${id})`, source: 'bisect', ref: null } as const)
    : ({ text: `ServerHello: ${chosen.name} (${id}), which was not offered`, source: 'wire', ref: null } as const)
}

/** RSA key exchange is the one missing suite that a setting brings back without weakening what is checked. */
function keyExchangeFixes({ chosen }: Evidence, seen: Observation): readonly Fix[] {
  if (chosen === null || !RSA_KEY_EXCHANGE.has(chosen.id) || !hasOldExchanges(seen)) return []
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
  trial: ({ chosen }) =>
    `It does not answer go's ClientHello; to the same one with every suite in it, it answered with ${chosen?.name ?? 'a suite'}.`,
  alert: () => 'It refused the ClientHello with alert 71: the offer is below its security level.',
}
