import type { AlsoPossible, EvidenceLine } from '../../contract/diagnosis.ts'
import type { Confidence, Stage } from '../../contract/terms.ts'
import { endedByClientFirst } from '../../handshake/late-signs.ts'
import type { SeenAlert, Transcript } from '../../handshake/transcript.ts'
import { nameAlert } from '../../tls/registry.ts'
import { alertCode, alertMeaning, alertNumberOfText, remoteErrorText } from '../alerts.ts'
import { shownHost } from '../captured.ts'
import { defineCause } from '../cause.ts'
import { fix, serverFix } from '../fixes.ts'
import type { Observation } from '../observation.ts'
import { clientPatienceMs, clientRefusal, hasFinished, refusalBehindFinished, sawServerHello, stageOfDeath } from '../refusal.ts'
import { probeCommand } from '../remedy.ts'
import { saidBehindHandshake } from '../said-behind-tls.ts'
import { type TriedCause, trialCommand } from '../trial.ts'
import { fruitlessLines, isRefuted } from '../trials.ts'

interface Evidence {
  readonly alert: Pick<SeenAlert, 'sender' | 'level' | 'code' | 'name' | 'how'>
  /** The chain that go refused is known, and go's rules accept it. */
  readonly chainLooksFine: boolean
  /** No chain was seen at all. */
  readonly chainUnknown: boolean
  /** The chain is that of go's own session, not of a probe. */
  readonly chainIsGos: boolean
  /** What go refused by an alert that names no certificate: the ServerHello, or the proof of the key. */
  readonly refused: 'server-hello' | 'key-exchange' | null
  /** A probe met the alert at the same place, and could read it. */
  readonly isOfProbe: boolean
}

/** An alert ended the session and nothing deeper explains it; also go's own refusal whose reason stayed encrypted. */
export const alert = defineCause({
  id: 'alert-*',
  meaning: 'The peer sent this alert and no deeper reason could be found',
  fault: 'upstream',
  detect(seen) {
    const ending = seen.outcome === 'failed' ? endingAlert(seen) : undefined
    if (ending === undefined) return undefined
    const read = readByProbe(ending, seen) ?? saidByGo(ending, seen)
    const found = read?.alert ?? ending
    const at = read?.stage ?? stage(found, seen)
    const evidence: Evidence = {
      alert: { sender: found.sender, level: found.level, code: found.code, name: found.name, how: found.how },
      chainLooksFine: seen.judged?.verdict.ok === true,
      chainUnknown: seen.judged === null,
      chainIsGos: seen.judged !== null && seen.judged.source !== 'probe',
      refused: refusedPart(found, at),
      isOfProbe: read !== undefined && !seen.transcript.isComplete,
    }
    return { evidence, leg: 'upstream', stage: at, confidence: read?.confidence ?? confidence(found) }
  },
  member: ({ alert: found }: Evidence) => alertCode(found),
  goText: ({ alert: found }: Evidence) => (found.sender === 'server' && found.how !== 'inferred' ? remoteErrorText(found.code) : undefined),
  explain: (evidence: Evidence, seen) =>
    evidence.alert.sender === 'server' ? explainServerAlert(evidence, seen) : explainRefusal(evidence, seen),
})

type AlertLike = Pick<SeenAlert, 'sender' | 'level' | 'code' | 'name' | 'how'>

/** Go takes no notice of it in TLS 1.3 (RFC 8446, section 6.1), whatever level it has. */
const USER_CANCELED = 90

/** The alert that ended it: the server's first; else the client's, read or inferred from its record. */
function endingAlert(seen: Observation): AlertLike | undefined {
  const { alerts, serverHellos } = seen.transcript
  const isTls13 = serverHellos.some((hello) => hello.selectedVersion.id >= 0x0304)
  const fatal = alerts.filter((one) => one.code !== 0 && (isTls13 ? one.code !== USER_CANCELED : one.level !== 'warning'))
  // Behind such a record the server's FIN may be the end of a close_notify, unless somebody read what it holds.
  const isNamed = (one: SeenAlert) => saidBehindHandshake(seen, REMOTE_ERROR) !== null || readByProbe(one, seen) !== undefined
  const isRead = (one: SeenAlert) => one.how !== 'inferred' || seen.ending?.by !== 'server' || isNamed(one)
  // What the server says to a client's goodbye is one, too.
  const isAnswer = (one: SeenAlert) => one.how === 'inferred' && endedByClientFirst(seen.transcript)
  const byServer = fatal.find((one) => one.sender === 'server' && isRead(one) && !isAnswer(one))
  if (byServer !== undefined) return byServer
  const byClient = fatal.find((one) => one.sender === 'client' && one.beforeFinished)
  return byClient ?? inferredRefusal(seen)
}

