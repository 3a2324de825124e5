import type { EvidenceLine } from '../../contract/diagnosis.ts'
import type { Confidence } from '../../contract/terms.ts'
import { remoteErrorText } from '../alerts.ts'
import { shown, shownHost } from '../captured.ts'
import { defineCause } from '../cause.ts'
import { fix, serverFix } from '../fixes.ts'
import type { Observation } from '../observation.ts'
import { commandLine, isHost, targetWord } from '../remedy.ts'
import { saidBehindHandshake } from '../said-behind-tls.ts'

interface Evidence {
  readonly requestSeen: 'clear' | 'decrypted' | 'inferred'
  readonly authorities: readonly string[]
  /** The alert that refused, null when it could not be read. */
  readonly alert: number | null
  readonly isTls13: boolean
  readonly diedAfterFinished: boolean
  /** It finished the handshake and answered this instead, "400 Bad Request"; absent = it ended the session. */
  readonly answered?: string
}

/** The server asked for a client certificate, go sent none, and the server then ended the session. The CertificateRequest tells, not go's text. */
export const clientCertRequired = defineCause({
  id: 'client-cert-required',
  meaning: 'The server wants a client certificate, which the go command cannot send',
  fault: 'upstream',
  detect(seen) {
    const request = seen.transcript.certificateRequest
    const answered = saidBehindHandshake(seen, /^400(?: |$)/)
    const died = answered === null ? serverRefused(seen) : { ...UNREFUSED, isTls13: isTls13(seen), answered }
    if (request === null || died === undefined || (seen.outcome !== 'failed' && answered === null)) return undefined
    const evidence: Evidence = {
      requestSeen: request.how,
      authorities:
        (request.certificateAuthorities.length > 0 ? request : seen.probe?.transcript.certificateRequest)?.certificateAuthorities ?? [],
      ...died,
    }
    const sure = answered === null ? confidence(request.how, died.alert) : 'likely'
    return { evidence, leg: 'upstream', stage: stage(died.isTls13, seen), confidence: sure }
  },
  goText: ({ alert, isTls13 }: Evidence) => {
    if (isTls13) return undefined
    return alert === null ? undefined : remoteErrorText(alert)
  },
  explain: ({ authorities, alert, isTls13, requestSeen, answered }: Evidence, seen) => ({
    title: `${shownHost(seen.target.host, seen.target.port)} wants a client certificate, go has none`,
    why: `The server asked for a certificate${authorities[0] === undefined ? '' : ` from "${shown(authorities[0])}"`}. The go command cannot send one${answered !== undefined ? `; the server took the handshake without it and then answered "${shown(answered)}", as nginx and others do` : isTls13 ? '; in TLS 1.3 the refusal arrives after Finished, so the text that go prints varies from run to run' : ''}.`,
    evidence: [
      { text: requestWords(requestSeen, authorities.length), source: requestSeen === 'clear' ? 'wire' : requestSeen, ref: null },
      refusalLine(alert, answered),
    ],
    fixes: [
      serverFix(seen, 'ask for a module server that takes tokens (GOAUTH) instead of client certificates', { who: 'server-owner' }),
      ...gitFixes(seen),
    ],
    alsoPossible: answered === undefined ? [] : [{ cause: 'http-400', confidence: 'possible', test: 'whytls show --full' }],
    willNotHelp: [{ setting: 'SSL_CERT_FILE', because: 'it names the roots that go trusts; it gives go no certificate of its own' }],
  }),
})

const UNREFUSED = { alert: null, diedAfterFinished: true } as const

function isTls13({ transcript }: Observation): boolean {
  return transcript.serverHellos.some((hello) => hello.selectedVersion.id >= 0x0304)
}

function refusalLine(alert: number | null, answered: string | undefined): EvidenceLine {
  if (answered !== undefined)
    return { text: `go: ${shown(answered)}, behind a handshake without a client certificate`, source: 'stderr', ref: null }
  const text = alert === null ? 'the server ended the session after an empty client certificate' : `then the server sent alert ${alert}`
  return { text, source: 'wire', ref: null }
}

/** What ended the session after the CertificateRequest; undefined when the server did not refuse. */
function serverRefused(seen: Observation): Pick<Evidence, 'alert' | 'isTls13' | 'diedAfterFinished'> | undefined {
  const { transcript, ending } = seen
  const alert = transcript.alerts.find((one) => one.sender === 'server' && one.code !== 0)
  if (alert !== undefined && alert.code !== null && !REFUSING_ALERTS.includes(alert.code)) return undefined
  const diedAfterFinished = transcript.isComplete
  if (alert !== undefined) return { alert: alert.how === 'inferred' ? null : alert.code, isTls13: isTls13(seen), diedAfterFinished }
  const answered = transcript.applicationRecords['server-to-client'] > 0
  const clientAnswered =
    diedAfterFinished || transcript.clientAnswer === 'empty-certificate-and-finished' || transcript.clientAnswer === 'finished'
  const ended = ending !== null && (ending.by === 'server' || ending.how === 'rst')
  const refused = clientAnswered && (transcript.serverAlertAfterFinished || (ended && !answered))
  return refused ? { alert: null, isTls13: isTls13(seen), diedAfterFinished } : undefined
}

/**
 * Alerts with which servers refuse an empty Certificate: handshake_failure, no_certificate, those about certificates, access_denied, internal_error of some,
 * certificate_required. A server that only asked may fail for another reason too, as a damaged record.
 */
const REFUSING_ALERTS: readonly number[] = [40, 41, 42, 43, 44, 45, 46, 48, 49, 80, 116]

/** TLS 1.2 refuses in place of its Finished, TLS 1.3 after it. */
function stage(isTls13: boolean, seen: Observation): 'finished' | 'application-data' {
  return isTls13 || seen.transcript.isComplete ? 'application-data' : 'finished'
}

function confidence(how: Evidence['requestSeen'], alert: number | null): Confidence {
  if (how === 'inferred') return 'high'
  if (alert === null) return 'high'
  return alert === INTERNAL_ERROR ? 'likely' : 'certain'
}

const INTERNAL_ERROR = 80

function requestWords(how: Evidence['requestSeen'], names: number): string {
  if (how === 'inferred') return 'go sent a record of 25 bytes before Finished: an empty Certificate, the answer to a CertificateRequest'
  return `CertificateRequest with ${names} CA ${names === 1 ? 'name' : 'names'}`
}

/** Only git can send a client certificate, and only for module paths with .git in them. */
function gitFixes(seen: Observation) {
  const { host, port } = seen.target
  if (!isHost(host) || host.includes(':')) return []
  const url = `https://${targetWord(host, port)}/`
  return [
    fix({
      title: 'for module paths with .git in them, let git send the certificate',
      scope: 'this-user',
      shell: 'bash',
      commands: [
        commandLine(['go', 'env', '-w', `GOPRIVATE=${host}`]),
        `${commandLine(['git', 'config', '--global', `http.${url}.sslCert`])} ~/client.crt`,
        `${commandLine(['git', 'config', '--global', `http.${url}.sslKey`])} ~/client.key`,
      ],
      undo: ['go env -u GOPRIVATE', commandLine(['git', 'config', '--global', '--remove-section', `http.${url}`])],
      checkedHow: 'needs your client certificate',
      risk: 'GOPRIVATE also skips the module mirror and the checksum database for these paths',
    }),
  ]
}
