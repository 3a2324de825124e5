/** `serve --intercept`: the kept authority where there is one, else one of this process; and what a shell needs to trust it. */

import { setVariable, unsetVariable } from '../diagnosis/remedy.ts'
import { rootPlaces } from '../host/ca-store/places.ts'
import { type Authority, makeRunAuthority, openAuthority } from '../proxy/authority/authority.ts'
import { caPaths, hasCa, loadCa } from './ca-files.ts'
import { caUnreadable } from './ca-problem.ts'
import { type ClientBundle, writeClientBundle } from './client-bundle.ts'
import { EXIT } from './exit-code.ts'
import { parseHostPatterns } from './intercept-patterns.ts'
import { localShell } from './local-system.ts'
import type { PipelineIntercept } from './pipeline.ts'
import { Problem } from './problem.ts'

export interface ServeIntercept {
  readonly pipeline: PipelineIntercept
  /** For the banner: lines that make a shell trust the authority, and those that take it back. */
  readonly commands: readonly string[]
  readonly undo: readonly string[]
  /** The same variables by name; none where the system must be told instead. */
  readonly environment: Readonly<Record<string, string>>
  remove(): void
}

/** Prepare it. @throws Problem (exit 125) on systems where go trusts what the system trusts, and no authority is kept */
export function startServeIntercept(value: string | true, folder: string, env: NodeJS.ProcessEnv, keepsAllBodies: boolean): ServeIntercept {
  const patterns = parseHostPatterns(value)
  const kept = caPaths(folder)
  const hasFiles = rootPlaces(process.platform) !== undefined
  if (!hasFiles && !hasCa(kept)) throw needsTrust()
  const authority = hasCa(kept) ? openKept(folder) : makeRunAuthority(new Date(), patterns.permitted)
  const pipeline = { patterns, authority, files: null, keepsAllBodies }
  if (!hasFiles) return { pipeline, commands: ['whytls ca trust'], undo: ['whytls ca untrust'], environment: {}, remove: () => {} }
  const bundle = writeClientBundle(folder, authority.certificatePem, env)
  return { pipeline, ...shellLines(bundle, env), environment: bundle.env, remove: () => bundle.remove() }
}

function shellLines(bundle: ClientBundle, env: NodeJS.ProcessEnv): Pick<ServeIntercept, 'commands' | 'undo'> {
  const shell = localShell(env)
  return {
    commands: Object.entries(bundle.env).map(([name, path]) => setVariable(name, path, shell)),
    undo: Object.keys(bundle.env).map((name) => (env[name] ? setVariable(name, env[name], shell) : unsetVariable(name, shell))),
  }
}

function openKept(folder: string): Authority {
  try {
    return openAuthority(loadCa(caPaths(folder)))
  } catch (error) {
    throw caUnreadable(error, EXIT.ownFailure)
  }
}

function needsTrust(): Problem {
  return new Problem(
    'intercept-needs-trust',
    'on this system go trusts what the system trusts: intercept mode needs an authority that is kept and trusted',
    'whytls ca init, then whytls ca trust; whytls ca untrust takes it back',
    EXIT.ownFailure,
  )
}
