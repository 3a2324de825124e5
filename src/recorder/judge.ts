/** Judge a presented chain as go would at that moment, with the roots of the client. */
import type { CertificateSummary, Certificates, SearchedPlace, SignedTimestamp } from '../contract/handshake.ts'
import type { HeldRoot, JudgedChain, PublicRoots, RootsFacts } from '../diagnosis/observation.ts'
import type { Transcript } from '../handshake/transcript.ts'
import { type ByGoVersion, judgeByGoVersion, PASSES } from '../x509/by-go-version.ts'
import { findIssuer } from '../x509/issued-by.ts'
import { checkLinks } from '../x509/links.ts'
import { findStapledTimestamps, readOcspResponse } from '../x509/ocsp.ts'
import type { RootPool } from '../x509/root-pool.ts'
import { goRules } from '../x509/rules.ts'
import { findSignedTimestamps, readTimestampList } from '../x509/sct.ts'
import { fingerprint, summarizeCertificate } from '../x509/summary.ts'
import { type VerifyRequest, verifyChain } from '../x509/verify.ts'
import type { Connection } from './connection.ts'
import { isStranger, missingIssuer, verifyWith, withIntermediatesHere } from './intermediates-here.ts'

/** Whose roots, and what is in them. */
export interface LoadedRoots {
  readonly pool: RootPool
  readonly facts: RootsFacts
  /** Go's text when nothing could be loaded and a path failed otherwise than by not being there. */
  readonly systemRootsError: string | null
  /** Other clients of the same machine that have a root of this name (octets of the subject), in words. */
  readonly othersWith?: (rawName: Uint8Array) => readonly string[]
  /** Files of this machine with a root of this name, each with the pool that go would have with it. */
  readonly heldBy?: (rawName: Uint8Array) => readonly HeldPool[]
  /** Certificates of this name, not self-issued, in files of this machine: intermediates that a server may have forgotten. */
  readonly intermediatesHere?: (rawName: Uint8Array) => readonly Uint8Array[]
  /** Public roots that are not in the pool, by where they are, in words. */
  readonly publicRoots?: () => readonly (PublicRoots & { readonly pool: RootPool })[]
}

/** A file that holds a root, and the pool that go would read with it. */
export interface HeldPool extends Omit<HeldRoot, 'completes'> {
  readonly pool: RootPool
}

export interface JudgeInput {
  readonly roots: LoadedRoots
  readonly goVersion: string
  readonly godebug: string
  /** Minutes east of UTC, for the current time in Go's text. */
  readonly timeZoneOffsetMinutes: number
  /** Intermediates seen in earlier chains or found on this machine, by the subject that is missing. */
  readonly knownIntermediates: (presented: readonly Uint8Array[]) => readonly Uint8Array[]
}

/** The chain that go met, as far as it is known: the wire's own, else the probe's. */
export function presentedChain(connection: Connection): Pick<JudgedChain, 'source' | 'chain'> | null {
  const { transcript, probe } = connection
  if (transcript?.chain) return { source: transcript.chainSource ?? 'wire', chain: transcript.chain }
  return probe?.chain ? { source: 'probe', chain: probe.chain } : null
}

/** Verify as Go does; null when no chain is known. */
export function judgeChain(connection: Connection, input: JudgeInput): JudgedChain | null {
  const presented = presentedChain(connection)
  if (presented === null) return null
  return judgePresented(presented, { name: connection.start.host, now: connection.start.startedAt }, input)
}

/** Verify any chain as Go does at that moment. @param asked name (or IP address) of the server, and when it was asked */
export function judgePresented(
  presented: Pick<JudgedChain, 'source' | 'chain'>,
  asked: { readonly name: string; readonly now: Date },
  input: JudgeInput,
): JudgedChain {
  const known = input.knownIntermediates(presented.chain)
  const first = verifyWith({ ...requestOf(presented.chain, asked.name, asked.now, input), extraIntermediates: known })
  const { request, verdict } = isStranger(first.verdict) ? withIntermediatesHere(first, input.roots.intermediatesHere) : first
  const spares = request.extraIntermediates ?? []
  const isUnknown = isStranger(verdict) && verdict.completedBy.length === 0
  const trustedBy = isUnknown ? findOthers(request, input.roots) : []
  const heldBy = isUnknown ? findHeld(request, input.roots) : []
  const fineWith = isUnknown ? findFine(request, input.roots) : []
  const missing = verdict.completedBy.flatMap((sha256) => spares.find((der) => fingerprint(der) === sha256) ?? [])
  const last = presented.chain.at(-1)
  const isIssuerFound = isUnknown && last !== undefined && findIssuer(last, spares) === 'issuer'
  const judged: JudgedChain = {
    ...presented,
    verdict,
    byGoVersion: judgeVersions(request, input.godebug),
    trustedBy,
    heldBy,
    fineWith,
    ...(isIssuerFound ? { isIssuerFound } : {}),
  }
  return missing.length === 0 ? judged : { ...judged, missing }
}

/** What the verifier is asked of a chain, for one host at one time. */
export function requestOf(
  presented: readonly Uint8Array[],
  name: string,
  now: Date,
  input: Omit<JudgeInput, 'knownIntermediates'>,
): VerifyRequest {
  return {
    presented,
    roots: input.roots.pool,
    ...(input.roots.systemRootsError === null ? {} : { systemRootsError: input.roots.systemRootsError }),
    now,
    name,
    rules: goRules(input.goVersion, input.godebug),
    timeZoneOffsetMinutes: input.timeZoneOffsetMinutes,
  }
}

