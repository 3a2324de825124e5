import type { EvidenceLine } from '../../contract/diagnosis.ts'
import { shownHost } from '../captured.ts'
import { defineCause } from '../cause.ts'
import { NO_HELP_FOR_CONNECTIONS, networkFix } from '../fixes.ts'
import type { Observation } from '../observation.ts'
import { probeCommand } from '../remedy.ts'
import {
  goTextOfDeath,
  type Proof,
  proofLine,
  proveChange,
  proveOtherAnswer,
  refusingAlert,
  type Tally,
  tallyLine,
  tallyOf,
} from '../trials.ts'
import { inTime } from '../units.ts'

interface Evidence {
  readonly proof: Proof
  readonly withoutName: Tally
  readonly withoutPostQuantum: Tally
  readonly onlyTls12: Tally
  /** The number of the alert that refuses the name, null where the connection dies without one. */
  readonly alert: number | null
  /** The status line of a page that comes instead of TLS, null where none came. */
  readonly page: string | null
}

/** The same hello with another name as long, or without one, is answered. */
export const sniFiltered = defineCause({
  id: 'sni-filtered',
  meaning: 'The connection is refused because of the server name in the ClientHello; with another or no name it works',
  fault: 'middlebox',
  detect(seen) {
    const alert = refusingAlert(seen)
    const proof = proveChange(seen, 'another server name') ?? withoutAnyName(seen, alert) ?? proveOtherAnswer(seen)
    if (proof === undefined || isAnsweredToItsName(seen) || (alert !== null && OTHER_REASONS.has(alert))) return undefined
    const evidence: Evidence = {
      proof,
      withoutName: tallyOf(seen, 'no server name'),
      withoutPostQuantum: tallyOf(seen, 'no ML-KEM'),
      onlyTls12: tallyOf(seen, 'TLS 1.2 only'),
      alert,
      page: seen.transcript.notTls?.statusLine ?? null,
    }
    return { evidence, leg: 'upstream', stage: 'client-hello', confidence: confidence(evidence) }
  },
  goText: (_evidence: Evidence, seen) => goTextOfDeath(seen),
  explain: (evidence: Evidence, seen) => ({
    title: `${shownHost(seen.target.host, seen.target.port)} is refused because of its name in the ClientHello`,
    why: `${why(evidence)} A filter of the network does so for names on its list; a front end of the host that chooses the service by name may do so too, when that service is down.${addressHint(seen)}`,
    evidence: [
      proofLine(evidence.proof),
      ...nearness(seen, evidence.proof),
      ...(evidence.proof.changed.change === 'no server name'
        ? tallyLine(tallyOf(seen, 'another server name'))
        : tallyLine(evidence.withoutName)),
      ...tallyLine(evidence.withoutPostQuantum),
      ...tallyLine(evidence.onlyTls12),
    ],
    fixes: [
      networkFix(seen, 'ask for this name to be let through, with the time and this evidence', {
        commands: [probeCommand(seen.target.host, seen.target.port, '--bisect')],
      }),
    ],
    willNotHelp: NO_HELP_FOR_CONNECTIONS,
    notChecked: ['whether a device on the path or the front end of the host refuses the name'],
  }),
})

/** Whatever cuts long before anything is answered probably sits nearer than what answers; a host that is slow to answer looks the same. */
function nearness(seen: Observation, { changed }: Proof): readonly EvidenceLine[] {
  const cuts = (seen.trials ?? []).filter(({ change }) => change === 'unchanged').flatMap(({ tries }) => tries)
  const cutMs = cuts.filter(({ met }) => met === 'rst' || met === 'fin').map(({ afterMs }) => afterMs)
  const latest = Math.max(...cutMs)
  if (cutMs.length < 2 || changed.answeredMs === null || changed.answeredMs < FAR_MS || latest * NEARER > changed.answeredMs) return []
  const text = `cut within ${inTime(latest)} of the ClientHello, while an answer takes ${inTime(changed.answeredMs)}: whatever cuts is probably nearer than what answers`
  return [{ text, source: 'bisect', ref: null }]
}

const FAR_MS = 10
const NEARER = 3

/** go prints whom its TCP connection is with. */
function addressHint({ route, ending }: Observation): string {
  return route.length > 0 && ending?.how === 'rst' ? " The address in go's message is the proxy's, not the host's." : ''
}

/** unrecognized_name is what a strict server itself says to a name that it does not know, while it takes hellos without one. */
function withoutAnyName(seen: Observation, alert: number | null): Proof | undefined {
  return alert === UNRECOGNIZED_NAME ? undefined : proveChange(seen, 'no server name')
}

const UNRECOGNIZED_NAME = 112

/** A probe of ours that sent the same name got a ServerHello: the name is not what is refused. */
function isAnsweredToItsName({ probe, transcript }: Observation): boolean {
  const [own, ours] = [transcript.clientHellos[0]?.serverName, probe?.transcript.clientHellos[0]?.serverName]
  return own !== undefined && own === ours && (probe?.transcript.serverHellos.length ?? 0) > 0
}

/** protocol_version, certificate_required and no_application_protocol speak of something else. */
const OTHER_REASONS: ReadonlySet<number> = new Set([70, 116, 120])
/** Alerts that a server also sends when one of its names is set up badly: handshake_failure, insufficient_security, internal_error. */
const BROAD_ALERTS: ReadonlySet<number> = new Set([40, 71, 80])

function confidence({ proof, withoutPostQuantum, onlyTls12, alert }: Evidence): Proof['confidence'] {
  // Some strict servers answer names that they do not know by another alert.
  if (alert !== null && proof.changed.change === 'no server name') return 'likely'
  const isAlone = withoutPostQuantum.passed === 0 && onlyTls12.passed === 0
  const isPlain = isAlone && (alert === null || !BROAD_ALERTS.has(alert))
  return isPlain ? proof.confidence : 'likely'
}

function why({ proof, alert, page }: Evidence): string {
  const refused =
    page !== null
      ? `Instead of TLS a page came (${page})`
      : alert !== null
        ? `An alert (${alert}) came instead of a ServerHello`
        : 'No ServerHello came'
  const same =
    proof.changed.change === 'another server name'
      ? 'the same message with another name of the same length'
      : 'the same message without a server name'
  if (proof.changed.passed === 0) {
    return `${refused}; ${same}, to the same address, is answered each time, though by an alert (${proof.changed.failedBy}): the host is reached, and knows no such name.`
  }
  return `${refused}; ${same}, to the same address, is answered ${proof.changed.passed} of ${proof.changed.passed + proof.changed.failed} times.`
}
