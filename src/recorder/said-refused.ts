/** What the octets alone left open, and the client's own words or roots decide. */
import { endedByServerFirst, mayRefuseFinished } from '../handshake/late-signs.ts'
import type { Connection } from './connection.ts'
import { hasGitRefused, lacksItsList } from './git-client.ts'

/** What the octets alone left open, and the client's own words decide. */
export function saysRefused(connection: Connection): boolean {
  return isRefusedFinished(connection) || hasLeftMidway(connection) || hasGitRefused(connection) || lacksItsList(connection)
}

/** go found the end of the stream where an answer belongs, and the server had said close_notify before go did. */
export function isCutOff({ transcript, witness }: Connection): boolean {
  return transcript !== null && endedByServerFirst(transcript) && /\bEOF$/.test(witness?.text ?? '')
}

/** go answered Finished by an alert, which may have been close_notify, and says that TLS failed. */
function isRefusedFinished({ transcript, witness }: Connection): boolean {
  const words = witness?.text ?? ''
  return transcript !== null && mayRefuseFinished(transcript) && /^(?:local error: )?tls: /.test(words)
}

/** go broke the handshake off, and a reset of its own took its alert away with what it had not read. */
function hasLeftMidway({ transcript, ending, witness }: Connection): boolean {
  const isCut = ending?.by === 'client' && transcript !== null && !transcript.isComplete && transcript.serverHellos.length > 0
  return isCut && /^(?:local error: )?(?:tls|x509): /.test(witness?.text ?? '')
}