/** Behind the handshake go's own sentence names the alert. */
function saidByGo(found: AlertLike, seen: Observation): ReadAlert | undefined {
  if (found.sender !== 'server' || found.how !== 'inferred') return undefined
  const words = saidBehindHandshake(seen, REMOTE_ERROR)
  const code = words === null ? null : alertNumberOfText(REMOTE_ERROR.exec(words)?.[1] ?? '')
  if (code === null || code === 0) return undefined
  return {
    alert: { ...found, level: 'fatal', code, name: nameAlert(code), how: 'decrypted' },
    stage: 'application-data',
    confidence: 'certain',
  }
}

const REMOTE_ERROR = /(?:^|: )remote error: tls: ([^:]+)$/

interface ReadAlert {
  readonly alert: AlertLike
  readonly stage: Stage
  readonly confidence: Confidence
}

/** TLS 1.3 encrypts what the server says behind its ServerHello; a probe that is ended at the same place by an alert can read it. */
function readByProbe(found: AlertLike, { transcript, probe }: Observation): ReadAlert | undefined {
  const met = probe?.transcript
  if (found.sender !== 'server' || found.how !== 'inferred' || transcript.isComplete || met === undefined || met.isComplete)
    return undefined
  const alert = met.alerts.find(
    ({ sender, how, code, beforeFinished }) => sender === 'server' && how === 'decrypted' && code !== 0 && beforeFinished,
  )
  if (alert === undefined || met.pending === null) return undefined
  const [go, other] = [transcript, met].map(({ encryptedLengths }) => encryptedLengths['server-to-client'])
  const isSame = go?.length === other?.length && go?.at(-1) === other?.at(-1)
  return { alert, stage: stageBehindHello(met), confidence: isSame ? 'high' : 'likely' }
}

/** What was awaited, by the messages that the probe decrypted; EncryptedExtensions belongs to the ServerHello. */
function stageBehindHello({ messages }: Transcript): Stage {
  const types = messages.filter(({ dir, source }) => dir === 'server-to-client' && source === 'decrypted').map(({ type }) => type)
  if (types.includes(CERTIFICATE_VERIFY)) return 'finished'
  if (types.includes(CERTIFICATE)) return 'key-exchange'
  return types.includes(ENCRYPTED_EXTENSIONS) ? 'certificate' : 'server-hello'
}

const ENCRYPTED_EXTENSIONS = 8
const CERTIFICATE = 11
const CERTIFICATE_VERIFY = 15

function inferredRefusal(seen: Observation): AlertLike | undefined {
  const isRefusal = clientRefusal(seen)?.how === 'inferred' || isGitsRefusal(seen) || hasCutOff(seen)
  return isRefusal ? { sender: 'client', level: null, code: null, name: 'unknown', how: 'inferred' } : undefined
}

/** git looks at the certificate behind Finished only. */
function isGitsRefusal(seen: Observation): boolean {
  return seen.roots?.reader === 'git' && refusalBehindFinished(seen) !== undefined
}

/** The client left in the middle of the server's flight, and its reset took the alert away with what it had not read. */
function hasCutOff(seen: Observation): boolean {
  const { ending, transcript } = seen
  const isReset = ending?.by === 'client' && ending.how === 'rst' && (ending.afterHelloMs ?? 0) < clientPatienceMs(transcript)
  return isReset && transcript.notTls === null && sawServerHello(seen) && !hasFinished(seen) && transcript.clientAnswer !== 'alert'
}

/** What go refused in a TLS 1.3 flight is the certificate first of all; an alert in clear answers the server's last message, or its first answer. */
function stage(found: AlertLike, seen: Observation): Stage {
  const died = stageOfDeath(seen)
  if (found.sender === 'server') return died
  if (found.how === 'inferred' && hasFinished(seen)) return 'certificate'
  if (found.how === 'inferred') return died === 'server-hello' || died === 'finished' || died === 'key-exchange' ? 'certificate' : died
  return died === 'client-hello' || (died === 'certificate' && hasOnlyServerHello(seen)) ? 'server-hello' : died
}

/** Nothing came behind the ServerHello, not even a part of a message, nor what TLS 1.3 encrypts. */
function hasOnlyServerHello({ transcript }: Observation): boolean {
  const last = transcript.messages.findLast(({ dir }) => dir === 'server-to-client')
  const records = transcript.records.filter(({ dir, contentType }) => dir === 'server-to-client' && MESSAGE_RECORDS.has(contentType))
  return last?.type === SERVER_HELLO && records.length <= 1
}

/** handshake and application_data (RFC 8446, section 5.1). */
const MESSAGE_RECORDS: ReadonlySet<number> = new Set([22, 23])

/** HandshakeType of RFC 8446, section 4. */
const SERVER_HELLO = 2

/** Alerts 42 to 48 speak of a certificate; any other that was read speaks of the message that the session had come to. */
function refusedPart(found: AlertLike, at: Stage): Evidence['refused'] {
  if (found.sender !== 'client' || found.how === 'inferred' || found.code === null || (found.code >= 42 && found.code <= 46)) return null
  if (found.code === 48) return null
  return at === 'server-hello' || at === 'key-exchange' ? at : null
}

function confidence(found: AlertLike): Confidence {
  if (found.how !== 'inferred') return 'certain'
  return found.sender === 'server' ? 'likely' : 'possible'
}

