/** By the rules of which go a command judges. */
import { goProgram, loadGoEnvironment } from '../host/go-env.ts'
import type { GoDescription } from '../recorder/draft.ts'
import { NEWEST_MINOR } from '../x509/rules.ts'
import { EXIT } from './exit-code.ts'
import { describeGo } from './go-facts.ts'
import { Problem } from './problem.ts'

/** The version that `--go` names, else that of the go command in this folder. @throws Problem for what is no version */
export async function chooseGo(version: string | undefined): Promise<GoDescription> {
  if (version === undefined) return describeGo(await loadGoEnvironment(goProgram([]), process.env, process.cwd()), process.env)
  const text = /^(?:go)?(1\.\d+(?:\.\d+)?)(?:[-a-z].*)?$/.exec(version)?.[1]
  if (text === undefined) throw new Problem('usage', `--go ${version} is no version of go`, '--go 1.26 or --go 1.24.13', EXIT.usage)
  return { ...describeGo(null, process.env), version: text, isKnown: true }
}

/** A sentence where the rules of a neighbour are used for want of the version's own; null where not. */
export function describeNearestRules({ version, isKnown }: GoDescription): string | null {
  const minor = Number(version.split('.')[1])
  if (!isKnown) return `no go command was found; the rules of go ${version} were used`
  if (minor < 21) return `go ${version} is older than the versions known here; the rules of go 1.21 were used`
  if (minor <= NEWEST_MINOR) return null
  return `go ${version} is newer than the versions known here; the rules of go 1.${NEWEST_MINOR} were used`
}
