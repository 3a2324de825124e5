import { sameStart } from '../../handshake/same-start.ts'
import type { Transcript } from '../../handshake/transcript.ts'
import { shownHost } from '../captured.ts'
import { defineCause } from '../cause.ts'
import { NO_HELP_FOR_CERTIFICATES, serverFix } from '../fixes.ts'
import type { Observation } from '../observation.ts'
import { clientRefusal, hasFinished } from '../refusal.ts'
import { counted, inCount } from '../units.ts'

interface Evidence {
  readonly message: string
  readonly lengthBytes: number
  readonly limitBytes: number
  readonly source: 'wire' | 'probe'
}

/** go reads the length of a handshake message first, and refuses one over its limit without reading on. */
export const handshakeMessageTooLarge = defineCause({
  id: 'handshake-message-too-large',
  meaning: "A handshake message is over Go's size limit",
  fault: 'upstream',
  detect(seen) {
    if (seen.outcome !== 'failed' || hasFinished(seen)) return undefined
    const own = findLarge(seen.transcript, seen)
    const probed = own === undefined && seen.probe !== null ? findLarge(seen.probe.transcript, seen) : undefined
    const large = own ?? probed
    const refusal = clientRefusal(seen)
    if (large === undefined || !SIZE_ALERTS.includes(refusal?.alertCode ?? INTERNAL_ERROR)) return undefined
    const evidence: Evidence = { ...large, source: own === undefined ? 'probe' : 'wire' }
    if (own !== undefined) return { evidence, leg: 'upstream', stage: stageOf(large), confidence: 'certain' }
    const isSame = seen.probe !== null && refusal !== undefined && sameStart(seen.transcript, seen.probe.transcript, COMPARED_RECORDS)
    return { evidence, leg: 'upstream', stage: stageOf(large), confidence: isSame ? 'high' : 'likely' }
  },
  goText: ({ lengthBytes, limitBytes }: Evidence) =>
    `tls: handshake message of length ${lengthBytes} bytes exceeds maximum of ${limitBytes} bytes`,
  explain: ({ message, lengthBytes, limitBytes, source }: Evidence, seen) => ({
    title: `${shownHost(seen.target.host, seen.target.port)} sends a ${message} message that is too large for go`,
    why: `The message has ${counted(lengthBytes, 'byte')}; go ${seen.go.version} takes ${inCount(limitBytes)} at most${message === 'Certificate' ? ' (65,536 up to go 1.22, 262,144 since 1.23)' : ''}. ${message === 'Certificate' ? 'Most often the server sends a whole bundle of roots, or one certificate many times, behind its own.' : 'Only a broken or hostile server sends such a message.'}`,
    evidence: [
      {
        text: `${message} of ${counted(lengthBytes, 'byte')}${source === 'probe' ? ', met by the probe' : ''}; the limit is ${inCount(limitBytes)}`,
        source,
        ref: null,
      },
    ],
    fixes: [serverFix(seen, 'send the leaf and its intermediates only, without roots and duplicates')],
    willNotHelp: NO_HELP_FOR_CERTIFICATES,
  }),
})

type Large = Pick<Evidence, 'message' | 'lengthBytes' | 'limitBytes'>

/** The server's first message over the limit, also one that was not read to its end. */
function findLarge(transcript: Transcript, seen: Observation): Large | undefined {
  const whole = transcript.messages.filter(({ dir }) => dir === 'server-to-client')
  const all = [...whole, ...(transcript.unfinishedMessage === undefined ? [] : [transcript.unfinishedMessage])]
  for (const { type, name, lengthBytes } of all) {
    const limitBytes = limitOf(type, seen)
    if (lengthBytes > limitBytes) return { message: name, lengthBytes, limitBytes }
  }
  return undefined
}

/** crypto/tls: maxHandshake, and maxHandshakeCertificateMsg since 1.23. */
function limitOf(type: number, { go }: Observation): number {
  const minor = Number(/^(?:go)?1\.(\d+)/.exec(go.version)?.[1] ?? 26)
  return type === CERTIFICATE && minor >= 23 ? 262_144 : 65_536
}

function stageOf({ message }: Large) {
  if (message === 'ServerHello' || message === 'EncryptedExtensions') return 'server-hello' as const
  if (message === 'Finished') return 'finished' as const
  return message === 'ServerKeyExchange' || message === 'CertificateVerify' ? ('key-exchange' as const) : ('certificate' as const)
}

const CERTIFICATE = 11
const INTERNAL_ERROR = 80

/** internal_error of go, illegal_parameter of OpenSSL (git, curl, a probe). */
const SIZE_ALERTS: readonly number[] = [INTERNAL_ERROR, 47]

/** EncryptedExtensions and the first full records of the large message. */
const COMPARED_RECORDS = 4
