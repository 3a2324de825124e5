/** Which connections are git's, and what git's own words say of them. Pure. */
import type { RootsFacts } from '../diagnosis/observation.ts'
import { isGitLine } from '../diagnosis/witness.ts'
import { leftBehindFinished, mayRefuseFinished } from '../handshake/late-signs.ts'
import type { Connection } from './connection.ts'

/** git made this connection, and meets the origin itself: it said so to the proxy, its process or its ClientHello is known, or go printed git's own words about it. */
export function isGits({ start, client, witness, interception, transcript, runId }: Connection): boolean {
  if (interception?.kind === 'decrypted') return false
  if (callsItselfGit(start)) return true
  if (witness === null && runId !== null && transcript?.clientHellos[0]?.looksLike === 'git (GnuTLS)') return true
  return /^git-remote-/.test(client?.process ?? '') || isGitLine(witness?.line ?? '')
}

/** git hands its own name to the proxy: `User-Agent: git/2.39.5` stands in CONNECT. libgit2 names git too, and reads other roots. */
export function callsItselfGit({ userAgent }: Connection['start']): boolean {
  return /^git\/\d(?!.*libgit2)/.test(userAgent ?? '')
}

/** git refused the certificate behind Finished, as its words say: GnuTLS and curl look at it, or at its name, only then. */
export function hasGitRefused({ transcript, witness }: Connection): boolean {
  if (transcript === null || !REFUSES.test(witness?.text ?? '')) return false
  return mayRefuseFinished(transcript) || leftBehindFinished(transcript)
}

/** git left before its ClientHello, since the list of roots that it was told to read cannot be read. */
export function lacksItsList(connection: Connection): boolean {
  return isUnsaid(connection) && isGits(connection) && NO_LIST.test(connection.witness?.text ?? '')
}

/** The same without its words: it told the proxy its name and left, and the list that its own settings name cannot be read. */
export function hasUnreadList(connection: Connection, roots: () => RootsFacts | null): boolean {
  if (!isUnsaid(connection) || !callsItselfGit(connection.start) || connection.ending?.by !== 'client') return false
  const facts = roots()
  return facts?.reader === 'git' && facts.isAssumed !== true && facts.count === 0 && facts.places.some(({ problem }) => problem !== null)
}

function isUnsaid({ transcript, tunnelAtMs }: Connection): boolean {
  return tunnelAtMs !== null && (transcript === null || transcript.clientHellos.length === 0)
}

const REFUSES = /^(?:server certificate verification failed|SSL certificate problem: |SSL: (?:no alternative )?certificate subject name )/

/** libcurl (CURLE_SSL_CACERT_BADFILE), by version and TLS library. */
const NO_LIST =
  /^(?:Problem with the SSL CA cert \(|error setting certificate (?:verify locations|file|path)\b|error adding trust anchors from file|error reading ca cert file )/
