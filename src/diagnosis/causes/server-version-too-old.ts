import type { Confidence } from '../../contract/terms.ts'
import { shownHost } from '../captured.ts'
import { defineCause } from '../cause.ts'
import { serverFix } from '../fixes.ts'
import { refusedEarlier } from '../negotiation.ts'
import type { Observation } from '../observation.ts'
import { trialCommand } from '../trial.ts'
import { isRefuted, tallyOf } from '../trials.ts'

const TLS12 = 0x0303
const PROTOCOL_VERSION = 70

interface Evidence {
  /** Version of the server's ServerHello ("TLS 1.1"), null when it refused by alert. */
  readonly selected: string | null
  readonly selectedId: number | null
  readonly offered: readonly string[]
  /** What the probe met: another ServerHello's version, the same alert, or nothing. */
  readonly probe: string | null
}

/** The server speaks TLS 1.1 or older only: its ServerHello says so, or its alert 70 in answer to an offer of 1.2 and 1.3. */
export const serverVersionTooOld = defineCause({
  id: 'server-version-too-old',
  meaning: 'The server speaks only TLS 1.1 or older',
  fault: 'upstream',
  detect: (seen) => chosenTooOld(seen) ?? refusedByAlert(seen),
  goText: ({ selectedId }: Evidence) =>
    selectedId === null
      ? 'remote error: tls: protocol version not supported'
      : `tls: server selected unsupported protocol version ${selectedId.toString(16)}`,
  explain: ({ selected, offered, probe }: Evidence, seen) => ({
    title:
      selected === null && probe === REFUSED_OLD
        ? `${shownHost(seen.target.host, seen.target.port)} accepts no TLS version that is offered to it`
        : `${shownHost(seen.target.host, seen.target.port)} speaks only TLS versions older than 1.2`,
    why: `${selected === null ? 'It refused the ClientHello with alert 70 (protocol_version)' : `It chose ${selected}`}, although ${offered.join(' and ')} were offered. go speaks TLS 1.2 and 1.3 only, and no setting of the go command changes that.`,
    evidence: [
      { text: `offered: ${offered.join(', ')}`, source: 'wire', ref: null },
      {
        text: selected === null ? 'answer: alert 70 protocol_version, no ServerHello' : `ServerHello: ${selected}`,
        source: 'wire',
        ref: null,
      },
      ...(probe === null ? [] : [{ text: `the probe met: ${probe}`, source: 'probe' as const, ref: null }]),
    ],
    fixes: [serverFix(seen, 'enable TLS 1.2 or 1.3 on the server')],
    alsoPossible:
      selected === null && !isRefuted('tls13-intolerant', seen)
        ? [{ cause: 'tls13-intolerant', confidence: 'possible', test: trialCommand('tls13-intolerant', seen) }]
        : [],
    willNotHelp: [{ setting: 'GODEBUG=tls10server=1', because: 'it acts on servers written in Go, never on the go command' }],
  }),
})

function chosenTooOld(seen: Observation) {
  const hello = seen.transcript.serverHellos.find((one) => !one.helloRetryRequest)
  if (hello === undefined || !isOld(hello.selectedVersion.id) || refusedEarlier(seen, 'version')) return undefined
  const evidence: Evidence = {
    selected: hello.selectedVersion.name,
    selectedId: hello.selectedVersion.id,
    offered: offeredVersions(seen),
    probe: null,
  }
  return { evidence, leg: 'upstream' as const, stage: 'server-hello' as const, confidence: 'certain' as const }
}

/** An older server is what alert 70 means when 1.2 was offered; a probe that gets a newer ServerHello speaks against it. */
function refusedByAlert(seen: Observation) {
  const { transcript } = seen
  const refused =
    transcript.serverHellos.length === 0 && transcript.alerts.some((alert) => alert.sender === 'server' && alert.code === PROTOCOL_VERSION)
  if (!refused || !offersTls12(seen)) return undefined
  const probe = probeAnswer(seen)
  if (probe === 'contradicts') return undefined
  // One that takes an offer of TLS 1.2 alone is not too old, unless it is known to answer with an older version.
  if (probe?.confidence !== 'certain' && tallyOf(seen, 'TLS 1.2 only').passed > 0) return undefined
  const evidence: Evidence = { selected: null, selectedId: null, offered: offeredVersions(seen), probe: probe?.words ?? null }
  return { evidence, leg: 'upstream' as const, stage: 'client-hello' as const, confidence: probe?.confidence ?? ('likely' as const) }
}

function probeAnswer(seen: Observation): { readonly words: string; readonly confidence: Confidence } | 'contradicts' | undefined {
  const met = seen.probe?.transcript
  if (met === undefined) return undefined
  const hello = met.serverHellos[0]
  if (hello !== undefined)
    return isOld(hello.selectedVersion.id)
      ? { words: `a ServerHello of ${hello.selectedVersion.name}`, confidence: 'certain' }
      : 'contradicts'
  const sameAlert = met.alerts.some((alert) => alert.sender === 'server' && alert.code === PROTOCOL_VERSION)
  if (!sameAlert) return undefined
  const offeredOld = met.clientHellos.some((hello) => hello.supportedVersions.some(({ id }) => isOld(id)))
  // Then the server speaks none of the older versions either, or refuses for a reason that the alert does not tell.
  return offeredOld ? { words: REFUSED_OLD, confidence: 'possible' } : { words: 'the same alert', confidence: 'high' }
}

const REFUSED_OLD = 'the same alert, although it offered TLS 1.0 and 1.1 too'

function isOld(version: number): boolean {
  return version < TLS12 && version >= 0x0200
}

function offersTls12(seen: Observation): boolean {
  const hello = seen.transcript.clientHellos[0]
  if (hello === undefined) return false
  return hello.supportedVersions.length > 0 ? hello.supportedVersions.some(({ id }) => id === TLS12) : hello.legacyVersion === '0x0303'
}

function offeredVersions(seen: Observation): readonly string[] {
  const names =
    seen.transcript.clientHellos[0]?.supportedVersions.filter(({ name }) => name.startsWith('TLS')).map(({ name }) => name) ?? []
  return names.length > 0 ? names : ['TLS 1.2']
}
