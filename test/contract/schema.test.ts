import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'

it('the published JSON Schema is what the types say', () => {
  expect(() =>
    execFileSync(process.execPath, ['scripts/schema.mjs', '--check'], { cwd: new URL('../..', import.meta.url), stdio: 'pipe' }),
  ).not.toThrow()
}, 120_000)
