import { findRenegotiation } from '../../handshake/late-signs.ts'
import { shown, shownHost } from '../captured.ts'
import { defineCause } from '../cause.ts'
import { serverFix } from '../fixes.ts'
import type { Observation } from '../observation.ts'
import { saidBehindHandshake } from '../said-behind-tls.ts'

interface Evidence {
  /** Length of the encrypted HelloRequest's record, null where only go's words tell. */
  readonly recordBytes: number | null
  /** go's own words, null where they were not read. */
  readonly words: string | null
}

/** A HelloRequest of TLS 1.2 (RFC 5246 section 7.4.1.1), which the go command answers with no_renegotiation. */
export const renegotiationRefused = defineCause({
  id: 'renegotiation-refused',
  meaning: 'The server asked for TLS 1.2 renegotiation, which Go refuses',
  fault: 'upstream',
  detect(seen) {
    const request = findRenegotiation(seen.transcript)
    const words = saidByGo(seen)
    const isRefused = request?.isRefused === true && seen.outcome === 'failed'
    if (!isRefused && words === null) return undefined
    const evidence: Evidence = { recordBytes: request?.lengthBytes ?? null, words }
    return { evidence, leg: 'upstream', stage: 'application-data', confidence: words === null ? 'high' : 'certain' }
  },
  goText: () => 'local error: tls: no renegotiation',
  explain: ({ recordBytes, words }: Evidence, seen) => ({
    title: `${shownHost(seen.target.host, seen.target.port)} wants to renegotiate TLS, which go refuses`,
    why: 'After a good TLS 1.2 handshake the server asked for another one, most often to demand a client certificate for this path. The go command never renegotiates, and has no client certificate to send.',
    evidence: [
      ...(recordBytes === null
        ? []
        : [
            {
              text: `the server sent a handshake record (${recordBytes} bytes, encrypted) behind Finished, and go answered with an alert`,
              source: 'wire' as const,
              ref: null,
            },
          ]),
      ...(words === null ? [] : [{ text: `go: ${shown(words)}`, source: 'stderr' as const, ref: null }]),
    ],
    fixes: [
      serverFix(
        seen,
        'let the module paths be read without a client certificate, or ask for it in the first handshake; TLS 1.3 has no renegotiation',
      ),
    ],
    willNotHelp: [{ setting: 'SSL_CERT_FILE', because: 'the certificate was accepted' }],
    alsoPossible: [],
  }),
})

/** go's sentence, in a session of TLS 1.2. */
function saidByGo(seen: Observation): string | null {
  const isTls12 = seen.transcript.serverHellos.some(({ selectedVersion }) => selectedVersion.id < 0x0304)
  return isTls12 ? saidBehindHandshake(seen, /local error: tls: no renegotiation$/) : null
}
