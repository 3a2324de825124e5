/** Words and fixes where git, not go, lacks an authority: it reads other files, by settings of its own. Pure. */
import type { EvidenceLine, Fix } from '../contract/diagnosis.ts'
import { shown } from './captured.ts'
import type { Explanation } from './cause.ts'
import { type CertificateEvidence, type CertificateWords, fact, hostName, rootPlaces, verified } from './certificate-cause.ts'
import { fix, trustFixes, variableFixes } from './fixes.ts'
import { takeBackFixes } from './git-settings.ts'
import { heldRootFixes } from './held-root.ts'
import type { Observation } from './observation.ts'
import { commandLine, isHost, pathWord, SHELLS, targetWord, unsetVariable } from './remedy.ts'
import { counted } from './units.ts'

/** The chain ends at an authority that git's list lacks. */
export function gitWords(evidence: CertificateEvidence, seen: Observation): CertificateWords {
  const issuer = fact(evidence.defect, 'issuer')
  const others = seen.judged?.trustedBy ?? []
  const isKnown = bundlesThatDo(seen).length > 0 || isFineForSystem(seen)
  return {
    title: `git does not trust the authority that signed for ${hostName(seen)}`,
    why: `git, which go runs for modules that it fetches directly, checks certificates itself: it reads ${counted(evidence.roots?.count ?? 0, 'root')} ${sourceWords(seen)}, not go's list. The chain ends at ${issuer === undefined ? 'an authority' : `"${issuer}"`}, which is not among them.${isKnown ? ' Another list of this machine has it: nothing is wrong with the server.' : ''}`,
    evidence: [
      verified(`${issuer ?? 'the end of the chain'} is not among the roots of git`),
      ...(others.length === 0
        ? []
        : [fromStore(`a root of that name is in the list of ${others.map(shown).join(' and of ')}, but not in git's`)]),
      ...rootPlaces(seen.roots),
    ],
    fixes: listFixes(seen),
    willNotHelp: NO_HELP_FOR_GIT,
  }
}

/** The list that git was told to read cannot be read: it ends before it has said a word of TLS. */
export function explainUnreadList(seen: Observation): Explanation {
  const [place] = seen.roots?.places ?? []
  return {
    title: 'git cannot read the list of roots that it was told to read',
    why: `go runs git for this module. git reads its roots ${sourceWords(seen)}${place === undefined ? '' : `: ${shown(place.path)} (${shown(place.problem ?? 'empty')})`}, and without them it begins no TLS. Nothing is known to be wrong with ${hostName(seen)}.`,
    evidence: [...rootPlaces(seen.roots), { text: 'git closed the connection before its ClientHello', source: 'wire', ref: null }],
    fixes: unsetFixes(seen, false),
    willNotHelp: NO_HELP_FOR_GIT,
    notChecked: ['the certificate chain of the server: git did not ask for it'],
  }
}

function sourceWords({ roots }: Observation): string {
  const setBy = roots?.setBy ?? 'default'
  if (setBy === 'default') return 'from the usual list of this system'
  // A folder that libcurl was built to read besides; one that a setting names is said by its name.
  const folder = /CAInfo$/i.test(setBy) ? roots?.places.slice(1).find(({ count }) => count > 0) : undefined
  return `by ${shown(setBy)}${folder === undefined ? '' : ` and from ${shown(folder.path)}`}`
}

function fromStore(text: string): EvidenceLine {
  return { text, source: 'store', ref: null }
}

/** Lists of other clients with which go's rules accept the chain, and whose path can be written. */
function bundlesThatDo({ judged }: Observation): readonly string[] {
  const held = (judged?.heldBy ?? []).filter(({ completes, kind, path }) => completes && kind === 'bundle' && pathWord(path) === path)
  return held.map(({ path }) => path)
}

function isFineForSystem({ judged }: Observation): boolean {
  return judged?.fineWith?.some(({ isHidden }) => isHidden) === true
}

function listFixes(seen: Observation): readonly Fix[] {
  const isFine = isFineForSystem(seen)
  const back = isFine || seen.roots?.count === 0 ? unsetFixes(seen, isFine) : []
  const anchors = heldRootFixes(seen).filter(({ scope }) => scope === 'this-machine')
  const named = bundlesThatDo(seen)
    .slice(0, 1)
    .flatMap((path) => fileFixes(seen, path))
  const found = [...back, ...named, ...anchors]
  return found.length > 0 ? found : [...fileFixes(seen, 'ca.pem'), ...trustFixes('the people who run this CA')]
}

/** For this host only: other hosts keep their list. GIT_SSL_CAINFO wins over the setting. */
function fileFixes(seen: Observation, path: string): readonly Fix[] {
  const { host, port } = seen.target
  const isOwn = path === 'ca.pem'
  const checkedHow = isOwn
    ? "needs the CA's file from the people who run it; compare its SHA-256 with them first"
    : 'by the rules of go the chain that came passes with this file'
  const title = isOwn ? "let git read the CA's file for this host" : `let git read ${shown(path)} for this host`
  const key = `http.https://${targetWord(host, port)}/.sslCAInfo`
  const setting = fix({
    title,
    scope: 'this-user',
    commands: [commandLine(['git', 'config', '--global', key, path])],
    undo: [commandLine(['git', 'config', '--global', '--unset', key])],
    checkedHow,
    risk: 'for this host git then reads this file and no other',
  })
  if (seen.roots?.setBy !== 'GIT_SSL_CAINFO') return isHost(host) ? [setting] : []
  const variable = variableFixes('GIT_SSL_CAINFO', path, { title: `${title} (the variable wins over git's settings)`, checkedHow })
  return variable.filter(({ shell }) => shell === 'bash' || shell === 'fish')
}

/** Back to the list that git reads by itself. */
function unsetFixes(seen: Observation, isFine: boolean): readonly Fix[] {
  const { roots } = seen
  const setBy = roots?.setBy ?? 'default'
  const checkedHow = isFine ? "by the rules of go the chain that came passes with the system's own list" : 'nothing was changed yet'
  const title = `let git read the system's own list again (${shown(setBy)} names another)`
  const variable = /^GIT_SSL_CA(?:INFO|PATH)$/.exec(setBy)?.[0]
  if (variable !== undefined) {
    return SHELLS.slice(0, 2).map((shell) => fix({ title, shell, commands: [unsetVariable(variable, shell)], checkedHow }))
  }
  const name = /^git config (http\.sslCA(?:Info|Path))$/.exec(setBy)?.[1]
  if (name === undefined) return []
  const known = takeBackFixes(name.replace('http.', ''), seen, { title: "let git read the system's own list again", checkedHow })
  if (known.length > 0) return known
  // A bare word: cmd.exe knows no single quotes.
  const commands = [commandLine(['git', 'config', '--show-origin', '--get-regexp', name.slice('http.'.length).toLowerCase()])]
  const how = `${checkedHow}; the command shows which file sets it: change or remove the line there`
  return [fix({ title, scope: 'this-user', commands, checkedHow: how })]
}

const NO_HELP_FOR_GIT = [
  { setting: 'SSL_CERT_FILE', because: 'git does not read it: GIT_SSL_CAINFO and http.sslCAInfo name its list' },
  { setting: 'GOINSECURE', because: 'it does not change how git checks certificates' },
  { setting: 'GOSUMDB=off', because: 'it skips the checksum database only' },
] as const
