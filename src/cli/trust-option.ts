/** The `--trust FILE` option: a CA that the user got from a person; a fix made of it can be checked before anything is changed. */
import { resolve } from 'node:path'
import { loadFile } from '../host/ca-store/client-place.ts'
import { TRUST_VARIABLE } from '../host/ca-store/held-roots.ts'
import { EXIT } from './exit-code.ts'
import { Problem } from './problem.ts'

/**
 * The environment with this file among the places that are searched for an authority go lacks. go itself does not read it.
 * @throws Problem (exit 2) when there is no certificate in it
 */
export function withTrust(env: NodeJS.ProcessEnv, file: string | undefined): NodeJS.ProcessEnv {
  if (file === undefined) return env
  const path = resolve(file)
  const { count, problem } = loadFile(path, '--trust')
  if (count > 0) return { ...env, [TRUST_VARIABLE]: path }
  throw new Problem(
    'trust',
    `${file}: ${problem ?? 'no certificate in it'}`,
    'name a PEM or DER file with the CA: --trust ca.pem',
    EXIT.usage,
  )
}