function explainServerAlert({ alert: found, isOfProbe }: Evidence, seen: Observation) {
  const host = shownHost(seen.target.host, seen.target.port)
  const words = found.how === 'inferred' ? 'an alert that cannot be read' : `alert ${found.code} (${found.name})`
  return {
    title: `${host} ended the handshake with ${words}`,
    why: `${alertMeaning(found.how === 'inferred' ? null : found.code) ?? 'Its meaning is not known.'} An alert names no deeper reason; the server's own log may.`,
    evidence: [
      {
        text: `${words} from the server${isOfProbe ? ', read on a second connection that ended at the same place' : ''}`,
        source: sourceOf(found, isOfProbe),
        ref: null,
      },
      ...fruitlessLines(seen),
    ],
    fixes: [serverFix(seen, "look into the server's log at this time")],
    alsoPossible: alternatives(found.code, seen),
    notChecked: ["the server's own reason"],
  }
}

function sourceOf({ how }: AlertLike, isOfProbe: boolean): EvidenceLine['source'] {
  if (isOfProbe) return 'probe'
  return how === 'clear' ? 'wire' : how
}

/** Causes that the taxonomy knows behind an alert, with the trial that would show them. */
function alternatives(code: number | null, seen: Observation): readonly AlsoPossible[] {
  const causes = (BEHIND[code ?? -1] ?? []).filter((cause) => !isRefuted(cause, seen))
  return causes.map((cause) => ({ cause, confidence: 'possible' as const, test: trialCommand(cause, seen) }))
}

const BEHIND: Readonly<Record<number, readonly TriedCause[]>> = {
  40: ['no-common-cipher', 'sni-filtered'],
  70: ['tls13-intolerant'],
  71: ['no-common-cipher'],
  80: ['sni-filtered'],
  112: ['sni-filtered'],
  120: ['alpn-mismatch'],
}

function explainRefusal(evidence: Evidence, seen: Observation) {
  const { alert: found, chainLooksFine, refused } = evidence
  const host = shownHost(seen.target.host, seen.target.port)
  const isRead = found.how !== 'inferred'
  const client = seen.roots?.reader ?? 'go'
  return {
    title: isRead
      ? `${client} refused what ${host} sent, with alert ${found.code} (${found.name})`
      : `${client} refused what ${host} sent; the reason is encrypted`,
    why: refusalWhy(evidence).replace(/^go /, `${client} `),
    evidence: [
      isRead
        ? { text: `${client} sent alert ${found.code} (${found.name})`, source: 'wire' as const, ref: null }
        : { text: `${client} ${unreadWords(seen)}`, source: 'inferred' as const, ref: null },
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
    alsoPossible:
      refused === null
        ? [
            { cause: 'unknown-authority', confidence: 'possible' as const, test: probeCommand(seen.target.host, seen.target.port) },
            ...(chainLooksFine && seen.isClientRemote === true
              ? [{ cause: 'client-clock-wrong', confidence: 'possible' as const, test: 'date -u' }]
              : []),
          ]
        : [],
    notChecked: [
      ...notChecked(evidence),
      ...(chainLooksFine && seen.isClientRemote === true
        ? ["the client's clock and roots: it may be on another machine, where date -u tells the time"]
        : []),
    ],
  }
}

function unreadWords(seen: Observation): string {
  if (hasFinished(seen)) return 'left right behind its Finished, without a request'
  return hasCutOff(seen)
    ? 'reset the connection in the middle of what the server sent'
    : 'sent an alert-sized record (19 bytes) where Finished belongs'
}

function notChecked({ chainLooksFine, chainIsGos, refused }: Evidence): readonly string[] {
  if (refused !== null) return ['which field of the message go refused; its own sentence says it']
  if (!chainLooksFine) return ['the certificate chain that go met']
  return [
    ...(chainIsGos ? [] : ['whether go met the chain that whytls saw']),
    'whether go uses the roots that whytls read',
    "the proof of the certificate's key",
  ]
}

function refusalWhy({ chainLooksFine, chainUnknown, chainIsGos, refused }: Evidence): string {
  if (refused === 'server-hello') return REFUSED_HELLO
  if (refused === 'key-exchange') return REFUSED_KEY
  const said = 'go ended the handshake itself, most often because of the certificate.'
  if (chainLooksFine) {
    const other = chainIsGos ? '' : 'go met another server, or '
    return `${said} The chain that whytls saw would have passed: ${other}go reads other roots than whytls assumed, or the proof of the certificate's key does not hold (a certificate and a key that do not belong together).`
  }
  return chainUnknown ? `${said} The chain was not seen: TLS 1.3 encrypts it and no probe brought it.` : said
}

const REFUSED_HELLO =
  'go did not accept the ServerHello: a version, suite or extension in it breaks the protocol or was never offered, or it carries the mark of a downgrade. The server is broken, or something on the path changes the handshake. No certificate was judged.'
const REFUSED_KEY =
  "go did not accept the server's key exchange. Most often its signature does not fit the certificate (a certificate and a key that do not belong together), or a message is missing or malformed."
