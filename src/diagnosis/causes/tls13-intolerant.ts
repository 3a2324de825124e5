import { shownHost } from '../captured.ts'
import { defineCause } from '../cause.ts'
import { NO_HELP_FOR_CONNECTIONS, networkFix } from '../fixes.ts'
import type { Observation } from '../observation.ts'
import { probeCommand } from '../remedy.ts'
import { trialCommand } from '../trial.ts'
import { goTextOfDeath, type Proof, proofLine, proveChange, refusingAlert, type Tally, tallyLine, tallyOf } from '../trials.ts'

interface Evidence {
  readonly proof: Proof
  /** Filled up to the size of the shortest hello that offers TLS 1.3. */
  readonly padded: Tally
  readonly withoutPostQuantum: Tally
  readonly anotherName: Tally
  readonly alert: number | null
}

/** The same hello is answered once it no longer offers TLS 1.3, at the same size too. */
export const tls13Intolerant = defineCause({
  id: 'tls13-intolerant',
  meaning: 'A ClientHello that offers TLS 1.3 is refused; one that offers only TLS 1.2 works',
  fault: 'middlebox',
  detect(seen) {
    if (answersOlder(seen)) return undefined
    const proof = proveChange(seen, 'TLS 1.2 only')
    const alert = refusingAlert(seen)
    const padded = tallyOf(seen, 'TLS 1.2 only, padded')
    if (proof === undefined || hasTakenTls13(seen) || padded.failed > 0 || (alert !== null && OTHER_REASONS.has(alert))) return undefined
    const withoutPostQuantum = tallyOf(seen, 'no ML-KEM')
    const evidence: Evidence = { proof, padded, withoutPostQuantum, anotherName: tallyOf(seen, 'another server name'), alert }
    return { evidence, leg: 'upstream', stage: 'client-hello', confidence: confidence(evidence) }
  },
  goText: (_evidence: Evidence, seen) => goTextOfDeath(seen),
  explain: (evidence: Evidence, seen) => ({
    title: `something on the path to ${shownHost(seen.target.host, seen.target.port)} refuses a ClientHello that offers TLS 1.3`,
    why: `The same message with an offer of TLS 1.2 only is answered ${evidence.proof.changed.passed} of ${evidence.proof.changed.passed + evidence.proof.changed.failed} times. A server that does not know TLS 1.3 must choose TLS 1.2 (RFC 8446, appendix D.2); an old firewall, inspecting proxy or server breaks off instead.`,
    evidence: [
      proofLine(evidence.proof),
      ...tallyLine(evidence.padded),
      ...tallyLine(evidence.withoutPostQuantum),
      ...tallyLine(evidence.anotherName),
    ],
    fixes: [
      networkFix(seen, 'update what refuses TLS 1.3 on the path, or on the host; nothing can be set in go', {
        commands: [probeCommand(seen.target.host, seen.target.port, '--bisect')],
      }),
    ],
    willNotHelp: [
      { setting: 'GODEBUG=tls13=0', because: 'go does not know it any more: no setting of the go command takes TLS 1.3 out of its offer' },
      ...NO_HELP_FOR_CONNECTIONS,
    ],
    alsoPossible:
      evidence.alert !== null && !VERSION_ALERTS.has(evidence.alert)
        ? [{ cause: 'no-common-cipher', confidence: 'possible', test: trialCommand('no-common-cipher', seen) }]
        : [],
    notChecked: ['whether a device on the path or the host itself refuses it'],
  }),
})

/** A probe of ours that offered TLS 1.3 got a ServerHello: the offer is not what is refused. */
function hasTakenTls13({ probe }: Observation): boolean {
  const offered = probe?.transcript.clientHellos[0]?.supportedVersions.some(({ id }) => id === TLS13) ?? false
  return offered && (probe?.transcript.serverHellos.length ?? 0) > 0
}

const TLS13 = 0x0304

/** unrecognized_name, certificate_required and no_application_protocol speak of something else. */
const OTHER_REASONS: ReadonlySet<number> = new Set([112, 116, 120])
/** To a wide offer it answers with TLS 1.1 or older: then its answer to an offer of 1.2 is such a ServerHello too. */
function answersOlder({ probe }: Observation): boolean {
  const hello = probe?.transcript.serverHellos[0]
  return hello !== undefined && hello.selectedVersion.id < 0x0303
}

/** What an intolerant reader answers: unexpected_message, illegal_parameter, decode_error, protocol_version. Other alerts may mean that it takes nothing of what TLS 1.3 offers. */
const VERSION_ALERTS: ReadonlySet<number> = new Set([10, 47, 50, 70])

function confidence({ proof, padded, withoutPostQuantum, anotherName, alert }: Evidence): Proof['confidence'] {
  const isAlone = withoutPostQuantum.passed === 0 && anotherName.passed === 0
  const isVersion = padded.passed >= 2 && padded.failed === 0 && (alert === null || VERSION_ALERTS.has(alert))
  return isAlone && isVersion ? proof.confidence : 'likely'
}
