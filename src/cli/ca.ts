/** `whytls ca …`: an authority that is kept, for `serve --intercept`. What changes anything is shown first, and done only when asked for. */
import { X509Certificate } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { rootPlaces } from '../host/ca-store/places.ts'
import { makeKeptAuthority } from '../proxy/authority/authority.ts'
import { escapeText } from '../report/escape.ts'
import { defaultFolder } from '../store/folder.ts'
import { type CaPaths, caPaths, hasCa, loadCa, removeCa, writeCa } from './ca-files.ts'
import { caUnreadable, RENEW } from './ca-problem.ts'
import { trustRecipes } from './ca-recipes.ts'
import { readHeldRoots } from './client-bundle.ts'
import { EXIT } from './exit-code.ts'
import { parseHostPatterns } from './intercept-patterns.ts'
import { localShell } from './local-system.ts'
import { messageOf, Problem } from './problem.ts'

const say = (...lines: readonly string[]) => void process.stdout.write(`${lines.map(escapeText).join('\n')}\n`)

function ownPaths(): CaPaths {
  return caPaths(defaultFolder(process.env, process.platform))
}

/** Make the kept authority. @throws Problem where there is one already */
export function caInitCommand(options: { readonly hosts?: string }): number {
  const paths = ownPaths()
  if (isThere(paths))
    throw new Problem('ca-exists', `there is an authority in ${paths.folder}`, `whytls ca show; another one: ${RENEW}`, EXIT.problem)
  const patterns = parseHostPatterns(options.hosts ?? true)
  try {
    writeCa(paths, makeKeptAuthority(new Date(), patterns.permitted))
  } catch (error) {
    throw new Problem('ca-not-written', `${paths.folder} cannot be written: ${messageOf(error)}`, null, EXIT.ownFailure)
  }
  say(`made ${paths.certificate}, and its key ${paths.key} (readable by you alone)`)
  say('Nothing trusts it yet. Whoever has the key can pretend to be any host to those who trust it.', '', '  whytls ca trust')
  return EXIT.fine
}

/** Print where its certificate is. */
export function caPathCommand(): number {
  say(existing().certificate)
  return EXIT.fine
}

/** Print what it is. */
export function caShowCommand(): number {
  const paths = existing()
  const certificate = new X509Certificate(loadOrExplain(paths).certificatePem)
  const isOver = new Date(certificate.validTo) <= new Date()
  say(
    certificate.subject.replaceAll('\n', ', '),
    `  SHA-256   ${certificate.fingerprint256}`,
    `  valid     ${certificate.validFrom} to ${certificate.validTo}${isOver ? `, expired: ${RENEW}` : ''}`,
    `  file      ${paths.certificate}`,
    `  key       ${paths.key}`,
  )
  return EXIT.fine
}

/** Print how to trust it; with --do write the file that this user's shells can name. */
export function caTrustCommand(options: { readonly do?: boolean }): number {
  const paths = existing()
  printRecipes(paths, 'commands')
  if (options.do !== true) return EXIT.fine
  if (rootPlaces(process.platform) === undefined) return refuseToDo()
  const { files, roots } = readHeldRoots(process.env, paths.bundle)
  const content = Buffer.concat([Buffer.from(`${loadOrExplain(paths).certificatePem}\n`), roots])
  change(paths, () => writeFileSync(paths.bundle, content, { mode: 0o644 }))
  say('', `wrote ${paths.bundle}: the authority and ${files.length === 0 ? 'no other roots' : `what is in ${files.join(', ')}`}`)
  return EXIT.fine
}

/** Print how to take it back; with --do delete the shell's file, and the authority with its key. */
export function caUntrustCommand(options: { readonly do?: boolean }): number {
  const paths = existing()
  printRecipes(paths, 'undo')
  if (options.do !== true) return EXIT.fine
  change(paths, () => removeCa(paths))
  say('', `deleted ${paths.folder}: the key is gone, so nothing can be signed with it any more`)
  return EXIT.fine
}

/** @throws Problem where the folder cannot be changed */
function change(paths: CaPaths, act: () => void): void {
  try {
    act()
  } catch (error) {
    throw new Problem('ca-not-written', `${paths.folder} cannot be changed: ${messageOf(error)}`, null, EXIT.problem)
  }
}

function printRecipes(paths: CaPaths, which: 'commands' | 'undo'): void {
  for (const recipe of trustRecipes(process.platform, paths, localShell(process.env))) {
    say(`${recipe.title}:`, ...recipe[which].map((line) => `  ${line}`), '')
  }
}

function refuseToDo(): number {
  say('Run the command above yourself: the system will ask you.')
  return EXIT.problem
}

function existing(): CaPaths {
  const paths = ownPaths()
  if (!isThere(paths)) throw new Problem('no-ca', `there is no authority in ${paths.folder}`, 'whytls ca init', EXIT.problem)
  return paths
}

/** @throws Problem where that cannot be seen */
function isThere(paths: CaPaths): boolean {
  try {
    return hasCa(paths)
  } catch (error) {
    throw caUnreadable(error)
  }
}

function loadOrExplain(paths: CaPaths) {
  try {
    return loadCa(paths)
  } catch (error) {
    throw caUnreadable(error)
  }
}
