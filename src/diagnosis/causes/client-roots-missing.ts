import { shown } from '../captured.ts'
import { type Cause, defineCause } from '../cause.ts'
import { certificateCause, fact, hostName, rootPlaces, verified } from '../certificate-cause.ts'
import { fix, NO_HELP_FOR_CERTIFICATES, rootListFixes } from '../fixes.ts'
import { explainUnreadList, gitWords } from '../git-roots.ts'
import { heldRootFixes } from '../held-root.ts'
import type { Observation } from '../observation.ts'
import { clientRefusal } from '../refusal.ts'
import { counted } from '../units.ts'
import { placeFixes } from '../where-set.ts'

const ENDS_NOWHERE: readonly string[] = ['unknown-authority', 'missing-intermediate']

const WHAT = {
  id: 'client-roots-missing',
  meaning: "The client's root pool is empty or lacks the public roots (SSL_CERT_FILE, SSL_CERT_DIR)",
  fault: 'client-machine',
} as const

const byChain = certificateCause({
  ...WHAT,
  recognise: (defect, seen) =>
    defect.code === 'client-roots-missing' ||
    (ENDS_NOWHERE.includes(defect.code) && (seen.roots?.count === 0 || listsThatDo(seen).length > 0)),
  words(evidence, seen) {
    if (seen.roots?.reader === 'git') return gitWords(evidence, seen)
    const lists = listsThatDo(seen)
    const isHidden = seen.judged?.fineWith?.some((list) => list.isHidden) === true
    // A list that is made anew does not help while a variable names another one.
    const fixes = isHidden ? rootFixes(seen) : [...heldRootFixes(seen), ...rootFixes(seen)]
    if (lists.length === 0 || evidence.roots?.count === 0) return { ...emptyPool(seen), fixes }
    const issuer = fact(evidence.defect, 'issuer')
    return {
      title: `go's roots lack the authority of ${hostName(seen)}, which other lists on this machine have`,
      why: `The chain ends at ${issuer === undefined ? 'an authority' : `"${issuer}"`}, and go reads ${seen.roots === null ? 'a list' : `${counted(seen.roots.count, 'root')}`} without it. With ${lists[0]} it accepts the chain as it came: nothing is wrong with the server.`,
      evidence: [...lists.map((list) => verified(`the chain passes with ${list}`)), ...rootPlaces(seen.roots)],
      fixes,
    }
  },
})

/** TLS 1.3 without a probe: no chain is known, but with an empty pool go refuses each one. */
const unjudged = defineCause({
  ...WHAT,
  detect(seen) {
    const refusal = clientRefusal(seen)
    const isEmpty = seen.judged === null && seen.roots?.count === 0
    if (!isEmpty || seen.outcome !== 'failed' || refusal?.how !== 'inferred') return undefined
    return { evidence: { refusal }, leg: 'upstream', stage: 'certificate', confidence: 'likely' }
  },
  goText: () => 'tls: failed to verify certificate: x509: certificate signed by unknown authority',
  explain: (_evidence, seen) => ({
    ...emptyPool(seen),
    fixes: rootFixes(seen),
    willNotHelp: NO_HELP_FOR_CERTIFICATES,
    notChecked: ['the certificate chain that go met: what else is wrong with it'],
  }),
})

/** git leaves before its ClientHello where the list that it was told to read cannot be read. */
const unreadByGit = defineCause({
  ...WHAT,
  detect({ outcome, roots, transcript, ending }) {
    const isUnread = roots?.reader === 'git' && roots.count === 0 && roots.places.some(({ problem }) => problem !== null)
    if (!isUnread || outcome !== 'failed' || transcript.clientHellos.length > 0 || ending?.by === 'server') return undefined
    return { evidence: {}, leg: 'upstream', stage: 'certificate', confidence: 'likely' }
  },
  goText: () => undefined,
  explain: (_evidence, seen) => explainUnreadList(seen),
})

/** The pool is empty, so that every chain ends nowhere; or it is a list of few, and the chain is fine for the public roots. */
export const clientRootsMissing: Cause<'client-roots-missing'> = {
  ...byChain,
  examine: (seen) => byChain.examine(seen) ?? unjudged.examine(seen) ?? unreadByGit.examine(seen),
}

function rootFixes({ roots, judged }: Observation) {
  const isSet = roots !== null && (roots.sslCertFile !== '' || roots.sslCertDir !== '')
  const isFine = judged?.fineWith?.some(({ isHidden }) => isHidden) === true
  const places = [...(roots?.setAt?.SSL_CERT_FILE ?? []), ...(roots?.setAt?.SSL_CERT_DIR ?? [])]
  const lasting = placeFixes(places, (line) => `for good: remove ${line}, which sets it`)
  return [...settingFixes(isSet, isFine), ...lasting, ...(isFine ? [] : rootListFixes())]
}

function emptyPool(seen: Observation) {
  return {
    title: 'go has no root certificates to check with',
    why: `No store that go reads on this machine holds a root, so every certificate is "signed by unknown authority". Nothing is known to be wrong with ${hostName(seen)}.`,
    evidence: [verified('the pool of roots is empty'), ...rootPlaces(seen.roots)],
  }
}

/** Lists with the public roots with which go would accept this chain, in words. */
function listsThatDo({ judged }: Observation): readonly string[] {
  const held = (judged?.heldBy ?? []).filter(({ completes, bringsPublicRoots }) => completes && bringsPublicRoots === true)
  return [...(judged?.fineWith ?? []).map(({ where }) => where), ...held.map(({ client, path }) => `the list of ${client} (${path})`)].map(
    shown,
  )
}

function settingFixes(isSet: boolean, isFine: boolean) {
  if (!isSet) return []
  const parts = {
    title: 'go back to the roots of the system in this shell',
    checked: isFine,
    checkedHow: isFine ? "with the system's own list go accepts the chain that came" : 'needs a second try without the settings',
  } as const
  return [
    fix({ ...parts, shell: 'bash', commands: ['unset SSL_CERT_FILE SSL_CERT_DIR'] }),
    fix({ ...parts, shell: 'fish', commands: ['set -e SSL_CERT_FILE SSL_CERT_DIR'] }),
  ]
}
