/** `run --intercept`: an authority for this run alone, and what its child needs to trust it. */
import { rootPlaces } from '../host/ca-store/places.ts'
import { makeRunAuthority } from '../proxy/authority/authority.ts'
import { type ClientBundle, writeClientBundle } from './client-bundle.ts'
import { EXIT } from './exit-code.ts'
import type { HostPatterns } from './intercept-patterns.ts'
import type { PipelineIntercept } from './pipeline.ts'
import { messageOf, Problem } from './problem.ts'

export interface RunIntercept {
  readonly patterns: HostPatterns
  /** The data folder: the child's bundles lie inside it while it runs. */
  readonly folder: string
  /** `--bodies`. */
  readonly keepsAllBodies: boolean
}

/** Intercept mode of one run. */
export interface StartedIntercept {
  readonly pipeline: PipelineIntercept
  readonly bundle: ClientBundle
}

/** Make the authority and the child's bundles. @throws Problem (exit 125) where they cannot be written */
export function startIntercept({ patterns, folder, keepsAllBodies }: RunIntercept, env: NodeJS.ProcessEnv): StartedIntercept {
  const authority = makeRunAuthority(new Date(), patterns.permitted)
  try {
    const bundle = writeClientBundle(folder, authority.certificatePem, env)
    return { pipeline: { patterns, authority, keepsAllBodies, files: bundle.files }, bundle }
  } catch (error) {
    throw new Problem(
      'intercept-bundle',
      `the bundle of roots for the command cannot be written below ${folder}: ${messageOf(error)}`,
      'set WHYTLS_HOME to a folder that can be written, or leave --intercept out',
      EXIT.ownFailure,
    )
  }
}

/** On macOS and Windows go asks the system alone, and no variable can add to that. @throws Problem (exit 125) */
export function refuseWhereGoAsksTheSystem(platform: NodeJS.Platform): void {
  if (rootPlaces(platform) !== undefined) return
  throw new Problem(
    'intercept-needs-trust',
    'on this system go trusts what the system trusts, whatever its environment says: whytls cannot lend the command an authority for one run',
    'whytls ca init, then whytls ca trust, then whytls serve --intercept; whytls ca untrust takes it back',
    EXIT.ownFailure,
  )
}
