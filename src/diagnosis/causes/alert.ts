import type { AlsoPossible } from '../../contract/diagnosis.ts'
import type { Confidence } from '../../contract/terms.ts'
import type { SeenAlert } from '../../handshake/transcript.ts'
import { alertCode, alertMeaning, remoteErrorText } from '../alerts.ts'
import { shownHost } from '../captured.ts'
import { defineCause } from '../cause.ts'
import { fix, serverFix } from '../fixes.ts'
import type { Observation } from '../observation.ts'
import { clientRefusal, stageOfDeath } from '../refusal.ts'
import { probeCommand } from '../remedy.ts'
import { type TriedCause, trialCommand } from '../trial.ts'

interface Evidence {
  readonly alert: Pick<SeenAlert, 'sender' | 'level' | 'code' | 'name' | 'how'>
  /** The chain that go refused is known, and go's rules accept it. */
  readonly chainLooksFine: boolean
  /** No chain was seen at all. */
  readonly chainUnknown: boolean
}

/** An alert ended the session and nothing deeper explains it; also go's own refusal whose reason stayed encrypted. */
export const alert = defineCause({
  id: 'alert-*',
  meaning: 'The peer sent this alert and no deeper reason could be found',
  fault: 'upstream',
  detect(seen) {
    const found = seen.outcome === 'failed' ? endingAlert(seen) : undefined
    if (found === undefined) return undefined
    const evidence: Evidence = {
      alert: { sender: found.sender, level: found.level, code: found.code, name: found.name, how: found.how },
      chainLooksFine: seen.judged?.verdict.ok === true,
      chainUnknown: seen.judged === null,
    }
    return { evidence, leg: 'upstream', stage: stage(found, seen), confidence: confidence(found) }
  },
  member: ({ alert: found }: Evidence) => alertCode(found),
  goText: ({ alert: found }: Evidence) => (found.sender === 'server' && found.how !== 'inferred' ? remoteErrorText(found.code) : undefined),
  explain: (evidence: Evidence, seen) =>
    evidence.alert.sender === 'server' ? explainServerAlert(evidence, seen) : explainRefusal(evidence, seen),
})

type AlertLike = Pick<SeenAlert, 'sender' | 'level' | 'code' | 'name' | 'how'>

/** The alert that ended it: the server's first; else the client's, read or inferred from its record. */
function endingAlert(seen: Observation): AlertLike | undefined {
  const { alerts, serverHellos } = seen.transcript
  const isTls13 = serverHellos.some((hello) => hello.selectedVersion.id >= 0x0304)
  const fatal = alerts.filter((one) => one.code !== 0 && one.code !== 90 && (one.level !== 'warning' || isTls13))
  const byServer = fatal.find((one) => one.sender === 'server' && (one.how !== 'inferred' || seen.ending?.by !== 'server'))
  if (byServer !== undefined) return byServer
  const byClient = fatal.find((one) => one.sender === 'client' && one.beforeFinished)
  return byClient ?? inferredRefusal(seen)
}

function inferredRefusal(seen: Observation): AlertLike | undefined {
  return clientRefusal(seen)?.how === 'inferred'
    ? { sender: 'client', level: null, code: null, name: 'unknown', how: 'inferred' }
    : undefined
}

/** What go refused in a TLS 1.3 flight is the certificate first of all. */
function stage(found: AlertLike, seen: Observation) {
  const died = stageOfDeath(seen)
  const isHidden =
    found.sender === 'client' && found.how === 'inferred' && (died === 'server-hello' || died === 'finished' || died === 'key-exchange')
  return isHidden ? 'certificate' : died
}

function confidence(found: AlertLike): Confidence {
  if (found.how !== 'inferred') return 'certain'
  return found.sender === 'server' ? 'likely' : 'possible'
}

function explainServerAlert({ alert: found }: Evidence, seen: Observation) {
  const host = shownHost(seen.target.host, seen.target.port)
  const words = found.how === 'inferred' ? 'an alert that cannot be read' : `alert ${found.code} (${found.name})`
  return {
    title: `${host} ended the handshake with ${words}`,
    why: `${alertMeaning(found.how === 'inferred' ? null : found.code) ?? 'Its meaning is not known.'} An alert names no deeper reason; the server's own log may.`,
    evidence: [{ text: `${words} from the server`, source: found.how === 'clear' ? ('wire' as const) : found.how, ref: null }],
    fixes: [serverFix(seen, "look into the server's log at this time")],
    alsoPossible: alternatives(found.code, seen),
    notChecked: ["the server's own reason"],
  }
}

/** Causes that the taxonomy knows behind an alert, with the trial that would show them. */
function alternatives(code: number | null, seen: Observation): readonly AlsoPossible[] {
  return (BEHIND[code ?? -1] ?? []).map((cause) => ({ cause, confidence: 'possible' as const, test: trialCommand(cause, seen) }))
}

const BEHIND: Readonly<Record<number, readonly TriedCause[]>> = {
  40: ['no-common-cipher', 'sni-filtered'],
  70: ['tls13-intolerant'],
  71: ['no-common-cipher'],
  80: ['sni-filtered'],
  112: ['sni-filtered'],
  120: ['alpn-mismatch'],
}

function explainRefusal({ alert: found, chainLooksFine, chainUnknown }: Evidence, seen: Observation) {
  const host = shownHost(seen.target.host, seen.target.port)
  const isRead = found.how !== 'inferred'
  return {
    title: isRead
      ? `go refused what ${host} sent, with alert ${found.code} (${found.name})`
      : `go refused what ${host} sent; the reason is encrypted`,
    why: refusalWhy(chainLooksFine, chainUnknown),
    evidence: [
      isRead
        ? { text: `go sent alert ${found.code} (${found.name})`, source: 'wire' as const, ref: null }
        : { text: 'go sent an alert-sized record (19 bytes) where Finished belongs', source: 'inferred' as const, ref: null },
      ...(chainLooksFine
        ? [
            {
              text: `the chain that whytls saw passes go's rules with ${seen.roots?.whose ?? 'the roots that whytls read'}`,
              source: 'verifier' as const,
              ref: null,
            },
          ]
        : []),
    ],
    fixes: [
      fix({
        title: 'look at the certificate chain as go would',
        commands: [probeCommand(seen.target.host, seen.target.port)],
        checkedHow: 'this only looks',
      }),
    ],
    alsoPossible: [{ cause: 'unknown-authority', confidence: 'possible' as const, test: probeCommand(seen.target.host, seen.target.port) }],
    notChecked: chainLooksFine
      ? ['whether go met the chain that whytls saw', 'whether go uses the roots that whytls read']
      : ['the certificate chain that go met'],
  }
}

function refusalWhy(chainLooksFine: boolean, chainUnknown: boolean): string {
  const said = 'go ended the handshake itself, most often because of the certificate.'
  if (chainLooksFine)
    return `${said} The chain that whytls saw would have passed: go met another server, or reads other roots than whytls assumed.`
  return chainUnknown ? `${said} The chain was not seen: TLS 1.3 encrypts it and no probe brought it.` : said
}