/** Files of the machine that have it, each tried as go would read it. */
function findHeld(request: VerifyRequest, { heldBy }: LoadedRoots): readonly HeldRoot[] {
  const issuer = heldBy === undefined ? undefined : missingIssuer(request)
  const found = issuer === undefined ? [] : (heldBy?.(issuer) ?? [])
  return found.map(({ pool, ...held }) => ({ ...held, completes: verifyChain({ ...request, roots: pool }).ok }))
}

/** The lists of public roots with which the chain passes. */
function findFine(request: VerifyRequest, { publicRoots }: LoadedRoots): readonly PublicRoots[] {
  return (publicRoots?.() ?? []).filter(({ pool }) => verifyChain({ ...request, roots: pool }).ok).map(({ pool: _, ...list }) => list)
}

/** Who else on the machine has the authority at which the chain ends. */
function findOthers(request: VerifyRequest, { othersWith }: LoadedRoots): readonly string[] {
  const issuer = othersWith === undefined ? undefined : missingIssuer(request)
  return issuer === undefined ? [] : (othersWith?.(issuer) ?? [])
}

/** The chain as the contract shows it. */
export function describeChain(connection: Connection, goVersion: string): Certificates | null {
  const presented = presentedChain(connection)
  if (presented === null) return null
  const transcript = presented.source === 'probe' ? connection.probe?.transcript : connection.transcript
  const [leaf] = presented.chain
  const signedTimestamps = listTimestamps(leaf, transcript ?? {})
  const missing = connection.judged?.missing ?? []
  return {
    source: presented.source,
    sameAsGoSaw: presented.source !== 'probe' || (connection.probe?.sameAsGoSaw ?? false),
    chain: presented.chain.map((der) => describeCertificate(der).summary),
    signed: checkLinks(presented.chain),
    verified: describeVerdict(connection, goVersion),
    ocspStapled: transcript?.ocspStapled ?? null,
    ...(transcript?.ocspResponse === undefined ? {} : { ocsp: readOcspResponse(transcript.ocspResponse) }),
    ...(signedTimestamps.length === 0 ? {} : { signedTimestamps }),
    ...(missing.length === 0 ? {} : { missing: missing.map((der) => describeCertificate(der).summary) }),
    ...(connection.roots === null || connection.judged === null ? {} : { searched: describeSearch(connection.roots) }),
  }
}

/** All timestamps that came with a leaf: in it, in the TLS extension, in the stapled response. */
export function listTimestamps(
  leaf: Uint8Array | undefined,
  { timestampList, ocspResponse }: Pick<Transcript, 'timestampList' | 'ocspResponse'>,
): readonly SignedTimestamp[] {
  const from = (found: readonly SignedTimestamp[], how: 'tls' | 'ocsp') => found.map((timestamp) => ({ ...timestamp, from: how }))
  return [
    ...(leaf === undefined ? [] : describeCertificate(leaf).timestamps()),
    ...(timestampList === undefined ? [] : from(readTimestampList(timestampList), 'tls')),
    ...(ocspResponse === undefined ? [] : from(findStapledTimestamps(ocspResponse), 'ocsp')),
  ]
}

/** What is said of one certificate, which comes with every event of every connection to its host. */
interface DescribedCertificate {
  readonly summary: CertificateSummary
  readonly timestamps: () => readonly SignedTimestamp[]
}

const DESCRIBED = new Map<string, DescribedCertificate>()
const MOST_DESCRIBED = 64

function describeCertificate(der: Uint8Array): DescribedCertificate {
  const sha256 = fingerprint(der)
  const known = DESCRIBED.get(sha256)
  if (known !== undefined) return known
  let timestamps: readonly SignedTimestamp[] | undefined
  const described = {
    summary: summarizeCertificate(der),
    timestamps: () => {
      timestamps ??= findSignedTimestamps(der)
      return timestamps
    },
  }
  for (const oldest of DESCRIBED.keys()) {
    if (DESCRIBED.size < MOST_DESCRIBED) break
    DESCRIBED.delete(oldest)
  }
  DESCRIBED.set(sha256, described)
  return described
}

/** What every version says of a chain, so that the many connections of one failing run ask once. */
const VERSIONS = new WeakMap<RootPool, Map<string, ByGoVersion>>()
const MOST_CHAINS = 64

function judgeVersions(request: VerifyRequest, godebug: string): ByGoVersion {
  const known = VERSIONS.get(request.roots) ?? new Map<string, ByGoVersion>()
  VERSIONS.set(request.roots, known)
  const key = [request.rules.version, godebug, request.name, ...request.presented.map(fingerprint)].join(' ')
  const remembered = known.get(key)
  if (remembered !== undefined) return remembered
  const judged = judgeByGoVersion(request, request.rules, godebug)
  // What names the time is asked anew; it is also cheap.
  const isTimeless = !Object.values(judged).some((text) => text.includes('current time'))
  if (isTimeless && known.size < MOST_CHAINS) known.set(key, judged)
  return judged
}

function describeSearch({ places }: RootsFacts): readonly SearchedPlace[] {
  return places.map(({ path, count, problem }) => ({ path, count, problem }))
}

function describeVerdict(connection: Connection, goVersion: string): Certificates['verified'] {
  const { judged, roots } = connection
  if (judged === null || roots === null) return null
  return {
    ok: judged.verdict.ok,
    goText: judged.verdict.goText,
    byGoVersion: judged.byGoVersion ?? { [goVersion.split('.').slice(0, 2).join('.')]: judged.verdict.ok ? PASSES : judged.verdict.goText },
    roots: `${roots.count} ${roots.count === 1 ? 'root' : 'roots'} of ${roots.whose}`,
    at: connection.start.startedAt.toISOString(),
  }
}
