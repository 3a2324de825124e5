import { shown, shownHost } from '../captured.ts'
import { defineCause, type Explanation } from '../cause.ts'
import { networkFix, serverFix } from '../fixes.ts'
import type { Observation } from '../observation.ts'
import { stageOfDeath } from '../refusal.ts'
import { probeCommand } from '../remedy.ts'
import { counted } from '../units.ts'

/** The server's answer is neither TLS nor HTTP. */
export const notTls = defineCause({
  id: 'not-tls',
  meaning: 'The peer answered with bytes of another protocol',
  fault: 'upstream',
  detect(seen) {
    const answer = seen.transcript.notTls
    if (answer === null || answer.kind !== 'other') return undefined
    const evidence = {
      head: String.fromCharCode(...answer.head.subarray(0, 256)),
      receivedBytes: seen.transcript.bytes['server-to-client'],
      afterTlsBytes: answer.afterTlsBytes,
    }
    return {
      evidence,
      leg: 'upstream',
      stage: answer.afterTlsBytes > 0 ? stageOfDeath(seen) : 'server-hello',
      confidence: isRecord(evidence.head) ? 'likely' : 'certain',
    }
  },
  goText: ({ head, receivedBytes, afterTlsBytes }) => {
    if (afterTlsBytes > 0) return undefined
    if (receivedBytes < 5) return 'unexpected EOF'
    return head.charCodeAt(0) === 0x80
      ? 'tls: unsupported SSLv2 handshake received'
      : 'tls: first record does not look like a TLS handshake'
  },
  explain: ({ head, afterTlsBytes }, seen) => {
    const host = shownHost(seen.target.host, seen.target.port)
    if (afterTlsBytes > 0) return explainBreak(head, afterTlsBytes, seen)
    return {
      title: isRecord(head) ? `what ${host} answers is no TLS handshake` : `${host} does not speak TLS`,
      why: `Its answer to the ClientHello is ${isRecord(head) ? 'framed as a TLS record, but of a type with which no answer begins' : `not a TLS record${protocol(head)}`}. The port belongs to another service, or something on the path answers in its place.`,
      evidence: [{ text: `first bytes of the answer: ${bytesInWords(head)}`, source: 'wire', ref: null }],
      alsoPossible: isRecord(head)
        ? [{ cause: 'unexpected-message', confidence: 'possible', test: probeCommand(seen.target.host, seen.target.port) }]
        : [],
      fixes: [serverFix(seen, `serve TLS on port ${seen.target.port}, or correct the port in GOPROXY`)],
    }
  },
})

/** Framed as change_cipher_spec or application_data of SSL 3 to TLS 1.3 (RFC 8446 section 5.1). */
function isRecord(head: string): boolean {
  return /^[\u0014\u0017]\u0003[\u0000-\u0004][\u0000-\u0048]/.test(head)
}

/** The stream began as TLS and then left it. */
function explainBreak(head: string, afterTlsBytes: number, seen: Observation): Explanation {
  return {
    title: `what ${shownHost(seen.target.host, seen.target.port)} sent stopped being TLS in the middle`,
    why: `After ${counted(afterTlsBytes, 'byte')} of TLS came octets that are no TLS record${protocol(head)}. A box on the path wrote into the stream or lost a part of it, or the server is broken.`,
    evidence: [{ text: `after ${counted(afterTlsBytes, 'byte')} of TLS: ${bytesInWords(head)}`, source: 'wire', ref: null }],
    fixes: [networkFix(seen, 'find out who changes the stream: the server, or a device on the path')],
  }
}

/** What the first bytes look like, where they are well known. */
function protocol(head: string): string {
  const known = KNOWN.find(([start]) => start.test(head))
  return known === undefined ? '' : ` but looks like ${known[1]}`
}

function bytesInWords(head: string): string {
  const start = head.slice(0, 32)
  return /^[\t\r\n\u0020-\u007e]+$/.test(start) ? `"${shown(start)}"` : [...start.slice(0, 16)].map(inHex).join(' ')
}

function inHex(octet: string): string {
  return octet.charCodeAt(0).toString(16).padStart(2, '0')
}

const KNOWN: readonly (readonly [RegExp, string])[] = [
  [/^SSH-/, 'SSH'],
  [/^220[ -].*SMTP/i, 'SMTP'],
  [/^220[ -]/, 'FTP or SMTP'],
  [/^\* OK/, 'IMAP'],
  [/^\+OK/, 'POP3'],
  [/^\s*<(?:!doctype|html)/i, 'a bare HTML page'],
]
