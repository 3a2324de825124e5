/** The `--resolve HOST:PORT:ADDRESS` option, as curl has it. */
import { InvalidArgumentError } from 'commander'
import { parseResolveMap, ResolveMappingError } from '../proxy/resolve-mapping.ts'

/** Collect one more `--resolve` value. @throws InvalidArgumentError naming what is wrong */
export function collectResolve(value: string, earlier: readonly string[]): readonly string[] {
  try {
    parseResolveMap([value])
  } catch (error) {
    if (error instanceof ResolveMappingError) throw new InvalidArgumentError(error.message)
    throw error
  }
  return [...earlier, value]
}
