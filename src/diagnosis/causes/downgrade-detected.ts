import type { EvidenceLine } from '../../contract/diagnosis.ts'
import { shownHost } from '../captured.ts'
import { defineCause } from '../cause.ts'
import { NO_HELP_FOR_CONNECTIONS, networkFix, serverFix } from '../fixes.ts'
import { findRefusal, type NegotiationEvidence, refusalGaps, refusalLines } from '../negotiation.ts'
import type { Observation } from '../observation.ts'

interface Evidence extends NegotiationEvidence {
  /** What the probe's ServerHello says; null where there was none. */
  readonly probe: { readonly version: string; readonly hasMark: boolean } | null
}

/** The ServerHello is of TLS 1.2 and its random says that the server speaks 1.3 and was not offered it (RFC 8446 section 4.1.3). */
export const downgradeDetected = defineCause({
  id: 'downgrade-detected',
  meaning: 'The ServerHello carries the downgrade mark: something on the path removed TLS 1.3 from the ClientHello',
  fault: 'middlebox',
  detect(seen) {
    const found = findRefusal(seen, ['downgrade'])
    return found === undefined ? undefined : { ...found, evidence: { ...found.evidence, probe: probeAnswer(seen) } }
  },
  goText: ({ text }: Evidence) => text,
  explain: (evidence: Evidence, seen) => ({
    title: `something between go and ${shownHost(seen.target.host, seen.target.port)} takes TLS 1.3 away`,
    why: `go offered TLS 1.3. The server chose an older version and marked its random: it speaks TLS 1.3 and did not see it offered. Whoever changed the ClientHello stands between the two: a TLS-inspecting device, a load balancer, a security program on this machine. ${WHO[whoShows(evidence)]} go never continues behind this mark.`,
    evidence: [...refusalLines(evidence), ...probeLines(evidence)],
    fixes: [
      networkFix(seen, 'let the device pass TLS 1.3 handshakes unchanged, or bring its software up to date'),
      serverFix(seen, 'if the server stands behind a load balancer of its own: let that one pass the ClientHello unchanged'),
    ],
    willNotHelp: NO_HELP_FOR_CONNECTIONS,
    notChecked: ['which device changed the ClientHello', ...refusalGaps(evidence)],
  }),
})

function probeAnswer({ probe }: Observation): Evidence['probe'] {
  const hello = probe?.transcript.serverHellos.find((one) => !one.helloRetryRequest)
  return hello === undefined ? null : { version: hello.selectedVersion.name, hasMark: MARK.test(hello.random) }
}

type Shown = 'both' | 'go-only' | 'unknown'

function whoShows({ probe }: Evidence): Shown {
  if (probe === null) return 'unknown'
  return probe.hasMark ? 'both' : 'go-only'
}

function probeLines({ probe }: Evidence): readonly EvidenceLine[] {
  if (probe === null) return []
  return [
    { text: `the probe got ${probe.version}${probe.hasMark ? ' with the same mark' : ' without the mark'}`, source: 'probe', ref: null },
  ]
}

const WHO: Readonly<Record<Shown, string>> = {
  both: 'A second handshake met the same, so it is no accident of one connection.',
  'go-only':
    'A second handshake with another ClientHello did not meet it: the device changes some hellos only, or another server answered.',
  unknown: 'No second handshake could be compared.',
}

const MARK = /444f574e475244(?:00|01)$/
